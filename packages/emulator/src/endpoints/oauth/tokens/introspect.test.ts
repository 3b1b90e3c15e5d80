import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ASSERTION_TYPE,
  authorizeUrl,
  clientAssertion,
  clientCredentials,
  post,
  proofKey,
  redeem,
  serviceToken,
  userTokens,
} from '../../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../../testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

async function introspect(token: unknown, client = okta.client('service'), endpoint = '/oauth2/v1/introspect') {
  return post(okta, '/oauth2/v1/introspect', {
    token: String(token),
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await clientAssertion(client, new URL(endpoint, okta.orgUrl).href),
  })
}

describe('introspection', () => {
  it('describes a token of a service app', async () => {
    const { clientId } = okta.client('service')
    const { status, body } = await introspect(await serviceToken(okta))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      active: true,
      client_id: clientId,
      scope: 'okta.users.read',
      token_type: 'Bearer',
      iss: okta.orgUrl.origin,
    })
    const { exp, iat } = body
    expect(Number(exp) - Number(iat)).toBe(3600)
  })

  it('describes the tokens of a user, with the login', async () => {
    const native = okta.client('native')
    const { body } = await userTokens(okta, native, { scope: 'openid offline_access' })
    const sendRequest = (token: unknown) =>
      post(okta, '/oauth2/v1/introspect', { client_id: native.clientId, token: String(token) })
    const login = okta.users[0]?.login
    expect((await sendRequest(body.access_token)).body).toMatchObject({ active: true, sub: login, username: login })
    expect((await sendRequest(body.refresh_token)).body).toMatchObject({ active: true })
  })

  it('returns active after another sign-in in the same browser', async () => {
    const native = okta.client('native')
    const browser = new ScriptedBrowser(okta)
    const first = await redeem(okta, native, await browser.signIn(authorizeUrl(okta, native), okta.users[0]))
    const again = await browser.signIn(authorizeUrl(okta, native, { prompt: 'login' }), okta.users[1])
    expect(await redeem(okta, native, again)).toMatchObject({ status: 200 })
    const form = { client_id: native.clientId, token: String(first.body.access_token) }
    expect((await post(okta, '/oauth2/v1/introspect', form)).body).toMatchObject({ active: true })
  })

  it('returns the key that a token is bound to', async () => {
    const client = okta.client('service', { dpop: true })
    const key = await proofKey()
    const url = new URL('/oauth2/v1/token', okta.orgUrl)
    const sendRequest = async (proof: string) =>
      post(okta, '/oauth2/v1/token', await clientCredentials(okta, client), { dpop: proof })
    const nonce = (await sendRequest(await key.proof('POST', url))).headers.get('dpop-nonce')
    const { body } = await sendRequest(await key.proof('POST', url, { nonce }))
    expect((await introspect(body.access_token, client)).body).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: expect.any(String) },
    })
  })

  it('returns only inactive for an unknown token or one of another app', async () => {
    expect((await introspect('made-up')).body).toEqual({ active: false })
    const { body } = await userTokens(okta, okta.client('native'))
    expect((await introspect(body.access_token)).body).toEqual({ active: false })
  })

  it('rejects an assertion for the token endpoint', async () => {
    expect(await introspect('x', okta.client('service'), '/oauth2/v1/token')).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
  })
})
