import { createPublicKey } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { apiPages } from '../../src/api/api-pages.js'
import { callApi } from '../../src/api/call-api.js'
import { diagnose } from '../../src/diagnose/diagnose.js'
import type { Finding } from '../../src/diagnose/finding.js'
import { connect, type Deps, findSession, openSession, resume } from '../../src/index.js'
import { isLoginOf, listLogins } from '../../src/session/logins.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { type FakeBroker, identityToken, secret, startFakeBroker } from '../support/fake-broker.test.support.js'
import { jsonWebKey } from '../support/fake-server.test.support.js'
import { useServiceOrg } from '../support/service-org.test.support.js'

const org = useServiceOrg()
let broker: FakeBroker
let deps: Pick<Deps, 'store' | 'notify'>

beforeAll(async () => {
  const store = createMemoryStore()
  broker = await startFakeBroker({
    users: { session: await openSession(org.app(), { store }) },
    bound: { session: await openSession(org.app(1), { store }), isWithheld: true },
  })
})
afterAll(() => broker.stop())
beforeEach(() => {
  ;(broker.requests as unknown[]).length = 0
  broker.intercept = undefined
  deps = org.deps
})

const tokenRequests = () => broker.requests.filter(({ path }) => path === '/oauth2/token')
const payroll = () => ({ broker: broker.url, clientId: 'payroll', clientSecret: secret })

describe('a session of a broker', () => {
  it('has the token and the org that the broker names', async () => {
    const session = await connect(payroll(), deps)
    expect(session).toMatchObject({ clientId: 'payroll', grant: 'client_credentials', scopes: [] })
    expect(session.orgUrl.href).toBe(org.okta.orgUrl.href)
    expect(session.broker?.origin).toBe(broker.url)
    expect(await session.token()).toMatchObject({ type: 'Bearer', scopes: ['okta.users.read'], source: 'memory' })
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    expect(Object.fromEntries(tokenRequests()[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'payroll',
      client_secret: secret,
    })
  })

  it('requests the connection and the scopes of the options', async () => {
    await connect({ ...payroll(), connection: 'users', scopes: ['okta.users.read'] }, deps)
    expect(Object.fromEntries(tokenRequests()[0]?.form ?? [])).toMatchObject({
      connection: 'users',
      scope: 'okta.users.read',
    })
  })

  it('authenticates with a key by an assertion for the token endpoint', async () => {
    await connect({ broker: broker.url, clientId: 'export', jsonWebKey }, deps)
    expect(tokenRequests()[0]?.form.get('client_assertion_type')).toMatch(/:jwt-bearer$/)
    expect(createPublicKey({ key: jsonWebKey, format: 'jwk' }).asymmetricKeyType).toBe('ec')
  })

  it('uses the stored token when ten programs connect one after the other', async () => {
    for (let program = 0; program < 10; program++) await (await connect(payroll(), deps)).token()
    expect(tokenRequests()).toHaveLength(1)
  })

  it('has a record of its own for each broker, connection and set of scopes', async () => {
    await connect(payroll(), deps)
    await connect({ ...payroll(), connection: 'users' }, deps)
    await connect({ ...payroll(), scopes: ['okta.users.read'] }, deps)
    await connect({ ...payroll(), broker: broker.url.replace('127.0.0.1', 'localhost') }, deps)
    const logins = await listLogins(deps)
    expect(logins.map(({ broker, connection, scopes }) => ({ broker, connection, scopes }))).toHaveLength(4)
    expect(tokenRequests()).toHaveLength(4)
    expect(new Set(logins.map(({ orgUrl }) => orgUrl))).toEqual(new Set([org.okta.orgUrl.origin]))
  })

  it('continues after resume, by the broker or by the org', async () => {
    const session = await connect(payroll(), deps)
    for (const selection of [
      {},
      { broker: broker.url },
      { broker: broker.url, clientId: 'payroll' },
      { tenant: org.okta.orgUrl },
    ]) {
      const resumed = await resume(selection, deps)
      expect(resumed.orgUrl.origin).toBe(org.okta.orgUrl.origin)
      expect((await resumed.token()).value).toBe((await session.token()).value)
    }
    expect(tokenRequests()).toHaveLength(1)
    const [login] = await listLogins(deps)
    expect(login && isLoginOf(session, login)).toBe(true)
  })

  it.each([
    ['another broker', { broker: 'https://other.example.com' }],
    ['another connection', { connection: 'other' }],
    ['a client of the org itself', { tenant: 'https://example.okta.com', clientId: 'payroll' }],
  ])('is not found by %s', async (_what, selection) => {
    await connect(payroll(), deps)
    expect(await findSession(selection, deps)).toBeUndefined()
  })

  it('renews after resume with the secret, and requires it', async () => {
    await connect(payroll(), deps)
    const { broker: url, clientId, clientSecret } = payroll()
    const session = await resume({ broker: url, clientId, clientSecret }, deps)
    expect((await session.token({ forceRefresh: true })).source).toBe('grant')
    const without = await resume({ broker: url, clientId }, { ...deps, environment: environmentWith({}) })
    await expect(without.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'key_required' })
  })

  it('opens without a request, and learns the org with the first token', async () => {
    const session = await openSession(payroll(), deps)
    expect(broker.requests).toHaveLength(0)
    expect(session.orgUrl.origin).toBe(broker.url)
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    expect(session.orgUrl.origin).toBe(org.okta.orgUrl.origin)
  })

  it('rejects another org than the one of the options', async () => {
    await expect(connect({ ...payroll(), tenant: 'example.okta.com' }, deps)).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('not to example.okta.com'),
    })
    await connect(payroll(), deps)
    await expect(connect({ ...payroll(), tenant: 'example.okta.com' }, deps)).rejects.toMatchObject({
      code: 'options_invalid',
    })
    expect((await connect({ ...payroll(), tenant: org.okta.orgUrl }, deps)).orgUrl.origin).toBe(org.okta.orgUrl.origin)
  })

  it.each(['opened', 'resumed'])(
    'belongs to its first org when it was %s, and sends no request to another one',
    async how => {
      const first = await connect(payroll(), deps)
      const { broker: url, clientId, clientSecret } = payroll()
      const session = how === 'opened' ? first : await resume({ broker: url, clientId, clientSecret }, deps)
      broker.intercept = ({ path }, response) => {
        if (path !== '/oauth2/token') return false
        const body = { access_token: 'of-b', token_type: 'Bearer', expires_in: 3600, org_url: 'https://b.okta.com' }
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
        return true
      }
      const error = {
        code: 'options_invalid',
        message: expect.stringMatching(/belongs to b\.okta\.com now.*belongs to 127/),
      }
      await expect(session.token({ forceRefresh: true })).rejects.toMatchObject(error)
      await expect(session.fetch('/api/v1/users/00u1', { method: 'DELETE' })).rejects.toMatchObject(error)
      await expect(session.authorization('GET', '/api/v1/users')).rejects.toMatchObject(error)
      expect(session.orgUrl.origin).toBe(org.okta.orgUrl.origin)
    },
  )

  it('is not forwarded to another org', async () => {
    const session = await connect(payroll(), deps)
    broker.intercept = ({ path }, response) => {
      if (path !== '/oauth2/token') return false
      const named = { connection: 'bound', org_url: 'https://b.okta.com', proxy: `${broker.url}/proxy/bound` }
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: 'invalid_target', ...named }))
      return true
    }
    const error = { code: 'options_invalid', message: expect.stringContaining('belongs to b.okta.com now') }
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject(error)
  })

  it('rejects a response for another connection', async () => {
    broker.intercept = (_request, response) => {
      const named = { connection: 'prod', org_url: org.okta.orgUrl.origin }
      const body = { access_token: 'a', token_type: 'Bearer', expires_in: 3600, ...named }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      return true
    }
    await expect(connect({ ...payroll(), connection: 'users' }, deps)).rejects.toMatchObject({
      code: 'token_response_invalid',
      message: expect.stringContaining('connection prod, not for users'),
    })
  })

  it('revokes the token at the broker on disconnect', async () => {
    const session = await connect(payroll(), deps)
    await session.disconnect()
    expect(broker.requests.at(-1)?.path).toBe('/oauth2/revoke')
    expect(await listLogins(deps)).toEqual([])
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject({ code: 'login_required' })
  })
})

describe('a connection whose token does not leave the broker', () => {
  const bound = () => ({ ...payroll(), connection: 'bound', scopes: ['okta.users.read'] })

  it('sends requests through the broker, with the credentials of the client', async () => {
    const session = await connect(bound(), deps)
    expect(session.orgUrl.href).toBe(org.okta.orgUrl.href)
    const { status, body } = await callApi(session, { method: 'GET', path: '/api/v1/users?limit=1' })
    expect({ status, users: JSON.parse(String(body.start)) }).toMatchObject({ status: 200, users: [expect.anything()] })
    const { path, headers } = broker.requests.at(-1) ?? {}
    expect(path).toBe('/proxy/bound/api/v1/users?limit=1')
    expect(headers?.authorization).toMatch(/^Basic /)
    expect(await listLogins(deps)).toEqual([])
  })

  it('reads every page through the broker', async () => {
    const session = await connect(bound(), deps)
    const pages: unknown[] = []
    for await (const { body } of apiPages(session, { method: 'GET', path: '/api/v1/users?limit=1' })) {
      pages.push(...JSON.parse(String(body.start)))
    }
    expect(pages.length).toBeGreaterThan(1)
  })

  it('gets the headers for one request from the broker', async () => {
    const session = await connect(bound(), deps)
    const headers = await session.authorization('GET', '/api/v1/users?limit=1')
    expect(headers).toEqual({ authorization: expect.stringMatching(/^DPoP /), dpop: expect.any(String) })
    const response = await fetch(new URL('/api/v1/users?limit=1', org.okta.orgUrl), { headers })
    expect(response.status).toBe(200)
  })

  it('has no token for the caller', async () => {
    const session = await connect(bound(), deps)
    await expect(session.token()).rejects.toMatchObject({
      code: 'grant_rejected',
      message: expect.stringContaining('do not leave the broker'),
      hint: expect.stringContaining('Send requests'),
    })
  })

  it('returns an error of the API as a response, and throws one of the broker', async () => {
    const session = await connect(bound(), deps)
    expect((await callApi(session, { method: 'GET', path: '/api/v1/users/00uMissing' })).error?.api?.errorCode).toBe(
      'E0000007',
    )
    broker.intercept = (_request, response) => {
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"error":"unauthorized_client"}')
      return true
    }
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject({
      code: 'grant_rejected',
      message: expect.stringContaining('The broker'),
    })
  })

  it('works with an opened session, and ends with it', async () => {
    const session = await openSession(bound(), deps)
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    await session.disconnect()
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject({ code: 'login_required' })
  })

  it('sends a new assertion or identity token for each request', async () => {
    const byKey = await connect({ broker: broker.url, clientId: 'export', jsonWebKey, connection: 'bound' }, deps)
    await byKey.fetch('/api/v1/users?limit=1')
    const token = await identityToken(broker.url)
    const byIdentity = await connect(
      { broker: broker.url, clientId: 'deploy', identityToken: token, connection: 'bound' },
      deps,
    )
    await byIdentity.fetch('/api/v1/users?limit=1')
    expect(broker.requests.at(-1)?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'connect-okta-client': 'deploy',
    })
  })

  it('names the org that each request is meant for', async () => {
    const session = await connect(bound(), deps)
    await session.fetch('/api/v1/users?limit=1')
    await session.authorization('GET', '/api/v1/users?limit=1')
    const sent = broker.requests.slice(-2).map(({ headers }) => headers['connect-okta-org'])
    expect(sent).toEqual([org.okta.orgUrl.origin, org.okta.orgUrl.origin])
    broker.intercept = (_request, response) => {
      response.writeHead(409, { 'content-type': 'application/json' }).end('{"error":"invalid_target"}')
      return true
    }
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject({
      code: 'options_invalid',
      hint: expect.stringContaining('another org now'),
    })
  })

  it.each([
    ['another origin', () => 'https://other.example/proxy/bound'],
    ['a query', () => `${broker.url}/proxy/bound?x=`],
    ['a user name', () => `${broker.url.replace('//', '//u:p@')}/proxy/bound`],
    ['another name', () => `${broker.url}/proxy/users`],
  ])('does not send the credentials to a proxy with %s', async (_what, proxyOf) => {
    broker.intercept = ({ path }, response) => {
      if (path !== '/oauth2/token') return false
      const body = {
        error: 'invalid_target',
        connection: 'bound',
        org_url: org.okta.orgUrl.origin,
        proxy: proxyOf(),
      }
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      return true
    }
    await expect(connect(bound(), deps)).rejects.toMatchObject({ code: 'oauth_failed' })
  })
})

function environmentWith(variables: Record<string, string>): Deps['environment'] {
  return { variables, home: undefined, configDirectory: '/nowhere', stateDirectory: '/nowhere' }
}

describe('diagnose with a broker', () => {
  const findings = async (options: object) => {
    const found: Finding[] = []
    for await (const finding of diagnose(options, deps)) found.push(finding)
    return found.filter(({ check }) => check === 'broker' || check === 'client')
  }

  it.each([
    ['users', 'gets tokens of'],
    ['bound', 'sends the requests'],
  ])('reports whether the client can use the connection %s', async (connection, expected) => {
    expect(await findings({ ...payroll(), connection })).toMatchObject([
      { check: 'broker', outcome: 'ok', message: `The broker is ${broker.url}.` },
      { check: 'client', outcome: 'ok', message: expect.stringContaining(expected) },
    ])
    expect(broker.requests.map(({ path }) => path)).not.toContain('/oauth2/revoke')
  })

  it('reports why the client is rejected', async () => {
    expect(await findings({ ...payroll(), clientSecret: 'wrong' })).toMatchObject([
      { outcome: 'ok' },
      { check: 'client', outcome: 'failure', fix: expect.stringContaining('log of the broker') },
    ])
  })
})
