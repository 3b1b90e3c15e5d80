import { afterAll, beforeAll, expect, it } from 'vitest'
import { clientCredentials, post } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

it('rejects a token request without a grant type', async () => {
  const form = { ...(await clientCredentials(okta, okta.client('service'))), grant_type: undefined }
  expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
})

it('rejects an unknown grant type', async () => {
  const form = { ...(await clientCredentials(okta, okta.client('service'))), grant_type: 'telepathy' }
  expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({
    status: 400,
    body: { error: 'unsupported_grant_type' },
  })
})

it('rejects client credentials from a web app', async () => {
  const { clientId: client_id, clientSecret: client_secret } = okta.client('web')
  const form = { grant_type: 'client_credentials', scope: 'okta.users.read', client_id, client_secret }
  expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({
    status: 400,
    body: {
      error: 'unauthorized_client',
      error_description:
        'The client is not authorized to use the provided grant type. Configured grant types: [authorization_code, refresh_token].',
    },
  })
})

it('rejects an authorization code from a service app', async () => {
  const form = { ...(await clientCredentials(okta, okta.client('service'))), grant_type: 'authorization_code' }
  expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({
    status: 400,
    body: {
      error: 'unauthorized_client',
      error_description:
        'The client is not authorized to use the provided grant type. Configured grant types: [client_credentials].',
    },
  })
})
