import { startOktaEmulator } from '@connect-okta/emulator'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import type { OAuthOptions } from '../src/config/connect-options.js'
import { connect } from '../src/index.js'
import { generateClientKey } from '../src/keys/generate-client-key.js'
import { createMemoryStore } from '../src/stores/memory-store.js'
import { recordRequests } from './support/record-requests.test.support.js'
import { serviceAppOptions, startServiceOrg } from './support/service-org.test.support.js'
import { freeRedirectUri, startSignInOrg, TestUser } from './support/sign-in-org.test.support.js'

// How the client handles behavior of Okta that no other test covers. The emulator's tests check the behavior itself.

const hourMs = 3600_000

/** Connects to an org whose token endpoint returns these fields. */
async function connectTo(fields: object, more: Partial<OAuthOptions> = {}) {
  const { privateJwk } = await generateClientKey({ type: 'P-256' })
  const token = { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.read', ...fields }
  const options = { tenant: 'example.okta.com', clientId: '0oa1', jsonWebKey: privateJwk, scopes: ['okta.users.read'] }
  const fetch = async () => Response.json(token)
  return await connect({ ...options, ...more } as OAuthOptions, { store: createMemoryStore(), fetch })
}

describe('a token response', () => {
  it('may contain any access token that is valid in a header', async () => {
    const access_token = '00~!opaque.with/all+kinds=of_signs'
    expect((await (await connectTo({ access_token })).token()).value).toBe(access_token)
  })

  it('may contain the token type in lowercase', async () => {
    const session = await connectTo({ token_type: 'dpop' }, { dpop: 'always' })
    expect((await session.token()).type).toBe('DPoP')
  })
})

describe('connect', () => {
  it('accepts a custom authorization server by its id or by its URL', async () => {
    await using okta = await startOktaEmulator({ authorizationServers: [{ id: 'default', scopes: ['orders'] }] })
    const options = { ...serviceAppOptions(okta), scopes: ['orders'] }
    const store = createMemoryStore()
    for (const authorizationServer of ['default', `${okta.orgUrl.origin}/oauth2/default`]) {
      await connect({ ...options, authorizationServer }, { store })
    }
    expect(okta.requests.map(({ path }) => path)).toEqual(['/oauth2/default/v1/token'])
  })

  it('sends an assertion with the endpoint as audience, the client as issuer and subject, and the key id', async () => {
    const { requests, fetch } = recordRequests()
    await using org = await startServiceOrg()
    await connect(org.options, { ...org.deps, fetch })
    const assertion = requests[0]?.body.get('client_assertion') ?? ''
    const { clientId } = org.options
    expect(decodeJwt(assertion)).toMatchObject({
      aud: `${org.okta.orgUrl.origin}/oauth2/v1/token`,
      iss: clientId,
      sub: clientId,
      jti: expect.any(String),
    })
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', kid: expect.any(String) })
  })
})

describe('session.fetch', () => {
  it('reports once that the app has no admin role when the API returns 403', async () => {
    await using org = await startServiceOrg({ adminRole: false })
    const session = await connect(org.options, org.deps)
    expect((await session.token()).scopes).toEqual(['okta.users.read'])
    expect((await session.fetch('/api/v1/users')).status).toBe(403)
    await session.fetch('/api/v1/users')
    expect(org.notices).toEqual([{ code: 'api_forbidden', message: expect.stringContaining('Admin roles') }])
  })

  it('reports that the token lacks the scope when the API returns 403', async () => {
    await using org = await startServiceOrg({ scopes: ['okta.groups.read', 'okta.users.read'] })
    const session = await connect({ ...org.options, scopes: ['okta.groups.read'] }, org.deps)
    expect((await session.fetch('/api/v1/users')).status).toBe(403)
    expect(org.notices).toEqual([
      { code: 'api_forbidden', message: expect.stringContaining('Okta API Scopes > Grant') },
    ])
  })
})

describe('token({ forceRefresh: true })', () => {
  it('uses each rotating refresh token once', async () => {
    await using org = await startSignInOrg()
    const { requests, fetch } = recordRequests()
    const deps = { store: createMemoryStore(), fetch, openBrowser: new TestUser(org.okta).openBrowser }
    const session = await connect(org.app(), deps)
    for (let round = 0; round < 3; round++) await session.token({ forceRefresh: true })
    const refreshTokens = requests.map(({ body }) => body.get('refresh_token')).filter(token => token !== null)
    expect(refreshTokens).toHaveLength(3)
    expect(new Set(refreshTokens).size).toBe(3)
  })

  it('reuses the refresh token when the response contains none', async () => {
    const redirectUri = await freeRedirectUri()
    await using okta = await startOktaEmulator({
      clients: [{ kind: 'native', redirectUris: [redirectUri], repeatRefreshToken: false }],
    })
    const { clientId } = okta.client('native')
    const options = { tenant: okta.orgUrl.origin, clientId, redirectUri, scopes: ['okta.users.read'] }
    const session = await connect(options, { store: createMemoryStore(), openBrowser: new TestUser(okta).openBrowser })
    for (let round = 0; round < 2; round++) {
      expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
    }
  })

  it('signs the DPoP proof with the key of the sign-in', async () => {
    await using org = await startSignInOrg()
    const { requests, fetch } = recordRequests()
    const deps = { store: createMemoryStore(), fetch, openBrowser: new TestUser(org.okta).openBrowser }
    const session = await connect(org.app(3), deps)
    await session.token({ forceRefresh: true })
    const keys = requests
      .map(({ headers }) => headers.get('dpop'))
      .filter(proof => proof !== null)
      .map(proof => JSON.stringify(decodeProtectedHeader(proof).jwk))
    expect(keys.length).toBeGreaterThan(1)
    expect(new Set(keys).size).toBe(1)
  })
})

describe('disconnect', () => {
  it('succeeds without a notice when the token is unknown to Okta', async () => {
    await using org = await startSignInOrg()
    const notices: unknown[] = []
    const deps = { store: createMemoryStore(), notify: (notice: unknown) => void notices.push(notice) }
    const session = await connect(org.app(), { ...deps, openBrowser: new TestUser(org.okta).openBrowser })
    await org.okta.reset()
    await session.disconnect()
    expect(notices).toEqual([])
  })

  it('succeeds without a notice when the token has expired', async () => {
    await using org = await startServiceOrg()
    let passedMs = 0
    const session = await connect(org.options, { ...org.deps, now: () => Date.now() + passedMs })
    passedMs = 2 * hourMs
    org.okta.advanceClock(2 * hourMs)
    await session.disconnect()
    expect(org.notices).toEqual([])
    expect(org.okta.requests.at(-1)).toMatchObject({ path: '/oauth2/v1/revoke', status: 200 })
  })
})
