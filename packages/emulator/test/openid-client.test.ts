import { importJWK } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmulatorClient } from '../src/org/apps/app.js'
import { type OktaEmulator, startOktaEmulator } from '../src/start-okta-emulator.js'
import { ScriptedBrowser } from '../src/testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({ authorizationServers: [{ id: 'default', scopes: ['orders:read'] }] })
})
afterAll(() => okta.close())

const user = () => okta.users[0] ?? { login: '', password: '' }

async function configuration(client: EmulatorClient, issuer = okta.orgUrl.href): Promise<oidc.Configuration> {
  const discovered = await oidc.discovery(new URL(issuer), client.clientId, undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests],
  })
  const server = discovered.serverMetadata()
  const { jwk, clientSecret } = client
  let by = clientSecret === undefined ? oidc.None() : oidc.ClientSecretPost(clientSecret)
  if (jwk !== undefined) {
    const key = await importJWK(jwk, jwk.alg)
    if (key instanceof Uint8Array) throw new Error('not a private key')
    by = oidc.PrivateKeyJwt(
      { key, kid: String(jwk.kid) },
      // Okta requires the endpoint as the audience; the library's default is the issuer.
      { [oidc.modifyAssertion]: (_header, claims) => Object.assign(claims, { aud: server.token_endpoint }) },
    )
  }
  const config = new oidc.Configuration(server, client.clientId, undefined, by)
  oidc.allowInsecureRequests(config)
  return config
}

describe('openid-client', () => {
  it('gets a bearer token by client credentials and calls the API', async () => {
    const config = await configuration(okta.client('service'))
    const token = await oidc.clientCredentialsGrant(config, { scope: 'okta.users.read' })
    const users = new URL('/api/v1/users', okta.orgUrl)
    expect((await oidc.fetchProtectedResource(config, token.access_token, users, 'GET')).status).toBe(200)
  })

  it('gets a DPoP token with a nonce', async () => {
    const config = await configuration(okta.client('service', { dpop: true }))
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
    const token = await oidc.clientCredentialsGrant(config, { scope: 'okta.users.read' }, { DPoP })
    expect(token.token_type).toBe('dpop')
    const users = new URL('/api/v1/users', okta.orgUrl)
    const options = { DPoP }
    const response = await oidc.fetchProtectedResource(
      config,
      token.access_token,
      users,
      'GET',
      null,
      undefined,
      options,
    )
    expect(response.status).toBe(200)
  })

  it.each([
    ['the org authorization server', '', 'openid offline_access okta.users.read'],
    ['a custom authorization server', 'oauth2/default', 'openid offline_access orders:read'],
  ])('signs a user in at %s, validates the ID token and refreshes', async (_where, path, scope) => {
    const client = okta.client('spa')
    const config = await configuration(client, `${okta.orgUrl.href}${path}`)
    const verifier = oidc.randomPKCECodeVerifier()
    const nonce = oidc.randomNonce()
    const state = oidc.randomState()
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: String(client.redirectUris?.[0]),
      scope,
      nonce,
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const response = await new ScriptedBrowser(okta).signIn(url, okta.users[0])
    oidc.enableNonRepudiationChecks(config)
    const tokens = await oidc.authorizationCodeGrant(config, response, {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: state,
    })
    expect(tokens.claims()?.sub).toBe(okta.users[0]?.id)
    const renewed = await oidc.refreshTokenGrant(config, String(tokens.refresh_token))
    expect(renewed.scope).toBe(scope)
    const info = await oidc.fetchUserInfo(config, renewed.access_token, String(okta.users[0]?.id))
    expect(info.sub).toBe(okta.users[0]?.id)
  })

  it('signs a device in', async () => {
    const config = await configuration(okta.client('native'))
    const device = await oidc.initiateDeviceAuthorization(config, { scope: 'openid okta.users.read' })
    await new ScriptedBrowser(okta).activate(String(device.verification_uri_complete), user())
    const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.05 })
    expect(tokens.scope).toBe('openid okta.users.read')
  })

  it('introspects and revokes tokens', async () => {
    const web = okta.client('web')
    const config = await configuration(web, `${okta.orgUrl.href}oauth2/default`)
    expect((await oidc.tokenIntrospection(config, 'made up')).active).toBe(false)
    await expect(oidc.tokenRevocation(config, 'made up')).resolves.toBeUndefined()
  })
})
