import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  secretOf,
  startBroker,
  type TestBroker,
} from '../../../test/support/broker.test.support.js'

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [
      { kind: 'service', scopes: ['okta.users.read', 'okta.groups.read'] },
      { kind: 'service', dpop: true },
      { kind: 'spa' },
      { kind: 'service', scopes: ['okta.users.read'] },
    ],
  })
  const [app, bound, person, poor] = okta.clients as [Client, Client, Client, Client]
  const both = { scopes: ['okta.users.read', 'okta.groups.read'] }
  const all = ['users', 'bound', 'desk', 'poor', 'static']
  broker = await startBroker(
    {
      connections: {
        users: connectionOf(okta, app, both),
        bound: connectionOf(okta, bound),
        desk: connectionOf(okta, person, { signIn: ['ada.lovelace@example.com'] }),
        poor: connectionOf(okta, poor, both),
        static: { tenant: okta.orgUrl.origin, apiToken: { file: 'api-token' } },
      },
      clients: {
        payroll: { secretSha256: digestFor('payroll'), connections: ['users'] },
        reports: { secretSha256: [digestFor('reports'), digestFor('next')], connections: all },
        narrow: { secretSha256: digestFor('narrow'), connections: ['users'], scopes: 'okta.users.read' },
        proxied: { secretSha256: digestFor('proxied'), connections: ['users'], access: ['proxy'] },
        slow: { secretSha256: digestFor('slow'), connections: ['users'], ratePerMinute: 2 },
        careful: { secretSha256: digestFor('careful'), connections: ['users'], minValidity: '50m' },
      },
    },
    { files: filesOf(okta) },
  )
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})
beforeEach(() => okta.clearRequests())

type Client = OktaEmulator['clients'][number]

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const grant = { grant_type: 'client_credentials' }
const users = { ...grant, connection: 'users' }

async function post(
  form: Record<string, string> | URLSearchParams,
  headers: Record<string, string> = { authorization: basic('payroll') },
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const body = new URLSearchParams(form)
  const response = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body, headers })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}
const as = (name: string, secret?: string) => ({ authorization: basic(name, secret) })
const upstreamRequests = () => okta.requests.filter(({ path, status }) => path.endsWith('/token') && status === 200)

describe('POST /oauth2/token', () => {
  it('returns the token of a connection, and sends one request to Okta for all clients', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(grant)))
    for (const { status, headers, body } of answers) {
      expect(status).toBe(200)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('pragma')).toBe('no-cache')
      expect(body).toEqual({
        access_token: answers[0]?.body.access_token,
        token_type: 'Bearer',
        expires_in: expect.any(Number),
        scope: 'okta.groups.read okta.users.read',
        connection: 'users',
        org_url: okta.orgUrl.origin,
      })
    }
    expect(upstreamRequests().length).toBeLessThanOrEqual(1)
    const api = await fetch(new URL('/api/v1/users', okta.orgUrl), {
      headers: { authorization: `Bearer ${answers[0]?.body.access_token}` },
    })
    expect(api.status).toBe(200)
  })

  it('reports the remaining validity of the token', async () => {
    const first = Number((await post(grant)).body.expires_in)
    broker.advance(10 * 60_000)
    const later = await post(grant)
    // The test takes some seconds on a busy machine.
    expect(first - Number(later.body.expires_in)).toBeGreaterThan(598)
    expect(first - Number(later.body.expires_in)).toBeLessThan(660)
    expect(upstreamRequests()).toHaveLength(0)
    // The token is valid for less than fifty minutes: this client gets a new one, and so do later clients.
    expect((await post(grant, as('careful'))).body.expires_in).toBeGreaterThan(3_500)
    expect((await post(grant)).body.expires_in).toBeGreaterThan(3_500)
    expect(upstreamRequests()).toHaveLength(1)
  })

  it('accepts the name and the secret in the form', async () => {
    const answer = await post({ ...grant, client_id: 'payroll', client_secret: secretOf('payroll') }, {})
    expect(answer.status).toBe(200)
  })

  it('accepts both secrets while a secret is rotated', async () => {
    expect((await post(users, as('reports', secretOf('next')))).status).toBe(200)
    expect((await post(users, as('reports'))).status).toBe(200)
  })

  it.each([
    ['no credentials', grant, {}],
    ['a wrong secret', grant, as('payroll', 'wrong')],
    ['an unknown client', grant, as('unknown', secretOf('payroll'))],
    ['the secret of another client', grant, as('payroll', secretOf('reports'))],
    ['another scheme', grant, { authorization: 'Digest abc' }],
    ['invalid Base64', grant, { authorization: 'Basic !!!' }],
    ['an invalid percent-encoding', grant, as('payroll%zz')],
    ['a client named __proto__', grant, as('__proto__')],
    ['an invalid assertion', { ...grant, client_assertion: 'x', client_assertion_type: assertionType }, {}],
  ])('rejects %s with 401 and WWW-Authenticate', async (_what, form, headers) => {
    const { status, headers: answered, body } = await post(form, headers)
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' })
    expect(answered.get('www-authenticate')).toContain('Basic realm=')
    expect(answered.get('cache-control')).toBe('no-store')
  })

  it.each([
    ['two methods of client authentication', { ...grant, client_id: 'payroll', client_secret: 'x' }, 'invalid_request'],
    ['different client names in form and header', { ...grant, client_id: 'reports' }, 'invalid_request'],
    ['no grant type', { connection: 'users' }, 'invalid_request'],
    ['an empty grant type', { grant_type: '' }, 'invalid_request'],
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['a scope that the connection does not have', { ...grant, scope: 'okta.apps.read' }, 'invalid_scope'],
    ['a connection of another client', { ...grant, connection: 'bound' }, 'invalid_target'],
    ['another org', { ...grant, resource: 'https://other.okta.com' }, 'invalid_target'],
  ])('rejects %s', async (_what, form, error) => {
    const { status, body } = await post(form)
    expect({ status, error: body.error }).toEqual({ status: 400, error })
    expect(String(body.error_description)).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  })

  it('rejects repeated parameters, bodies that are no form, and bodies over 64 KiB', async () => {
    const twice = await post(new URLSearchParams('grant_type=client_credentials&scope=a&scope=b'))
    expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const json = await post(grant, { ...as('payroll'), 'content-type': 'application/json' })
    expect(json).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const long = await post({ ...grant, scope: 'x'.repeat(70_000) })
    expect(long).toMatchObject({ status: 413, body: { error: 'invalid_request' } })
    const get = await fetch(`${broker.url}/oauth2/token?grant_type=client_credentials`, { headers: as('payroll') })
    expect(get.status).toBe(405)
  })

  it('selects the connection by the URL of the org, unless several match', async () => {
    const resource = okta.orgUrl.origin
    expect((await post({ ...grant, resource })).status).toBe(200)
    expect((await post({ ...grant, resource: `${resource}/` })).status).toBe(200)
    const several = await post({ ...grant, resource }, as('reports'))
    expect(several).toMatchObject({ status: 400, body: { error: 'invalid_target' } })
    expect(several.body.error_description).toContain('connection=NAME')
    expect((await post({ ...users, resource }, as('reports'))).status).toBe(200)
    const two = new URLSearchParams([
      ...Object.entries(grant),
      ['resource', resource],
      ['resource', 'https://x.okta.com'],
    ])
    expect((await post(two)).body.error).toBe('invalid_target')
  })

  it('returns a separate token for fewer scopes, and limits each client to its scopes', async () => {
    const all = await post(grant)
    const few = await post({ ...grant, scope: 'okta.users.read' })
    expect(few.body.scope).toBe('okta.users.read')
    expect(few.body.access_token).not.toBe(all.body.access_token)
    const narrow = await post(grant, as('narrow'))
    expect(narrow.body).toMatchObject({ scope: 'okta.users.read', access_token: few.body.access_token })
    const more = await post({ ...grant, scope: 'okta.groups.read' }, as('narrow'))
    expect(more).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
  })

  it('names the endpoints that work when a token is not a bearer token', async () => {
    for (const connection of ['bound', 'static']) {
      const { status, body } = await post({ ...grant, connection }, as('reports'))
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_target' })
      // An API token cannot be used to sign a request.
      expect(String(body.error_description).includes('/authorization')).toBe(connection === 'bound')
      expect(body.error_description).toContain(`/proxy/${connection}/`)
      expect(JSON.stringify(body)).not.toContain(okta.apiTokens[0]?.value)
    }
  })

  it('returns the URL of the sign-in page when a user must sign in', async () => {
    const { status, body } = await post({ ...grant, connection: 'desk' }, as('reports'))
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_grant' })
    expect(body.error_description).toContain(`${broker.url}/login/desk`)
  })

  it('rejects a client without the access mode token', async () => {
    expect(await post(grant, as('proxied'))).toMatchObject({ status: 403, body: { error: 'unauthorized_client' } })
  })

  it('limits the rate of a client', async () => {
    const answers = [await post(grant, as('slow')), await post(grant, as('slow')), await post(grant, as('slow'))]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers[1]?.headers.get('ratelimit-remaining')).toBe('0')
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0)
    broker.advance(61_000)
    expect((await post(grant, as('slow'))).status).toBe(200)
  })

  it('reports errors and outages of Okta', async () => {
    const rejected = await post({ ...grant, connection: 'poor', scope: 'okta.groups.read' }, as('reports'))
    expect(rejected).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
    const fault = okta.fault({ endpoint: '/oauth2/v1/token', status: 500 })
    const away = await post({ ...users, scope: 'okta.groups.read' }, as('reports'))
    fault.remove()
    expect(away).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } })
    expect(away.headers.get('retry-after')).toBe('5')
    await okta.update(okta.clients[0]?.clientId ?? '', { active: false })
    const gone = await post({ ...users, scope: 'okta.groups.read' }, as('reports'))
    await okta.update(okta.clients[0]?.clientId ?? '', { active: true })
    expect(gone).toMatchObject({ status: 502, body: { error: 'server_error' } })
  })

  it('audits each token, and prints no secret anywhere', async () => {
    const { body } = await post(grant)
    const audited = broker.lines().filter(line => line.audit === 'token')
    expect(audited.at(-1)).toMatchObject({ client: 'payroll', connection: 'users', source: 'memory' })
    expect(audited.at(-1)?.scope).toBe('okta.groups.read okta.users.read')
    const all = JSON.stringify(broker.lines()) + broker.printed()
    for (const name of ['payroll', 'reports', 'narrow', 'slow']) expect(all).not.toContain(secretOf(name))
    expect(all).not.toContain(body.access_token)
    const metrics = await (await fetch(`${broker.url}/metrics`)).text()
    expect(metrics).toMatch(/connect_okta_tokens_total\{access="token",connection="users",source="memory"\} \d+/)
    expect(metrics).toContain('connect_okta_errors_total{route="/oauth2/token",error="invalid_client"}')
    expect(metrics).not.toContain(body.access_token)
  })
})
