import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { connect, createMemoryStore, generateClientKey } from '../index.js'
import { Person, startSignInOrg } from '../person.test.support.js'
import { startServiceOrg } from '../service-app.test.support.js'
import { answering, hourMs, type Row, serviceOptions, watching } from './wire.test.support.js'

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

describe.each<[string, readonly Row[]]>([
  ['a client assertion', clientAssertion],
  ['proofs of possession', proofs],
])('Okta on the wire, %s:', (_about, rows) => {
  it.each(rows)('%s', async (_fact, shows) => await shows())
})
