import { randomUUID } from 'node:crypto'
import { startOktaEmulator } from '@connect-okta/emulator'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  type ClientKeyType,
  type CommonOptions,
  connect,
  createMemoryStore,
  generateClientKey,
  parseTenant,
  resume,
} from './index.js'
import { freeRedirectUri, Person, startSignInOrg } from './person.test.support.js'
import { startServiceOrg } from './service-app.test.support.js'

// What Okta does on the wire, and that we do what it wants. Each row stands alone.
type Row = readonly [fact: string, shows: () => Promise<void>]

const hourMs = 3600_000

/** Sees every request go by. */
function watching() {
  const requests: { url: URL; body: URLSearchParams; headers: Headers }[] = []
  const watched: typeof fetch = async (input, init) => {
    requests.push({
      url: new URL(String(input)),
      body: new URLSearchParams(String(init?.body ?? '')),
      headers: new Headers(init?.headers),
    })
    return await fetch(input, init)
  }
  return { requests, fetch: watched }
}

/** An answer of the token endpoint that the emulator does not give. */
const answering = (fields: object, headers: Record<string, string> = {}): typeof fetch => {
  const body = { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.read', ...fields }
  return async () => Response.json(body, { headers })
}

async function serviceOptions(type: ClientKeyType = 'P-256'): Promise<CommonOptions> {
  const { privateJwk } = await generateClientKey({ type })
  return { tenant: 'example.okta.com', clientId: '0oa1', jsonWebKey: privateJwk, scopes: ['okta.users.read'] }
}

const authorizationServer: Row[] = [
  [
    'its endpoints are fixed by the org, so a token needs one request',
    async () => {
      const { requests, fetch } = watching()
      await using org = await startServiceOrg()
      await connect(org.options, { ...org.deps, fetch })
      expect(requests.map(({ url }) => url.pathname)).toEqual(['/oauth2/v1/token'])
    },
  ],
  [
    'a custom one is below its id, by the id alone or by its whole address',
    async () => {
      await using okta = await startOktaEmulator({ authorizationServers: [{ id: 'default', scopes: ['orders'] }] })
      const { clientId, jwk } = okta.client('service')
      const options = { tenant: okta.orgUrl.origin, clientId, jsonWebKey: jwk as object, scopes: ['orders'] }
      const store = createMemoryStore()
      for (const authorizationServer of ['default', `${okta.orgUrl.origin}/oauth2/default`]) {
        await connect({ ...options, authorizationServer }, { store })
      }
      expect(okta.requests.map(({ path }) => path)).toEqual(['/oauth2/default/v1/token'])
    },
  ],
  [
    'its access tokens live one hour, in both flows',
    async () => {
      await using org = await startSignInOrg()
      await using service = await startServiceOrg()
      const person = await connect(org.app(), {
        store: createMemoryStore(),
        openBrowser: new Person(org.okta).openBrowser,
      })
      const program = await connect(service.options, service.deps)
      for (const session of [person, program]) {
        const lifeMs = Number((await session.token()).expiresAt) - Date.now()
        expect(Math.abs(lifeMs - hourMs)).toBeLessThan(30_000)
      }
    },
  ],
  [
    'its access tokens are opaque: any text that fits a header will do',
    async () => {
      const access_token = '00~!opaque.with/all+kinds=of_signs'
      const session = await connect(await serviceOptions(), {
        store: createMemoryStore(),
        fetch: answering({ access_token }),
      })
      expect((await session.token()).value).toBe(access_token)
    },
  ],
  [
    'a granted scope without its admin role is refused by the API alone, which a notice explains',
    async () => {
      await using org = await startServiceOrg({ adminRole: false })
      const session = await connect(org.options, org.deps)
      expect((await session.token()).scopes).toEqual(['okta.users.read'])
      expect((await session.fetch('/api/v1/users')).status).toBe(403)
      await session.fetch('/api/v1/users')
      expect(org.notices).toEqual([{ code: 'api_forbidden', message: expect.stringContaining('Admin roles') }])
    },
  ],
  [
    'a scope that the token lacks is refused by the API, which another notice explains',
    async () => {
      await using org = await startServiceOrg({ scopes: ['okta.groups.read', 'okta.users.read'] })
      const session = await connect({ ...org.options, scopes: ['okta.groups.read'] }, org.deps)
      expect((await session.fetch('/api/v1/users')).status).toBe(403)
      expect(org.notices).toEqual([
        { code: 'api_forbidden', message: expect.stringContaining('Okta API Scopes > Grant') },
      ])
    },
  ],
  [
    'revoking the refresh token kills its access tokens; what is unknown there is no failure',
    async () => {
      await using org = await startSignInOrg()
      const notices: unknown[] = []
      const deps = { store: createMemoryStore(), notify: (notice: unknown) => void notices.push(notice) }
      const session = await connect(org.app(), { ...deps, openBrowser: new Person(org.okta).openBrowser })
      const { value } = await session.token()
      await org.okta.reset()
      await session.disconnect()
      expect(notices).toEqual([])
      const answer = await fetch(new URL('/api/v1/users/me', org.okta.orgUrl), {
        headers: { authorization: `Bearer ${value}` },
      })
      expect(answer.status).toBe(401)
    },
  ],
  [
    'its limits are told in seconds since 1970, by its own clock, sometimes twice',
    async () => {
      const tooMany: typeof fetch = async () =>
        new Response('{}', {
          status: 429,
          headers: { date: 'Sun, 09 Sep 2001 01:46:40 GMT', 'x-rate-limit-reset': '1000000090, 1000000090' },
        })
      const attempt = connect(await serviceOptions(), { store: createMemoryStore(), fetch: tooMany })
      await expect(attempt).rejects.toMatchObject({ code: 'rate_limited', hint: 'Try again in 90 s.' })
    },
  ],
  [
    'an org has many domains, and the console is not one of them',
    async () => {
      const domains = ['okta.com', 'oktapreview.com', 'okta-emea.com', 'okta-gov.com', 'okta.mil']
      for (const domain of domains) {
        expect(parseTenant(`Example.${domain}`).origin).toBe(`https://example.${domain}`)
        expect(() => parseTenant(`example-admin.${domain}`)).toThrow(
          expect.objectContaining({ code: 'options_invalid', hint: expect.stringContaining(`example.${domain}`) }),
        )
      }
      expect(parseTenant('https://id.example.org/').origin).toBe('https://id.example.org')
    },
  ],
]

const clientAssertion: Row[] = [
  [
    'may be signed by RSA and EC keys of every size',
    async () => {
      for (const type of ['RSA-2048', 'RSA-4096', 'P-256', 'P-384', 'P-521'] as const) {
        const { privateJwk, publicJwk } = await generateClientKey({ type })
        await using org = await startServiceOrg({ jwks: { keys: [publicJwk] } })
        await connect({ ...org.options, jsonWebKey: privateJwk }, org.deps)
      }
    },
  ],
  [
    'names the endpoint, the client twice, and the key',
    async () => {
      const { requests, fetch } = watching()
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
    },
  ],
  [
    'works on a machine whose clock is wrong, either way, with a notice',
    async () => {
      for (const offsetMs of [-hourMs, hourMs]) {
        await using org = await startServiceOrg()
        const session = await connect(org.options, { ...org.deps, now: () => Date.now() + offsetMs })
        expect((await session.fetch('/api/v1/users')).status).toBe(200)
        expect(org.notices).toEqual([
          { code: 'clock_skew', message: expect.stringContaining(offsetMs > 0 ? 'ahead of' : 'behind') },
        ])
      }
    },
  ],
  [
    'works once: each attempt has its own',
    async () => {
      await using org = await startServiceOrg()
      const { requests, fetch } = watching()
      org.okta.fault({ endpoint: '/oauth2/v1/token', status: 503, times: 2, afterwards: true })
      await connect(org.options, { ...org.deps, fetch })
      const ids = requests.map(({ body }) => decodeJwt(body.get('client_assertion') ?? '').jti)
      expect(new Set(ids).size).toBe(3)
    },
  ],
]

const proofs: Row[] = [
  [
    'are of their own key, which a refresh keeps',
    async () => {
      await using org = await startSignInOrg()
      const { requests, fetch } = watching()
      const deps = { store: createMemoryStore(), fetch, openBrowser: new Person(org.okta).openBrowser }
      const session = await connect(org.app(3), deps)
      await session.token({ forceRefresh: true })
      const keys = requests
        .map(({ headers }) => headers.get('dpop'))
        .filter(proof => proof !== null)
        .map(proof => JSON.stringify(decodeProtectedHeader(proof).jwk))
      expect(keys.length).toBeGreaterThan(1)
      expect(new Set(keys).size).toBe(1)
    },
  ],
  [
    'for the API name the method, the address and the token, each once',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      const one = await session.authorization('POST', '/api/v1/users?activate=true')
      const two = await session.authorization('POST', '/api/v1/users?activate=true')
      const [claims, again] = [one, two].map(({ dpop = '' }) => decodeJwt(dpop))
      expect(claims).toMatchObject({
        htm: 'POST',
        htu: `${org.okta.orgUrl.origin}/api/v1/users`,
        ath: expect.any(String),
        iat: expect.any(Number),
      })
      expect(claims?.jti).not.toBe(again?.jti)
      expect(one.authorization).toMatch(/^DPoP /)
    },
  ],
  [
    'bind a token whose type may arrive in lower case',
    async () => {
      const options = { ...(await serviceOptions()), dpop: 'always' as const }
      const session = await connect(options, { store: createMemoryStore(), fetch: answering({ token_type: 'dpop' }) })
      expect((await session.token()).type).toBe('DPoP')
    },
  ],
  [
    'are not sent to an app that does not ask for them',
    async () => {
      await using org = await startServiceOrg()
      await connect(org.options, org.deps)
      expect(org.okta.requests.map(({ hasDpopProof }) => hasDpopProof)).toEqual([false])
    },
  ],
]

const signIn: Row[] = [
  [
    'is by PKCE with S256, asks for offline_access at once, and comes back exactly where it is registered',
    async () => {
      await using org = await startSignInOrg()
      const person = new Person(org.okta)
      await connect(org.app(), { store: createMemoryStore(), openBrowser: person.openBrowser })
      expect(Object.fromEntries(person.opened[0]?.searchParams ?? [])).toMatchObject({
        code_challenge_method: 'S256',
        redirect_uri: org.redirectUri,
        scope: expect.stringContaining('offline_access'),
      })
    },
  ],
  [
    'that is refused says why in Okta words',
    async () => {
      await using org = await startSignInOrg()
      const stranger = org.okta.users.at(-1)
      const attempt = connect(org.app(), {
        store: createMemoryStore(),
        openBrowser: new Person(org.okta, stranger).openBrowser,
      })
      await expect(attempt).rejects.toMatchObject({
        code: 'login_denied',
        oauth: { description: 'User is not assigned to the client application.' },
      })
    },
  ],
  [
    'gives rotating refresh tokens to an SPA: the latest is used, each once',
    async () => {
      await using org = await startSignInOrg()
      const { requests, fetch } = watching()
      const deps = { store: createMemoryStore(), fetch, openBrowser: new Person(org.okta).openBrowser }
      const session = await connect(org.app(), deps)
      for (let times = 0; times < 3; times++) await session.token({ forceRefresh: true })
      const sent = requests.map(({ body }) => body.get('refresh_token')).filter(token => token !== null)
      expect(sent).toHaveLength(3)
      expect(new Set(sent).size).toBe(3)
    },
  ],
  [
    'may leave the refresh token out of a refresh: the old one goes on',
    async () => {
      const redirectUri = await freeRedirectUri()
      await using okta = await startOktaEmulator({
        clients: [{ kind: 'native', redirectUris: [redirectUri], repeatRefreshToken: false }],
      })
      const options = {
        tenant: okta.orgUrl.origin,
        clientId: okta.client('native').clientId,
        redirectUri,
        scopes: ['okta.users.read'],
      }
      const session = await connect(options, { store: createMemoryStore(), openBrowser: new Person(okta).openBrowser })
      for (let times = 0; times < 2; times++)
        expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
    },
  ],
  [
    'ends when its refresh token was not used for seven days',
    async () => {
      await using org = await startSignInOrg()
      const store = createMemoryStore()
      await connect(org.app(), { store, openBrowser: new Person(org.okta).openBrowser })
      org.okta.advanceClock(8 * 24 * hourMs)
      const later = await resume({}, { store, now: () => Date.now() + 8 * 24 * hourMs })
      await expect(later.token()).rejects.toMatchObject({ code: 'login_required' })
    },
  ],
]

const others: Row[] = [
  [
    'device codes are for native apps only',
    async () => {
      await using org = await startSignInOrg()
      const attempt = connect({ ...org.app(0), grant: 'device_code' } as never, { store: createMemoryStore() })
      await expect(attempt).rejects.toMatchObject({ code: 'grant_rejected' })
    },
  ],
  [
    'an API token goes by the scheme SSWS, and ends when its owner revokes it',
    async () => {
      await using okta = await startOktaEmulator()
      const options = { tenant: okta.orgUrl.origin, apiToken: okta.apiTokens[0]?.value ?? '' }
      const session = await connect(options)
      expect(await session.authorization('GET', '/')).toEqual({ authorization: `SSWS ${options.apiToken}` })
      await expect(connect({ ...options, apiToken: randomUUID() })).rejects.toMatchObject({ code: 'client_rejected' })
    },
  ],
  [
    'what upstream wrongly refuses works: an upper-case tenant, a whole address, an EC key, a late disconnect',
    async () => {
      const { privateJwk, publicJwk } = await generateClientKey({ type: 'P-256' })
      await using org = await startServiceOrg({ jwks: { keys: [publicJwk] } })
      const tenant = org.okta.orgUrl.origin.toUpperCase().replace('HTTP', 'Http')
      let passedMs = 0
      const world = { ...org.deps, now: () => Date.now() + passedMs }
      const session = await connect({ ...org.options, tenant, jsonWebKey: privateJwk }, world)
      passedMs = 2 * hourMs
      org.okta.advanceClock(2 * hourMs)
      await session.disconnect()
      expect(org.notices).toEqual([])
      expect(org.okta.requests.at(-1)).toMatchObject({ path: '/oauth2/v1/revoke', status: 200 })
    },
  ],
  [
    'a failed reconnect leaves the earlier login in place, and revocable',
    async () => {
      await using org = await startServiceOrg()
      await connect(org.options, org.deps)
      const wrong = connect({ ...org.options, scopes: ['okta.apps.read'] }, org.deps)
      await expect(wrong).rejects.toMatchObject({ code: 'scope_rejected' })
      const earlier = await resume({ jsonWebKey: org.options.jsonWebKey ?? {} }, org.deps)
      expect((await earlier.token()).scopes).toEqual(['okta.users.read'])
      await earlier.disconnect()
      expect(org.notices).toEqual([])
    },
  ],
]

describe.each<[string, readonly Row[]]>([
  ['the authorization server', authorizationServer],
  ['a client assertion', clientAssertion],
  ['proofs of possession', proofs],
  ['a sign-in', signIn],
  ['the rest', others],
])('Okta on the wire, %s:', (_about, rows) => {
  it.each(rows)('%s', async (_fact, shows) => await shows())
})
