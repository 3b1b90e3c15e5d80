import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ASSERTION_TYPE,
  callApi,
  clientAssertion,
  post,
  refresh,
  serviceToken,
  userTokens,
} from '../../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../../start-okta-emulator.js'

const OFFLINE = { scope: 'openid offline_access okta.users.read' }

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

const isValid = async (token: unknown) => (await callApi(okta, '/api/v1/users', token)).status === 200

describe('revocation', () => {
  it('revokes a token of a service app, and requires an assertion for its own endpoint', async () => {
    const client = okta.client('service')
    const token = await serviceToken(okta)
    const sendRequest = async (endpoint: string) =>
      post(okta, '/oauth2/v1/revoke', {
        token,
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: await clientAssertion(client, new URL(endpoint, okta.orgUrl).href),
      })

    expect(await sendRequest('/oauth2/v1/token')).toMatchObject({
      status: 401,
      body: {
        error: 'invalid_client',
        error_description: 'The audience claim for client_assertion must be the endpoint invoked for the request.',
      },
    })
    expect(await isValid(token)).toBe(true)
    expect(await sendRequest('/oauth2/v1/revoke')).toMatchObject({ status: 200, text: '' })
    expect(await isValid(token)).toBe(false)
  })

  it('of an access token does not revoke the refresh token', async () => {
    const native = okta.client('native')
    const { body } = await userTokens(okta, native, OFFLINE)
    const form = { client_id: native.clientId, token: body.access_token, token_type_hint: 'access_token' }
    expect(await post(okta, '/oauth2/v1/revoke', form)).toMatchObject({ status: 200 })
    expect(await isValid(body.access_token)).toBe(false)
    expect(await refresh(okta, native, body.refresh_token)).toMatchObject({ status: 200 })
  })

  it.each(['spa', 'native'] as const)('of a refresh token of a %s app also revokes its access tokens', async kind => {
    const client = okta.client(kind)
    const { body } = await userTokens(okta, client, OFFLINE)
    const renewed = await refresh(okta, client, body.refresh_token)
    const token = renewed.body.refresh_token
    expect(await post(okta, '/oauth2/v1/revoke', { client_id: client.clientId, token })).toMatchObject({ status: 200 })
    expect(await isValid(body.access_token)).toBe(false)
    expect(await isValid(renewed.body.access_token)).toBe(false)
    expect(await refresh(okta, client, token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await refresh(okta, client, body.refresh_token)).toMatchObject({ status: 400 })
  })

  it('returns 200 for an unknown token', async () => {
    const { clientId: client_id } = okta.client('spa')
    const response = await post(okta, '/oauth2/v1/revoke', { client_id, token: 'made-up' })
    expect(response).toMatchObject({ status: 200, text: '' })
  })

  it('returns 200 for a token of another app, and does not revoke it', async () => {
    const token = await serviceToken(okta)
    const { clientId: client_id } = okta.client('spa')
    expect(await post(okta, '/oauth2/v1/revoke', { client_id, token })).toMatchObject({ status: 200, text: '' })
    expect(await isValid(token)).toBe(true)
  })

  it('rejects a client without credentials and a request without a token', async () => {
    const { clientId: client_id, clientSecret: client_secret } = okta.client('web')
    expect(await post(okta, '/oauth2/v1/revoke', { client_id, token: 'x' })).toMatchObject({ status: 401 })
    expect(await post(okta, '/oauth2/v1/revoke', { client_id, client_secret })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
  })
})
