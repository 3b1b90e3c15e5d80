import { AsyncEntry } from '@napi-rs/keyring'
import { describe, expect, inject, it } from 'vitest'
import { useSecretService } from '../../test/support/secret-service.test.support.js'
import { findSecret, writeSecret } from './keyring.js'

describe.skipIf(inject('systemNeeds').secretService === undefined)('the keyring', () => {
  useSecretService()

  const entryOf = (name: string) => new AsyncEntry('connect-okta', name, { linux: { store: 'secret-service' } })

  it.each<[string, (entry: AsyncEntry) => Promise<void>]>([
    ['text', entry => entry.setPassword('a secret: ä €')],
    ['bytes in UTF-8', entry => entry.setSecret(Buffer.from('a secret: ä €'))],
    ['bytes in UTF-16, as on Windows', entry => entry.setSecret(Buffer.from('a secret: ä €', 'utf16le'))],
  ])('finds a secret that another program stored as %s', async (form, store) => {
    await store(entryOf(form))
    expect(await findSecret(form)).toBe('a secret: ä €')
  })

  it('writes a secret that other programs read as text', async () => {
    await writeSecret('own', 'a secret: ä €')
    expect(await entryOf('own').getPassword()).toBe('a secret: ä €')
    expect(await findSecret('own')).toBe('a secret: ä €')
    expect(await findSecret('missing')).toBeUndefined()
  })
})
