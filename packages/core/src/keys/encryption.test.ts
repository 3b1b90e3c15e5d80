import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { decrypt, encrypt } from './encryption.js'

const key = randomBytes(32)

it('decrypts a text when the key and the associated data are the same', () => {
  expect(decrypt(encrypt('grüße', key, 'a context'), key, 'a context')).toBe('grüße')
})

it('returns undefined when the key, the associated data or a part of the ciphertext is changed', () => {
  const encrypted = encrypt('a secret', key, 'a context')
  const other = encrypt('a secret', key, 'a context')
  expect(other.iv.equals(encrypted.iv)).toBe(false)
  const changed = [
    { ...encrypted, iv: other.iv },
    { ...encrypted, tag: other.tag },
    { ...encrypted, tag: encrypted.tag.subarray(0, 4) },
    { ...encrypted, data: encrypted.data.subarray(1) },
    { ...encrypted, data: Buffer.alloc(0) },
  ]
  expect(changed.map(ciphertext => decrypt(ciphertext, key, 'a context'))).toEqual(changed.map(() => undefined))
  expect(decrypt(encrypted, randomBytes(32), 'a context')).toBeUndefined()
  expect(decrypt(encrypted, key, 'another context')).toBeUndefined()
})
