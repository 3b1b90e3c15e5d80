import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { connect, createMemoryStore, parseTenant } from '../index.js'
import { Person, startSignInOrg } from '../person.test.support.js'
import { startServiceOrg } from '../service-app.test.support.js'
import { answering, hourMs, type Row, serviceOptions, watching } from './wire.test.support.js'

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

describe.each<[string, readonly Row[]]>([['the authorization server', authorizationServer]])(
  'Okta on the wire, %s:',
  (_about, rows) => {
    it.each(rows)('%s', async (_fact, shows) => await shows())
  },
)
