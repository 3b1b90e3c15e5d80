import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectionOf, filesOf, startBroker, type TestBroker } from '../support/broker.test.support.js'
import { newKey, startIssuer, type TestIssuer } from '../support/issuer.test.support.js'

let okta: OktaEmulator
let issuer: TestIssuer
let config: Record<string, unknown>

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(async () => await okta.close())
beforeEach(async () => {
  issuer = await startIssuer()
  config = {
    connections: { users: connectionOf(okta, okta.client('service')) },
    clients: { deploy: { identity: { issuer: issuer.url, claims: { sub: 'job' } }, connections: 'users' } },
  }
  return () => issuer[Symbol.asyncDispose]()
})

const start = async (more: object = {}, files: Record<string, string> = {}) =>
  await startBroker({ ...config, ...more }, { files: { ...filesOf(okta), ...files } })

async function ask(broker: TestBroker, token?: string): Promise<number> {
  // The clock of the broker differs, and the tokens of this issuer are valid for it.
  const client_assertion = token ?? (await issuer.sign({ aud: broker.url, sub: 'job' }))
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  const form = { grant_type: 'client_credentials', client_id: 'deploy', client_assertion, client_assertion_type }
  return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })).status
}
const reads = () => issuer.requests.filter(path => path === '/keys').length
const minute = 60_000

describe('the keys of an issuer', () => {
  it('are read once for many requests, and by all of them together', async () => {
    await using broker = await start()
    const token = await issuer.sign({ aud: broker.url, sub: 'job' })
    expect(await Promise.all(Array.from({ length: 20 }, () => ask(broker, token)))).toEqual(Array(20).fill(200))
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys'])
  })

  it.each([
    ['for as long as Cache-Control says', 'public, max-age=7200', 110, 20],
    ['for an hour without Cache-Control', '', 55, 10],
    ['for at least five minutes', 'no-store', 4, 2],
    ['for at least five minutes', 'max-age=0, must-revalidate', 4, 2],
    ['for at most a day', 'max-age=31536000', 23 * 60, 2 * 60],
  ])('are used %s', async (_what, cacheControl, freshMinutes, moreMinutes) => {
    if (cacheControl !== '') issuer.headers['cache-control'] = cacheControl
    await using broker = await start()
    expect(await ask(broker)).toBe(200)
    broker.elapse(freshMinutes * minute)
    expect(await ask(broker)).toBe(200)
    expect(reads()).toBe(1)
    broker.elapse(moreMinutes * minute)
    // The keys in memory are used while they are read again.
    expect(await ask(broker)).toBe(200)
    await expect.poll(reads).toBe(2)
  })

  it('are read again for an unknown key, at most every 30 seconds', async () => {
    await using broker = await start()
    expect(await ask(broker)).toBe(200)
    broker.elapse(31_000)
    issuer.rotate('second')
    expect(await ask(broker)).toBe(200)
    expect(reads()).toBe(2)
    const { privateKey } = newKey()
    for (let attempt = 0; attempt < 5; attempt++) {
      const token = await issuer.sign({ aud: broker.url, sub: 'job' }, { kid: `unknown-${attempt}` }, privateKey)
      expect(await ask(broker, token)).toBe(503)
    }
    expect(reads()).toBe(2)
    expect(broker.lines().filter(({ msg }) => msg === 'request failed')).toEqual([])
    broker.elapse(31_000)
    issuer.rotate('third')
    expect(await ask(broker)).toBe(200)
    expect(reads()).toBe(3)
  })

  it('are used for some hours while the issuer does not respond', async () => {
    await using broker = await start()
    expect(await ask(broker)).toBe(200)
    issuer.responses.set('/keys', { status: 500 })
    broker.elapse(6 * 60 * minute)
    expect(await ask(broker)).toBe(200)
    const failed = { msg: 'the keys of an issuer cannot be read', issuer: issuer.url }
    await expect.poll(() => broker.lines()).toContainEqual(expect.objectContaining(failed))
    const { degraded } = (await (await fetch(`${broker.url}/readyz`)).json()) as { degraded: string[] }
    expect(degraded).toContain('identity: the keys of an issuer cannot be read')
    broker.elapse(2 * 60 * minute)
    expect(await ask(broker)).toBe(503)
    issuer.responses.clear()
    broker.elapse(6_000)
    expect(await ask(broker)).toBe(200)
    expect(broker.lines().map(({ msg }) => msg)).toContain('the keys of an issuer can be read again')
  })

  it('are kept when the configuration is reloaded', async () => {
    await using broker = await start()
    expect(await ask(broker)).toBe(200)
    issuer.responses.set('/keys', { status: 500 })
    await broker.reload({ ...config, issuers: { [issuer.url]: { maxLifetime: '10m' } } })
    expect(await ask(broker)).toBe(200)
    expect(reads()).toBe(1)
  })

  it.each([
    ['the document is of another issuer', '/.well-known/openid-configuration', { body: { issuer: 'https://other' } }],
    ['the jwks_uri is http', '/.well-known/openid-configuration', { body: 'JWKS http://example.com/keys' }],
    ['the jwks_uri is a file', '/.well-known/openid-configuration', { body: 'JWKS file:///etc/passwd' }],
    ['the document is missing', '/.well-known/openid-configuration', { status: 404 }],
    ['the document is not JSON', '/.well-known/openid-configuration', { body: '<html>' }],
    ['the keys are on another host', '/keys', { status: 302, headers: { location: 'https://example.com/keys' } }],
    ['the keys are not a set', '/keys', { body: { keys: 'none' } }],
    ['the set has no keys', '/keys', { body: { keys: [] } }],
    ['the keys are too long', '/keys', { body: ' '.repeat(2_000_000) }],
    ['a key is private', '/keys', { body: { keys: [newKey().privateKey.export({ format: 'jwk' })] } }],
    ['a key is symmetric', '/keys', { body: { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'first' }] } }],
  ])(
    'cannot be read when %s',
    async (_what, path, response: { status?: number; body?: unknown; headers?: Record<string, string> }) => {
      const [, jwks_uri] = /^JWKS (.*)/.exec(String(response.body)) ?? []
      const body = jwks_uri === undefined ? response.body : { issuer: issuer.url, jwks_uri }
      issuer.responses.set(path, { ...response, body })
      await using broker = await start()
      expect(await ask(broker)).toBe(503)
      const lines = broker.lines().filter(({ msg }) => msg === 'the keys of an issuer cannot be read')
      expect(lines).toEqual([expect.objectContaining({ issuer: issuer.url, reason: expect.any(String) })])
    },
  )

  it('delay no valid token while the issuer hangs', async () => {
    await using broker = await start()
    expect(await ask(broker)).toBe(200)
    issuer.hang()
    broker.elapse(2 * 60 * minute)
    const startedAt = performance.now()
    expect(await ask(broker)).toBe(200)
    // The time limit of a request to an issuer is 5 s.
    expect(performance.now() - startedAt).toBeLessThan(4_500)
  })

  it('come from a file when the configuration names one', async () => {
    const jwks = await (await fetch(`${issuer.url}/keys`)).text()
    issuer.requests.length = 0
    await using broker = await start(
      { issuers: { [issuer.url]: { jwks: { file: 'jwks.json' } } } },
      { 'jwks.json': jwks },
    )
    expect(await ask(broker)).toBe(200)
    issuer.rotate('second')
    expect(await ask(broker)).toBe(401)
    expect(issuer.requests).toEqual([])
  })

  it('reject a token that is signed with another algorithm than those of the issuer', async () => {
    await using broker = await start({ issuers: { [issuer.url]: { algorithms: ['RS256'] } } })
    expect(await ask(broker)).toBe(401)
    expect(broker.lines()).toContainEqual(
      expect.objectContaining({ reason: 'the alg of the token is not in the algorithms of the issuer' }),
    )
  })
})
