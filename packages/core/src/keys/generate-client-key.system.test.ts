import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { rememberEnvironment } from '../../test/support/environment.test.support.js'
import { connectOptionsOf, readSettings } from '../config/profiles/profiles.js'
import { type SecretService, startSecretService } from '../stores/sealed/secret-service.test.support.js'
import { generateClientKey, saveClientKey } from './generate-client-key.js'

describe.skipIf(inject('systemNeeds').secretService === undefined)('saveClientKey, in the keyring', () => {
  const restoreEnvironment = rememberEnvironment()
  let keyring: SecretService
  beforeAll(async () => {
    keyring = await startSecretService()
    Object.assign(process.env, keyring.environment)
  })
  afterAll(async () => {
    restoreEnvironment()
    await keyring.stop()
  })

  it('puts a key where settings find it, and never over another', async () => {
    const { privateJwk } = await generateClientKey({ type: 'P-256' })
    await saveClientKey({ keyring: 'okta-test' }, privateJwk)
    await expect(saveClientKey({ keyring: 'okta-test' }, {})).rejects.toMatchObject({ code: 'options_invalid' })
    await expect(saveClientKey({ keyring: ' ' }, {})).rejects.toMatchObject({ code: 'options_invalid' })
    const settings = await readSettings({ key: { keyring: 'okta-test' } })
    expect(JSON.parse(String(((await connectOptionsOf(settings)) as { jsonWebKey?: string }).jsonWebKey))).toEqual(
      privateJwk,
    )
  })
})
