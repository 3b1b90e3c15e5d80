import { AsyncEntry } from '@napi-rs/keyring'
import { afterEach, describe, expect, it } from 'vitest'
import { type ClientKeyType, generateClientKey, saveClientKey } from './generate-client-key.js'
import { findSecret } from './keyring.js'

// Only there it needs no desktop session. For Linux see keyring.system.test.ts.
describe.runIf(process.platform === 'win32')('the keyring of Windows', () => {
  const name = `test ${process.pid}`
  const entry = new AsyncEntry('connect-okta', name)
  afterEach(() => entry.deleteCredential())

  it.each<ClientKeyType>(['P-521', 'RSA-2048', 'RSA-3072'])('stores a key of the type %s', async type => {
    const { privateJwk } = await generateClientKey({ type })
    await saveClientKey({ keyring: name }, privateJwk)
    expect(JSON.parse((await findSecret(name)) ?? '')).toEqual(privateJwk)
  })

  it('reads a secret that another program stored as UTF-16', async () => {
    await entry.setPassword('a secret')
    expect(await findSecret(name)).toBe('a secret')
  })

  it('reports that a key is too long', async () => {
    const { privateJwk } = await generateClientKey({ type: 'RSA-4096' })
    await expect(saveClientKey({ keyring: name }, privateJwk)).rejects.toMatchObject({
      code: 'store_failed',
      problem: 'too_long',
      message: expect.stringContaining('too long'),
      hint: expect.stringContaining('P-256'),
    })
  })
})
