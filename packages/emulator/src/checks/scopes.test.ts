import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeUrl, clientCredentials, post, userTokens } from '../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'
import { ScriptedBrowser } from '../testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [
      { kind: 'service', scopes: ['okta.users.read', 'okta.apps.read'] },
      { kind: 'service', clientId: '0oaWithASecretOnly00', clientSecret: 'secret' },
      { kind: 'spa', scopes: ['okta.users.read'] },
      { kind: 'native', refreshTokens: 'none' },
    ],
  })
})
afterAll(() => okta.close())

const NOT_CONFIGURED = 'One or more scopes are not configured for the authorization server resource.'

describe('scopes of a client credentials request', () => {
  async function sendRequest(scope: string | undefined) {
    const form = await clientCredentials(okta, okta.client('service'))
    const { status, body } = await post(okta, '/oauth2/v1/token', { ...form, scope })
    return { status, scope: body.scope, error: body.error, description: body.error_description }
  }

  it('are granted when they are granted to the app', async () => {
    expect(await sendRequest('okta.users.read okta.apps.read')).toMatchObject({
      status: 200,
      scope: 'okta.users.read okta.apps.read',
    })
  })

  it('are omitted from the token when they are not granted to the app', async () => {
    expect(await sendRequest('okta.users.read okta.users.manage')).toMatchObject({
      status: 200,
      scope: 'okta.users.read',
    })
  })

  it('are rejected when none is granted to the app', async () => {
    expect(await sendRequest('okta.users.manage')).toMatchObject({
      status: 400,
      error: 'consent_required',
      description: 'You are not allowed any of the requested scopes.',
    })
  })

  it.each([
    ['openid', "Cannot request 'openid' scopes using client credentials."],
    ['okta.users.read offline_access', "Cannot request 'offline_access' scopes using client credentials."],
    ['openid profile', "Cannot request 'openid, profile' scopes using client credentials."],
    ['my.own.scope', 'Custom scopes are not allowed for this request.'],
    ['okta.user.read', NOT_CONFIGURED],
    ['okta.users.read okta.users.readonly', NOT_CONFIGURED],
  ])('are rejected when they are %s', async (scope, description) => {
    expect(await sendRequest(scope)).toMatchObject({ status: 400, error: 'invalid_scope', description })
  })

  it('are required', async () => {
    expect(await sendRequest(undefined)).toMatchObject({
      status: 400,
      error: 'invalid_scope',
      description:
        "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    })
  })

  it('are rejected when the service app has a secret instead of a key', async () => {
    const credentials = { client_id: '0oaWithASecretOnly00', client_secret: 'secret' }
    const form = { grant_type: 'client_credentials', scope: 'okta.users.read', ...credentials }
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({
      status: 401,
      body: {
        error: 'invalid_client',
        error_description:
          'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
      },
    })
  })
})

describe('scopes of an authorization request', () => {
  async function rejection(scope: string | undefined, kind: 'spa' | 'native' = 'spa') {
    const { externalRedirect } = await new ScriptedBrowser(okta).open(authorizeUrl(okta, okta.client(kind), { scope }))
    return Object.fromEntries(externalRedirect?.searchParams ?? [])
  }

  it('can be OpenID Connect scopes and those granted to the app', async () => {
    const { body } = await userTokens(okta, okta.client('spa'), { scope: 'openid profile okta.users.read' })
    expect(body.scope).toBe('openid profile okta.users.read')
  })

  it('issue no ID token without openid', async () => {
    const { status, body } = await userTokens(okta, okta.client('spa'), { scope: 'okta.users.read' })
    expect({ status, scope: body.scope }).toEqual({ status: 200, scope: 'okta.users.read' })
    expect(body).not.toHaveProperty('id_token')
  })

  it('are rejected by redirect with the state when one is a custom scope', async () => {
    expect(await rejection('openid my.own.scope')).toEqual({
      error: 'invalid_scope',
      error_description: 'Custom scopes are not allowed for this request.',
      state: 'the-state',
    })
  })

  it('are rejected when one is not granted to the app', async () => {
    expect(await rejection('openid okta.users.manage')).toEqual({
      error: 'invalid_scope',
      error_description: NOT_CONFIGURED,
      state: 'the-state',
    })
  })

  it('are rejected when they include offline_access and the app has no Refresh Token grant', async () => {
    expect(await rejection('openid offline_access', 'native')).toMatchObject({ error: 'invalid_scope' })
  })

  it('are required', async () => {
    expect(await rejection(undefined)).toMatchObject({ error: 'invalid_scope' })
  })
})
