import { importJWK } from 'jose'
import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  ClientSecretBasic,
  clientCredentialsGrantRequest,
  DPoP,
  discoveryRequest,
  generateKeyPair,
  isDPoPNonceError,
  modifyAssertion,
  None,
  type PrivateKey,
  PrivateKeyJwt,
  processAuthorizationCodeResponse,
  processClientCredentialsResponse,
  processDiscoveryResponse,
  processRefreshTokenResponse,
  protectedResourceRequest,
  refreshTokenGrantRequest,
  validateAuthResponse,
} from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmulatorClient } from '../src/org/apps/app.js'
import { type OktaEmulator, startOktaEmulator } from '../src/start-okta-emulator.js'
import { ScriptedBrowser } from '../src/testing/scripted-browser.js'
import { authorizeUrl, callApi, PKCE } from './support/relying-party.test.support.js'

const insecure = { [allowInsecureRequests]: true }

async function authorizationServer() {
  return processDiscoveryResponse(okta.orgUrl, await discoveryRequest(okta.orgUrl, insecure))
}

async function keyOf({ jwk = {} }: EmulatorClient): Promise<PrivateKey> {
  const key = await importJWK(jwk, jwk.alg)
  if (key instanceof Uint8Array) throw new Error('not a private key')
  return { key, kid: String(jwk.kid) }
}

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

describe('oauth4webapi', () => {
  it('gets a bearer token with a key when the audience is the endpoint', async () => {
    const server = await authorizationServer()
    const client = okta.client('service')
    const by = PrivateKeyJwt(await keyOf(client), {
      [modifyAssertion]: (_header, claims) => {
        Object.assign(claims, { aud: server.token_endpoint })
      },
    })
    const scope = new URLSearchParams({ scope: 'okta.users.read' })
    const clientMetadata = { client_id: client.clientId }
    const response = await clientCredentialsGrantRequest(server, clientMetadata, by, scope, insecure)
    const token = await processClientCredentialsResponse(server, clientMetadata, response)
    expect(token).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'okta.users.read' })
    const users = new URL('/api/v1/users', okta.orgUrl)
    expect((await protectedResourceRequest(token.access_token, 'GET', users, undefined, null, insecure)).status).toBe(
      200,
    )
  })

  it('is rejected with its default audience, the issuer', async () => {
    const server = await authorizationServer()
    const client = okta.client('service')
    const by = PrivateKeyJwt(await keyOf(client))
    const scope = new URLSearchParams({ scope: 'okta.users.read' })
    const response = await clientCredentialsGrantRequest(server, { client_id: client.clientId }, by, scope, insecure)
    expect(response.status).toBe(401)
  })

  it('gets a DPoP token after use_dpop_nonce, and calls the API with it', async () => {
    const server = await authorizationServer()
    const client = okta.client('service', { dpop: true })
    const clientMetadata = { client_id: client.clientId }
    const by = PrivateKeyJwt(await keyOf(client), {
      [modifyAssertion]: (_header, claims) => {
        Object.assign(claims, { aud: server.token_endpoint })
      },
    })
    okta.clearRequests()
    const dpop = DPoP({}, await generateKeyPair('ES256'))
    const scope = new URLSearchParams({ scope: 'okta.users.read' })
    const sendRequest = async () => {
      const response = await clientCredentialsGrantRequest(server, clientMetadata, by, scope, {
        ...insecure,
        DPoP: dpop,
      })
      return processClientCredentialsResponse(server, clientMetadata, response)
    }
    const token = await sendRequest().catch((error: unknown) => {
      if (!isDPoPNonceError(error)) throw error
      return sendRequest()
    })
    expect(token.token_type).toBe('dpop')
    const users = new URL('/api/v1/users?limit=1', okta.orgUrl)
    const options = { ...insecure, DPoP: dpop }
    const apiResponse = await protectedResourceRequest(token.access_token, 'GET', users, undefined, null, options)
    expect(apiResponse.status).toBe(200)
    expect(okta.requests.map(({ status, error }) => ({ status, error }))).toEqual([
      { status: 400, error: 'use_dpop_nonce' },
      { status: 200, error: undefined },
      { status: 200, error: undefined },
    ])
  })

  it.each(['spa', 'web'] as const)('signs a user in to a %s app and refreshes the token', async kind => {
    const server = await authorizationServer()
    const client = okta.client(kind)
    const clientMetadata = { client_id: client.clientId }
    const by = client.clientSecret === undefined ? None() : ClientSecretBasic(client.clientSecret)
    const redirectUri = String(client.redirectUris?.[0])

    const request = authorizeUrl(okta, client, { scope: 'openid offline_access okta.users.read' })
    const redirect = await new ScriptedBrowser(okta).signIn(request, okta.users[0])
    const parameters = validateAuthResponse(server, clientMetadata, redirect, 'the-state')
    const response = await authorizationCodeGrantRequest(
      server,
      clientMetadata,
      by,
      parameters,
      redirectUri,
      PKCE.verifier,
      insecure,
    )
    const tokens = await processAuthorizationCodeResponse(server, clientMetadata, response, {
      expectedNonce: 'the-nonce',
      requireIdToken: true,
    })
    expect(tokens.refresh_token).toEqual(expect.any(String))
    const renewal = await refreshTokenGrantRequest(server, clientMetadata, by, String(tokens.refresh_token), insecure)
    const renewed = await processRefreshTokenResponse(server, clientMetadata, renewal)
    expect(await callApi(okta, '/api/v1/users/me', renewed.access_token)).toMatchObject({ status: 200 })
  })
})
