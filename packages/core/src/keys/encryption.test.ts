import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { decrypt, encrypt } from './encryption.js'

const key = randomBytes(32)

it('decrypts a text when the key and the associated data are the same', () => {
  expect(decrypt(encrypt('grüße', key, 'a place'), key, 'a place')).toBe('grüße')
})

it('returns undefined when the key, the associated data or a part of the text is another one', () => {
  const encrypted = encrypt('a secret', key, 'a place')
  const other = encrypt('a secret', key, 'a place')
  expect(other.iv.equals(encrypted.iv)).toBe(false)
  const changed = [
    { ...encrypted, iv: other.iv },
    { ...encrypted, tag: other.tag },
    { ...encrypted, tag: encrypted.tag.subarray(0, 4) },
    { ...encrypted, data: encrypted.data.subarray(1) },
    { ...encrypted, data: Buffer.alloc(0) },
  ]
  expect(changed.map(one => decrypt(one, key, 'a place'))).toEqual(changed.map(() => undefined))
  expect(decrypt(encrypted, randomBytes(32), 'a place')).toBeUndefined()
  expect(decrypt(encrypted, key, 'another place')).toBeUndefined()
})
