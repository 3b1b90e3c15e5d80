import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import type { EmulatorClient } from '../../src/org/apps/app.js'
import type { OktaEmulator } from '../../src/start-okta-emulator.js'
import { ScriptedBrowser } from '../../src/testing/scripted-browser.js'

/** A response. `body` is the JSON body, or an empty object. */
export interface TestResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: ResponseBody
}

/** The members that tests use. */
export interface ResponseBody {
  readonly access_token?: string
  readonly refresh_token?: string
  readonly id_token?: string
  readonly token_type?: string
  readonly scope?: string
  readonly error?: string
  readonly error_description?: string
  readonly [name: string]: unknown
}

/** Sends a request without following redirects. */
export async function send(url: URL | string, init: RequestInit = {}): Promise<TestResponse> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
}

/** Posts a form to a path of the org. Undefined members are omitted. */
export function post(
  okta: OktaEmulator,
  path: string,
  form: Record<string, string | undefined>,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const entries = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return send(new URL(path, okta.orgUrl), { method: 'POST', body: new URLSearchParams(entries), headers })
}

/** Calls the API with an access token. */
export function callApi(okta: OktaEmulator, path: string, token: unknown, scheme = 'Bearer'): Promise<TestResponse> {
  return send(new URL(path, okta.orgUrl), { headers: { authorization: `${scheme} ${token}` } })
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Changes to a valid assertion. `undefined` omits a claim. */
export interface AssertionChanges {
  readonly claims?: Record<string, unknown>
  readonly header?: { alg?: string; kid?: string | undefined }
  readonly jwk?: JWK
}

/** Signs a valid client assertion for an endpoint, with changes. */
export async function clientAssertion(
  client: EmulatorClient,
  endpoint: string,
  { claims = {}, header = {}, jwk = client.jwk }: AssertionChanges = {},
): Promise<string> {
  if (jwk === undefined) throw new Error('An assertion requires a key.')
  const now = Math.floor(Date.now() / 1000)
  const valid: JWTPayload = {
    iss: client.clientId,
    sub: client.clientId,
    aud: endpoint,
    iat: now,
    exp: now + 300,
    jti: randomUUID(),
  }
  const { alg = jwk.alg ?? 'RS256', kid = jwk.kid } = { ...header }
  const payload = JSON.parse(JSON.stringify({ ...valid, ...claims }))
  const keyId = 'kid' in header ? header.kid : kid
  return new SignJWT(payload)
    .setProtectedHeader({ alg, ...(keyId !== undefined && { kid: keyId }) })
    .sign(await importJWK(jwk, alg))
}

/** The form of a valid client credentials request, with changes. */
export async function clientCredentials(
  okta: OktaEmulator,
  client: EmulatorClient,
  {
    scope = 'okta.users.read',
    path = '/oauth2/v1/token',
    ...changes
  }: AssertionChanges & { scope?: string | undefined; path?: string } = {},
): Promise<Record<string, string | undefined>> {
  const endpoint = new URL(path, okta.orgUrl).href
  return {
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await clientAssertion(client, endpoint, changes),
  }
}

/** Gets a bearer token for a service app. */
export async function serviceToken(
  okta: OktaEmulator,
  client = okta.client('service'),
  scope?: string,
): Promise<string> {
  const { body } = await post(okta, '/oauth2/v1/token', await clientCredentials(okta, client, scope ? { scope } : {}))
  return String(body.access_token)
}

/** A key that signs DPoP proofs. */
export interface ProofKey {
  readonly jwk: JWK
  proof(method: string, url: URL | string, changes?: Record<string, unknown>): Promise<string>
}

/** Generates a DPoP key (RFC 9449 §4). */
export async function proofKey(): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  return {
    jwk,
    proof: (method, url, changes = {}) =>
      new SignJWT({
        htm: method,
        htu: String(url).replace(/[?#].*$/, ''),
        iat: Math.floor(Date.now() / 1000),
        jti: randomUUID(),
        ...changes,
      })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .sign(privateKey),
  }
}

/** The `ath` claim for an access token. */
export function accessTokenHash(token: unknown): string {
  return createHash('sha256').update(String(token)).digest('base64url')
}

/** A fixed PKCE code verifier and challenge (RFC 7636). */
export const PKCE = {
  verifier: 'a-verifier-of-at-least-forty-three-characters-long',
  challenge: createHash('sha256').update('a-verifier-of-at-least-forty-three-characters-long').digest('base64url'),
}

/** The URL of a valid authorization request, with changes. `undefined` omits a parameter. */
export function authorizeUrl(
  okta: OktaEmulator,
  client: EmulatorClient,
  changes: Record<string, string | undefined> = {},
): URL {
  const url = new URL('/oauth2/v1/authorize', okta.orgUrl)
  const valid = {
    client_id: client.clientId,
    redirect_uri: client.redirectUris?.[0],
    response_type: 'code',
    scope: 'openid',
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: PKCE.challenge,
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries({ ...valid, ...changes })) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return url
}

/** Signs the first user in and redeems the code. Returns the token response. */
export async function userTokens(
  okta: OktaEmulator,
  client: EmulatorClient,
  changes: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const response = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, client, changes), okta.users[0])
  return redeem(okta, client, response, {}, headers)
}

/** Redeems the code of an authorization response. */
export function redeem(
  okta: OktaEmulator,
  client: EmulatorClient,
  redirect: URL,
  changes: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const form = {
    grant_type: 'authorization_code',
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uri: client.redirectUris?.[0],
    code: redirect.searchParams.get('code') ?? undefined,
    code_verifier: PKCE.verifier,
  }
  return post(okta, '/oauth2/v1/token', { ...form, ...changes }, headers)
}

/** Uses a refresh token. */
export function refresh(
  okta: OktaEmulator,
  client: EmulatorClient,
  refreshToken: unknown,
  changes: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const form = {
    grant_type: 'refresh_token',
    client_id: client.clientId,
    client_secret: client.clientSecret,
    refresh_token: String(refreshToken),
  }
  return post(okta, '/oauth2/v1/token', { ...form, ...changes }, headers)
}
