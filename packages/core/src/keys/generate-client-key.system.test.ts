import { describe, expect, inject, it } from 'vitest'
import { useSecretService } from '../../test/support/secret-service.test.support.js'
import { connectOptionsOf } from '../config/profiles/connect-options-of.js'
import { readSettings } from '../config/profiles/read-settings.js'
import { generateClientKey, saveClientKey } from './generate-client-key.js'

describe.skipIf(inject('systemNeeds').secretService === undefined)('saveClientKey with a keyring', () => {
  useSecretService()

  it('stores a key that readSettings finds, and overwrites no key', async () => {
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
