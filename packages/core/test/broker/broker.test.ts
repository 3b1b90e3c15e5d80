import { createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/diagnose/diagnose.js'
import type { Finding } from '../../src/diagnose/finding.js'
import { connect, type Deps, findSession, openSession, resume } from '../../src/index.js'
import { isLoginOf, listLogins } from '../../src/session/logins.js'
import { secret } from '../support/fake-broker.test.support.js'
import { jsonWebKey } from '../support/fake-server.test.support.js'
import { useBroker } from './use-broker.test.support.js'

const shared = useBroker()

describe('a session of a broker', () => {
  it('has the token and the org that the broker names', async () => {
    const session = await connect(shared.payroll(), shared.deps)
    expect(session).toMatchObject({ clientId: 'payroll', grant: 'client_credentials', scopes: [] })
    expect(session.orgUrl.href).toBe(shared.org.okta.orgUrl.href)
    expect(session.broker?.origin).toBe(shared.broker.url)
    expect(await session.token()).toMatchObject({ type: 'Bearer', scopes: ['okta.users.read'], source: 'memory' })
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    expect(Object.fromEntries(shared.tokenRequests()[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'payroll',
      client_secret: secret,
    })
  })

  it('requests the connection and the scopes of the options', async () => {
    await connect({ ...shared.payroll(), connection: 'users', scopes: ['okta.users.read'] }, shared.deps)
    expect(Object.fromEntries(shared.tokenRequests()[0]?.form ?? [])).toMatchObject({
      connection: 'users',
      scope: 'okta.users.read',
    })
  })

  it('authenticates with a key by an assertion for the token endpoint', async () => {
    await connect({ broker: shared.broker.url, clientId: 'export', jsonWebKey }, shared.deps)
    expect(shared.tokenRequests()[0]?.form.get('client_assertion_type')).toMatch(/:jwt-bearer$/)
    expect(createPublicKey({ key: jsonWebKey, format: 'jwk' }).asymmetricKeyType).toBe('ec')
  })

  it('uses the stored token when ten programs connect one after the other', async () => {
    for (let program = 0; program < 10; program++) await (await connect(shared.payroll(), shared.deps)).token()
    expect(shared.tokenRequests()).toHaveLength(1)
  })

  it('has a record of its own for each broker, connection and set of scopes', async () => {
    await connect(shared.payroll(), shared.deps)
    await connect({ ...shared.payroll(), connection: 'users' }, shared.deps)
    await connect({ ...shared.payroll(), scopes: ['okta.users.read'] }, shared.deps)
    await connect({ ...shared.payroll(), broker: shared.broker.url.replace('127.0.0.1', 'localhost') }, shared.deps)
    const logins = await listLogins(shared.deps)
    expect(logins.map(({ broker, connection, scopes }) => ({ broker, connection, scopes }))).toHaveLength(4)
    expect(shared.tokenRequests()).toHaveLength(4)
    expect(new Set(logins.map(({ orgUrl }) => orgUrl))).toEqual(new Set([shared.org.okta.orgUrl.origin]))
  })

  it('continues after resume, by the broker or by the org', async () => {
    const session = await connect(shared.payroll(), shared.deps)
    for (const selection of [
      {},
      { broker: shared.broker.url },
      { broker: shared.broker.url, clientId: 'payroll' },
      { tenant: shared.org.okta.orgUrl },
    ]) {
      const resumed = await resume(selection, shared.deps)
      expect(resumed.orgUrl.origin).toBe(shared.org.okta.orgUrl.origin)
      expect((await resumed.token()).value).toBe((await session.token()).value)
    }
    expect(shared.tokenRequests()).toHaveLength(1)
    const [login] = await listLogins(shared.deps)
    expect(login && isLoginOf(session, login)).toBe(true)
  })

  it.each([
    ['another broker', { broker: 'https://other.example.com' }],
    ['another connection', { connection: 'other' }],
    ['a client of the org itself', { tenant: 'https://example.okta.com', clientId: 'payroll' }],
  ])('is not found by %s', async (_what, selection) => {
    await connect(shared.payroll(), shared.deps)
    expect(await findSession(selection, shared.deps)).toBeUndefined()
  })

  it('renews after resume with the secret, and requires it', async () => {
    await connect(shared.payroll(), shared.deps)
    const { broker: url, clientId, clientSecret } = shared.payroll()
    const session = await resume({ broker: url, clientId, clientSecret }, shared.deps)
    expect((await session.token({ forceRefresh: true })).source).toBe('grant')
    const without = await resume({ broker: url, clientId }, { ...shared.deps, environment: environmentWith({}) })
    await expect(without.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'key_required' })
  })

  it('opens without a request, and learns the org with the first token', async () => {
    const session = await openSession(shared.payroll(), shared.deps)
    expect(shared.broker.requests).toHaveLength(0)
    expect(session.orgUrl.origin).toBe(shared.broker.url)
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    expect(session.orgUrl.origin).toBe(shared.org.okta.orgUrl.origin)
  })

  it('rejects another org than the one of the options', async () => {
    await expect(connect({ ...shared.payroll(), tenant: 'example.okta.com' }, shared.deps)).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('not to example.okta.com'),
    })
    await connect(shared.payroll(), shared.deps)
    await expect(connect({ ...shared.payroll(), tenant: 'example.okta.com' }, shared.deps)).rejects.toMatchObject({
      code: 'options_invalid',
    })
    expect((await connect({ ...shared.payroll(), tenant: shared.org.okta.orgUrl }, shared.deps)).orgUrl.origin).toBe(
      shared.org.okta.orgUrl.origin,
    )
  })

  it('rejects a response for another connection', async () => {
    shared.broker.intercept = (_request, response) => {
      const named = { connection: 'prod', org_url: shared.org.okta.orgUrl.origin }
      const body = { access_token: 'a', token_type: 'Bearer', expires_in: 3600, ...named }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      return true
    }
    await expect(connect({ ...shared.payroll(), connection: 'users' }, shared.deps)).rejects.toMatchObject({
      code: 'token_response_invalid',
      message: expect.stringContaining('connection prod, not for users'),
    })
  })

  it('revokes the token at the broker on disconnect', async () => {
    const session = await connect(shared.payroll(), shared.deps)
    await session.disconnect()
    expect(shared.broker.requests.at(-1)?.path).toBe('/oauth2/revoke')
    expect(await listLogins(shared.deps)).toEqual([])
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject({ code: 'login_required' })
  })
})

function environmentWith(variables: Record<string, string>): Deps['environment'] {
  return { variables, home: undefined, configDirectory: '/nowhere', stateDirectory: '/nowhere' }
}

describe('diagnose with a broker', () => {
  const findings = async (options: object) => {
    const found: Finding[] = []
    for await (const finding of diagnose(options, shared.deps)) found.push(finding)
    return found.filter(({ check }) => check === 'broker' || check === 'client')
  }

  it.each([
    ['users', 'gets tokens for'],
    ['bound', 'sends the requests'],
  ])('reports whether the client can use the connection %s', async (connection, expected) => {
    expect(await findings({ ...shared.payroll(), connection })).toMatchObject([
      { check: 'broker', outcome: 'ok', message: `The broker is ${shared.broker.url}.` },
      { check: 'client', outcome: 'ok', message: expect.stringContaining(expected) },
    ])
    expect(shared.broker.requests.map(({ path }) => path)).not.toContain('/oauth2/revoke')
  })

  it('reports why the client is rejected', async () => {
    expect(await findings({ ...shared.payroll(), clientSecret: 'wrong' })).toMatchObject([
      { outcome: 'ok' },
      { check: 'client', outcome: 'failure', fix: expect.stringContaining('log of the broker') },
    ])
  })
})
