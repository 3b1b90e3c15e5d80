import { randomUUID } from 'node:crypto'
import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { connect, createMemoryStore, generateClientKey, resume } from '../index.js'
import { freeRedirectUri, Person, startSignInOrg } from '../person.test.support.js'
import { startServiceOrg } from '../service-app.test.support.js'
import { hourMs, type Row, watching } from './wire.test.support.js'

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
  ['a sign-in', signIn],
  ['the rest', others],
])('Okta on the wire, %s:', (_about, rows) => {
  it.each(rows)('%s', async (_fact, shows) => await shows())
})
