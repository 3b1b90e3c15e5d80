import { createServer } from 'node:http'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { diagnose } from '../../src/diagnose/diagnose.js'
import { brokerCheckNames, type Finding } from '../../src/diagnose/finding.js'
import { type Deps, openSession } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { type FakeBroker, identityToken, secret, startFakeBroker } from '../support/fake-broker.test.support.js'

let okta: OktaEmulator
let broker: FakeBroker
let variables: Record<string, string>

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(() => okta.close())
beforeEach(async () => {
  variables = {}
  const { clientId, jwk } = okta.client('service')
  const app = { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], jsonWebKey: JSON.stringify(jwk) }
  broker = await startFakeBroker({ users: { session: await openSession(app, { store: createMemoryStore() }) } })
})
afterEach(() => broker.stop())

async function check(options: object): Promise<Readonly<Record<string, Finding>>> {
  const environment = { variables, home: undefined, configDirectory: '/nowhere', stateDirectory: '/nowhere' }
  const deps: Partial<Deps> = { store: createMemoryStore() }
  const found: [string, Finding][] = []
  for await (const finding of diagnose({ broker: broker.url, ...options }, deps, environment)) {
    found.push([finding.check, finding])
  }
  return Object.fromEntries(found)
}

const answerAt = (path: string, status: number, body: object) => {
  broker.intercept = (request, response) => {
    if (request.path !== path) return false
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    return true
  }
}

describe('diagnose with a broker', () => {
  it('makes each check in its order', async () => {
    const findings = await check({ clientId: 'payroll', clientSecret: secret })
    expect(Object.keys(findings)).toEqual(brokerCheckNames)
    const failed = Object.values(findings).filter(({ outcome }) => outcome === 'failure')
    expect(failed).toEqual([])
    expect(findings.identity_token).toMatchObject({ outcome: 'skipped' })
    expect(findings.client?.message).toContain('gets tokens for')
  })

  it('names the place, the issuer and the claims of the identity token, but not the token', async () => {
    const token = await identityToken(broker.url, { repository_id: '1234' })
    variables = { CONNECT_OKTA_IDENTITY_TOKEN: token }
    const { identity_token: finding, client } = await check({ clientId: 'deploy' })
    expect(finding?.message).toContain('CONNECT_OKTA_IDENTITY_TOKEN')
    expect(finding?.message).toContain('https://platform.example')
    expect(finding?.message).toContain('repository_id')
    expect(JSON.stringify(finding)).not.toContain(token.slice(0, 20))
    expect(client?.outcome).toBe('ok')
  })

  it('checks the identity token without a client, too', async () => {
    variables = { CONNECT_OKTA_IDENTITY_TOKEN: await identityToken(broker.url) }
    const { identity_token: finding, client } = await check({})
    expect(finding?.outcome).toBe('ok')
    expect(client?.outcome).toBe('skipped')
  })

  it('does not send an identity token for another audience', async () => {
    variables = { CONNECT_OKTA_IDENTITY_TOKEN: await identityToken('https://sts.example.com') }
    const { identity_token: finding, client } = await check({ clientId: 'deploy' })
    expect(finding?.outcome).toBe('failure')
    expect(finding?.message).toContain('https://sts.example.com')
    expect(client?.outcome).toBe('skipped')
    expect(broker.requests.map(({ path }) => path)).not.toContain('/oauth2/token')
  })

  it('reports that there is no identity token', async () => {
    const { identity_token: finding } = await check({ clientId: 'deploy' })
    expect(finding).toMatchObject({ outcome: 'failure', message: expect.stringContaining('no identity token') })
  })

  it('reports which side rejects the client', async () => {
    variables = { CONNECT_OKTA_IDENTITY_TOKEN: await identityToken(broker.url, { sub: 'other' }) }
    const { client } = await check({ clientId: 'deploy' })
    expect(client).toMatchObject({
      outcome: 'failure',
      fix: expect.stringContaining('the rules of the client "deploy"'),
    })
  })

  it.each([
    ['the metadata has another issuer', 200, { issuer: 'https://other.example.com' }, 'https://other.example.com'],
    ['there is no metadata', 404, {}, 'not from a broker'],
  ])('ends when %s', async (_when, status, body, message) => {
    answerAt('/.well-known/oauth-authorization-server', status, body)
    const findings = await check({ clientId: 'payroll', clientSecret: secret })
    expect(findings.metadata).toMatchObject({ outcome: 'failure', message: expect.stringContaining(message) })
    expect(findings).not.toHaveProperty('client')
  })

  it.each([
    ['degraded', 'warning', 'desk: login_required'],
    ['unavailable', 'failure', 'desk: login_required'],
  ])('reports the connections that are not ready when the broker is %s', async (status, outcome, message) => {
    answerAt('/readyz', status === 'degraded' ? 200 : 503, { status, degraded: ['desk: login_required'] })
    const { readiness } = await check({ clientId: 'payroll', clientSecret: secret })
    expect(readiness).toMatchObject({ outcome, message: expect.stringContaining(message) })
  })

  it.each([
    [true, 'ok', 'users has the key k-1, 3 days old, which Okta accepts'],
    [null, 'ok', 'users has the key k-1, 3 days old, not used yet'],
    [false, 'warning', 'Okta has not accepted the newest key yet: users has the key k-1'],
  ])('reports the managed keys when accepted is %s', async (accepted, outcome, message) => {
    const createdAt = new Date(Date.now() - 3.5 * 24 * 60 * 60_000).toISOString()
    answerAt('/readyz', 200, {
      status: 'ok',
      degraded: [],
      keys: [{ connection: 'users', kid: 'k-1', createdAt, accepted }],
    })
    const { keys } = await check({ clientId: 'payroll', clientSecret: secret })
    expect(keys).toMatchObject({ outcome, message: expect.stringContaining(message) })
  })

  it('names the URL of the keys when Okta rejects the newest one', async () => {
    const keys = [{ connection: 'users', kid: 'k-1', createdAt: new Date().toISOString(), accepted: false }]
    answerAt('/readyz', 200, { status: 'ok', degraded: [], keys })
    const findings = await check({ clientId: 'payroll', clientSecret: secret })
    expect(findings.keys?.fix).toContain(`${broker.url}/connections/users/jwks.json`)
  })

  it('skips later checks when the broker cannot be reached', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    await new Promise(resolve => server.close(resolve))
    const findings = await check({ broker: `http://127.0.0.1:${port}`, clientId: 'payroll', clientSecret: secret })
    expect(findings.metadata).toMatchObject({ outcome: 'failure', message: expect.stringContaining('ECONNREFUSED') })
    expect(findings).not.toHaveProperty('client')
    expect(findings).toHaveProperty('store')
  })

  it('rejects an invalid address', async () => {
    const findings = await check({ broker: 'http://broker.example.com' })
    expect(findings.broker).toMatchObject({ outcome: 'failure', message: expect.stringContaining('HTTPS') })
    expect(findings).not.toHaveProperty('metadata')
  })
})
