import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ScriptedBrowser } from '../src/index.js'
import { type OktaEmulator, startOktaEmulator } from '../src/start-okta-emulator.js'
import {
  authorizeUrl,
  callApi,
  clientCredentials,
  PKCE,
  post,
  refresh,
  send,
  serviceToken,
} from './support/relying-party.test.support.js'

const SECRET = { clientId: '0oaServiceWithSecret', clientSecret: 'a secret' }
const NOT_CONFIGURED = 'One or more scopes are not configured for the authorization server resource.'
const TOKEN = '/oauth2/default/v1/token'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [{ kind: 'service' }, { kind: 'service', ...SECRET }, { kind: 'spa' }],
    authorizationServers: [
      { id: 'default', scopes: ['orders:read', 'orders:write'], accessTokenLifetimeSeconds: 300 },
      { id: 'ausWithDefaultScopes', scopes: ['a', 'b'], defaultScopes: ['a'], clients: [SECRET.clientId] },
    ],
  })
})
afterAll(() => okta.close())

function bySecret(scope: string | undefined, path = TOKEN) {
  const form = { client_id: SECRET.clientId, client_secret: SECRET.clientSecret, scope }
  return post(okta, path, { grant_type: 'client_credentials', ...form })
}

const verified = (jwt: unknown, issuer: string) =>
  jwtVerify(String(jwt), createRemoteJWKSet(new URL(`${issuer}/v1/keys`)), { issuer })

describe('a custom authorization server', () => {
  it('issues a JWT with the configured lifetime to a service app with a secret', async () => {
    const { body } = await bySecret('orders:read')
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'orders:read' })
    const { payload } = await verified(body.access_token, `${okta.orgUrl.origin}/oauth2/default`)
    expect(payload).toMatchObject({
      ver: 1,
      aud: 'api://default',
      cid: SECRET.clientId,
      sub: SECRET.clientId,
      scp: ['orders:read'],
    })
    expect(Number(payload.exp) - Number(payload.iat)).toBe(300)
  })

  it('accepts an assertion only with its own endpoint as the audience', async () => {
    const client = okta.clients[0]
    if (client === undefined) throw new Error('no app')
    const right = await clientCredentials(okta, client, { scope: 'orders:read', path: TOKEN })
    expect(await post(okta, TOKEN, right)).toMatchObject({ status: 200 })
    const wrong = await clientCredentials(okta, client, { scope: 'orders:read' })
    expect(await post(okta, TOKEN, wrong)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  it.each(['okta.users.read', 'orders:delete', 'orders:read okta.users.read'])('rejects %s', async scope => {
    expect(await bySecret(scope)).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope', error_description: NOT_CONFIGURED },
    })
  })

  it('rejects an OpenID Connect scope in a client credentials request', async () => {
    expect(await bySecret('openid orders:read')).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_scope',
        error_description: "Cannot request 'openid' scopes using client credentials.",
      },
    })
  })

  it('uses its default scopes when the request has none, and rejects the request when it has no default', async () => {
    expect((await bySecret(undefined, '/oauth2/ausWithDefaultScopes/v1/token')).body.scope).toBe('a')
    expect(await bySecret(undefined)).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
  })

  it('rejects an app that its access policy does not allow', async () => {
    const path = '/oauth2/ausWithDefaultScopes/v1/token'
    const form = await clientCredentials(okta, okta.client('service'), { scope: 'a', path })
    expect(await post(okta, path, form)).toMatchObject({
      status: 401,
      body: {
        error: 'access_denied',
        error_description: 'Policy evaluation failed for this request, please check the policy configurations.',
      },
    })
  })

  it('has OpenID Connect and OAuth metadata below its own path', async () => {
    const issuer = `${okta.orgUrl.origin}/oauth2/default`
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      expect((await send(`${issuer}/.well-known/${name}`)).body).toMatchObject({
        issuer,
        token_endpoint: `${issuer}/v1/token`,
        scopes_supported: expect.arrayContaining(['orders:read']),
      })
    }
    expect((await send(`${okta.orgUrl}oauth2/nowhere/.well-known/openid-configuration`)).status).toBe(404)
  })

  it('signs users in with the session of the org, and its own issuer in the ID token', async () => {
    const spa = okta.client('spa')
    const browser = new ScriptedBrowser(okta)
    await browser.signIn(authorizeUrl(okta, spa), okta.users[0])
    const url = authorizeUrl(okta, spa, { scope: 'openid offline_access orders:read' })
    url.pathname = '/oauth2/default/v1/authorize'
    const { externalRedirect } = await browser.open(url)
    const { body } = await post(okta, TOKEN, {
      grant_type: 'authorization_code',
      client_id: spa.clientId,
      redirect_uri: spa.redirectUris?.[0],
      code: externalRedirect?.searchParams.get('code') ?? '',
      code_verifier: PKCE.verifier,
    })
    const issuer = `${okta.orgUrl.origin}/oauth2/default`
    expect((await verified(body.id_token, issuer)).payload).toMatchObject({ aud: spa.clientId, nonce: 'the-nonce' })
    expect((await verified(body.access_token, issuer)).payload).toMatchObject({ sub: okta.users[0]?.login })
    expect(await callApi(okta, '/oauth2/default/v1/userinfo', body.access_token)).toMatchObject({ status: 200 })
    const form = { client_id: spa.clientId, token: String(body.access_token) }
    expect((await post(okta, '/oauth2/default/v1/introspect', form)).body).toMatchObject({ active: true, iss: issuer })
    // The tokens are not valid at the org authorization server.
    expect((await post(okta, '/oauth2/v1/introspect', form)).body).toEqual({ active: false })
    expect(await refresh(okta, spa, body.refresh_token)).toMatchObject({ status: 400 })
    expect(await post(okta, '/oauth2/default/v1/revoke', form)).toMatchObject({ status: 200 })
    expect((await post(okta, '/oauth2/default/v1/introspect', form)).body).toEqual({ active: false })
  })

  it('shows its own sign-in page when no user is signed in', async () => {
    const url = authorizeUrl(okta, okta.client('spa'), { scope: 'openid orders:read' })
    url.pathname = '/oauth2/default/v1/authorize'
    const response = await new ScriptedBrowser(okta).signIn(url, okta.users[0])
    expect(response.searchParams.get('code')).toEqual(expect.any(String))
    url.searchParams.set('scope', 'openid okta.users.read')
    const { externalRedirect } = await new ScriptedBrowser(okta).open(url)
    expect(Object.fromEntries(externalRedirect?.searchParams ?? [])).toMatchObject({
      error: 'invalid_scope',
      error_description: NOT_CONFIGURED,
    })
  })

  it('issues no tokens for the API, and has no API below its path', async () => {
    const { body } = await bySecret('orders:read')
    expect(await callApi(okta, '/api/v1/users', body.access_token)).toMatchObject({ status: 401 })
    const token = await serviceToken(okta)
    expect(await callApi(okta, '/oauth2/default/api/v1/users', token)).toMatchObject({ status: 404 })
  })

  it('rejects an okta.* scope in its configuration', async () => {
    const authorizationServers = [{ id: 'default', scopes: ['okta.users.read'] }]
    await expect(startOktaEmulator({ clients: [], authorizationServers })).rejects.toThrow('okta.users.read')
  })
})
