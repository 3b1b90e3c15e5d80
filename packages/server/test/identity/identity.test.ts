import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../support/broker.test.support.js'
import { newKey, startIssuer, type TestIssuer } from '../support/issuer.test.support.js'

const own = newKey()
let okta: OktaEmulator
let issuer: TestIssuer
let onceIssuer: TestIssuer
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
  issuer = await startIssuer()
  onceIssuer = await startIssuer()
  const identity = (claims: object) => ({ issuer: issuer.url, claims })
  broker = await startBroker(
    {
      connections: {
        users: connectionOf(okta, okta.client('service')),
        bound: connectionOf(okta, okta.clients[1] as never),
      },
      issuers: { [onceIssuer.url]: { replay: 'once', maxLifetime: '10m', algorithms: 'ES256' } },
      clients: {
        deploy: {
          identity: identity({
            repository_id: 1234,
            ref: 'refs/heads/release-*',
            event_name: ['push', 'workflow_dispatch'],
          }),
          connections: ['users', 'bound'],
        },
        nested: {
          identity: [
            identity({ project_id: '7' }),
            identity({ 'kubernetes.io': { namespace: 'prod', serviceaccount: { name: 'deploy' } }, is_admin: true }),
          ],
          connections: 'users',
        },
        once: { identity: { issuer: onceIssuer.url, claims: { sub: 'job' } }, connections: 'users' },
        limited: { identity: identity({ sub: 'limited' }), connections: 'users', ratePerMinute: 1 },
        signer: { jwks: own.publicKey.export({ format: 'jwk' }), connections: 'users' },
        payroll: { secretSha256: digestFor('payroll'), connections: 'users' },
      },
      behindProxy: ['127.0.0.1', '::1'],
    },
    { files: filesOf(okta) },
  )
})
afterAll(async () => {
  await broker.stop()
  await issuer[Symbol.asyncDispose]()
  await onceIssuer[Symbol.asyncDispose]()
  await okta.close()
})

const claims = { repository_id: '1234', ref: 'refs/heads/release-7', event_name: 'push', sub: 'repo:o/r:ref:x' }
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let from = 0
async function send(client_assertion: string, form: Record<string, string> = {}) {
  const body = new URLSearchParams({
    ...{ grant_type: 'client_credentials', connection: 'users', client_assertion_type: jwtBearer, client_assertion },
    ...form,
  })
  from += 1
  const headers = { 'x-forwarded-for': `203.0.113.${from}` }
  const response = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body, headers })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const sendAs = async (client_id: string, given: object = {}, header: object = {}) =>
  await send(await issuer.sign({ aud: broker.url, ...given }, header), { client_id })

describe('an identity token', () => {
  it('authenticates a client whose rule it matches', async () => {
    const { status, body } = await sendAs('deploy', claims)
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', connection: 'users', org_url: okta.orgUrl.origin })
  })

  it('is named in the audit line with the claims that matched', async () => {
    await sendAs('deploy', { ...claims, actor: 'ada' })
    expect(broker.lines().findLast(({ audit }) => audit === 'token')).toMatchObject({
      client: 'deploy',
      identity: {
        issuer: issuer.url,
        subject: 'repo:o/r:ref:x',
        claims: { repository_id: '1234', ref: 'refs/heads/release-7', event_name: 'push' },
      },
    })
  })

  it.each([
    ['is a number', { repository_id: 1234 }, 200],
    ['is another number', { repository_id: 12345 }, 401],
    ['is a list with a matching member', { event_name: ['schedule', 'push'] }, 200],
    ['is a list without a matching member', { event_name: ['schedule', ['push']] }, 401],
    ['is missing', { event_name: undefined }, 401],
    ['is null', { event_name: null }, 401],
    ['is an object', { event_name: { push: 'push' } }, 401],
    ['has another case', { event_name: 'Push' }, 401],
    ['matches a wildcard with nothing', { ref: 'refs/heads/release-' }, 401],
    ['matches a wildcard with a slash', { ref: 'refs/heads/release-1/2' }, 401],
    ['matches a wildcard with a colon', { ref: 'refs/heads/release-1:2' }, 401],
    ['begins with a slash more', { ref: '/refs/heads/release-1' }, 401],
    ['ends with a line end', { event_name: 'push\n' }, 401],
  ])('is compared when a claim %s', async (_what, changed, status) => {
    expect((await sendAs('deploy', { ...claims, ...changed })).status).toBe(status)
  })

  it('is compared by nested claims, and by one of several rules', async () => {
    const kubernetes = { namespace: 'prod', serviceaccount: { name: 'deploy' } }
    expect((await sendAs('nested', { 'kubernetes.io': kubernetes, is_admin: true })).status).toBe(200)
    expect((await sendAs('nested', { 'kubernetes.io': kubernetes, is_admin: 'true' })).status).toBe(200)
    expect((await sendAs('nested', { project_id: 7 })).status).toBe(200)
    for (const other of [{ ...kubernetes, namespace: 'dev' }, { namespace: 'prod' }, 'prod', null, [kubernetes]]) {
      expect((await sendAs('nested', { 'kubernetes.io': other, is_admin: true })).status).toBe(401)
    }
    expect((await sendAs('nested', { 'kubernetes.io.namespace': 'prod' })).status).toBe(401)
  })

  it.each([
    ['for another server', { aud: 'https://other.example.com' }],
    ['for the token endpoint', { aud: 'TOKEN' }],
    ['for two audiences', { aud: ['BROKER', 'https://other.example.com'] }],
    ['for the same audience twice', { aud: ['BROKER', 'BROKER'] }],
    ['for no audience', { aud: [] }],
    ['without an audience', { aud: undefined }],
    ['without exp', { exp: undefined }],
    ['without iat', { iat: undefined }],
    ['that has expired', { iat: 1, nbf: 1, exp: 300 }],
    ['that is not valid yet', { nbf: 9e9 }],
    ['that is issued in the future', { iat: Math.floor(Date.now() / 1000) + 120 }],
    ['that is valid for too long', { exp: Math.floor(Date.now() / 1000) + 4000 }],
    ['of another type', { jti: 'x' }, { typ: 'at+jwt' }],
    ['with a wrong claim', { event_name: 'pull_request' }],
  ])(
    'gets the same response for known and unknown clients when it is one %s',
    async (_what, changed, header: object = {}) => {
      const text = JSON.stringify(changed)
        .replaceAll('BROKER', broker.url)
        .replace('TOKEN', `${broker.url}/oauth2/token`)
      const given = { ...claims, ...changed, ...JSON.parse(text) }
      const known = await sendAs('deploy', given, header)
      expect(known.status).toBe(401)
      expect(known.body.error).toBe('invalid_client')
      for (const name of ['unknown', 'signer', 'payroll', 'once'])
        expect(await sendAs(name, given, header)).toEqual(known)
      expect(await sendAs('unknown', claims)).toEqual(known)
    },
  )

  it('accepts a list of one audience', async () => {
    expect((await sendAs('deploy', { ...claims, aud: [broker.url] })).status).toBe(200)
  })

  it('requires client_id', async () => {
    const { status, body } = await send(await issuer.sign({ aud: broker.url, ...claims }))
    expect(status).toBe(401)
    expect(body.error_description).toContain('client_id')
  })

  it.each(['none', 'HS256', 'RS256', 'ES384'])('is rejected with the algorithm %s', async alg => {
    const [, payload] = (await issuer.sign({ aud: broker.url, ...claims })).split('.')
    const header = Buffer.from(JSON.stringify({ alg, kid: 'first' })).toString('base64url')
    for (const signature of ['', 'A'.repeat(86)]) {
      expect((await send(`${header}.${payload}.${signature}`, { client_id: 'deploy' })).status).toBe(401)
    }
  })

  it('is rejected with a key of its own header', async () => {
    const another = newKey()
    const jwk = another.publicKey.export({ format: 'jwk' })
    const token = await issuer.sign({ aud: broker.url, ...claims }, { jwk, jku: issuer.url }, another.privateKey)
    expect((await send(token, { client_id: 'deploy' })).status).toBe(401)
  })

  it('authenticates requests without a form by the Authorization header and connect-okta-client', async () => {
    const authorization = `Bearer ${await issuer.sign({ aud: broker.url, ...claims })}`
    const ask = (headers: Record<string, string>) =>
      fetch(`${broker.url}/proxy/users/api/v1/users`, { headers: { authorization, ...headers } })
    expect((await ask({ 'connect-okta-client': 'deploy' })).status).toBe(200)
    expect((await ask({})).status).toBe(401)
    expect((await ask({ 'connect-okta-client': 'nested' })).status).toBe(401)
    const headers = { authorization: basic('payroll'), 'connect-okta-client': 'deploy' }
    expect((await fetch(`${broker.url}/proxy/users/api/v1/users`, { headers })).status).toBe(400)
  })

  it('is never blocked by failed attempts in the name of its client', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.7' }
    const post = async (client_assertion: string) => {
      const form = { grant_type: 'client_credentials', connection: 'users', client_id: 'deploy', client_assertion }
      const body = new URLSearchParams({ ...form, client_assertion_type: jwtBearer })
      return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body, headers })).status
    }
    const { privateKey } = newKey()
    const given = { aud: broker.url, ...claims }
    const forged = await issuer.sign(given, {}, privateKey)
    const statuses = await Promise.all(Array.from({ length: 110 }, () => post(forged)))
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    expect(await post(await issuer.sign({ ...given, event_name: 'schedule' }))).toBe(401)
    expect(await post(await issuer.sign(given))).toBe(200)
  })

  it('of an unknown issuer gets the response of a known one', async () => {
    const forged = newKey().privateKey
    const known = await send(await issuer.sign({ aud: broker.url, ...claims }, {}, forged), { client_id: 'deploy' })
    for (const iss of [`${issuer.url}/`, 'https://gitlab.example', 'spiffe://a.org/x']) {
      const token = await issuer.sign({ aud: broker.url, ...claims, iss }, {}, forged)
      for (const client_id of ['deploy', 'unknown', 'signer']) expect(await send(token, { client_id })).toEqual(known)
    }
    const svid = await issuer.sign({ aud: broker.url, sub: 'spiffe://a.org/x' }, {}, forged)
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'
    expect(await send(svid, { client_id: 'deploy', client_assertion_type: type })).toEqual(known)
  })

  it('applies the rate limit of the client', async () => {
    expect((await sendAs('limited', { sub: 'limited' })).status).toBe(200)
    expect((await sendAs('limited', { sub: 'limited' })).status).toBe(429)
  })

  it('works once when the issuer has replay: once', async () => {
    const sign = (more: object) => onceIssuer.sign({ aud: broker.url, sub: 'job', ...more })
    const token = await sign({ jti: 'a' })
    expect((await send(token, { client_id: 'once' })).status).toBe(200)
    expect((await send(token, { client_id: 'once' })).status).toBe(401)
    expect((await send(await sign({ jti: 'b' }), { client_id: 'once' })).status).toBe(200)
    for (const jti of [undefined, '', 7, ['c']]) {
      expect((await send(await sign({ jti: jti as string }), { client_id: 'once' })).status).toBe(401)
    }
    const exp = Math.floor(Date.now() / 1000) + 700
    expect((await send(await sign({ jti: 'd', exp }), { client_id: 'once' })).status).toBe(401)
  })

  it('is refused for a connection with DPoP-bound tokens, with the URL of its proxy', async () => {
    const token = await issuer.sign({ aud: broker.url, ...claims })
    const { status, body } = await send(token, { client_id: 'deploy', connection: 'bound' })
    expect(status).toBe(400)
    expect(body).toMatchObject({
      ...{ error: 'invalid_target', connection: 'bound', org_url: okta.orgUrl.origin },
      proxy: `${broker.url}/proxy/bound`,
    })
  })
})

describe('a token of an issuer', () => {
  it('is never verified with the key of a client', async () => {
    const token = await issuer.sign({ aud: broker.url, sub: issuer.url, jti: 'x' }, {}, own.privateKey)
    for (const client_id of ['signer', 'deploy', issuer.url])
      expect((await send(token, { client_id })).status).toBe(401)
  })

  it('does not authenticate a client with another method', async () => {
    for (const client_id of ['signer', 'payroll']) expect((await sendAs(client_id, claims)).status).toBe(401)
  })
})

describe('an assertion that a client signs', () => {
  it('does not authenticate a client with an identity', async () => {
    const sign = (name: string) =>
      new SignJWT({ iss: name, sub: name, aud: broker.url, jti: name, exp: Math.floor(Date.now() / 1000) + 60 })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuedAt()
        .sign(own.privateKey)
    expect((await send(await sign('signer'))).status).toBe(200)
    expect((await send(await sign('deploy'))).status).toBe(401)
  })
})
