import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../../../test/support/broker.test.support.js'

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service', dpop: true }, { kind: 'service' }, { kind: 'spa' }] })
  const [bound, plain, person] = okta.clients as [Client, Client, Client]
  const secretSha256 = digestFor('reports')
  broker = await startBroker(
    {
      connections: {
        bound: connectionOf(okta, bound),
        plain: connectionOf(okta, plain),
        desk: connectionOf(okta, person, { signIn: ['*'] }),
        static: { tenant: okta.orgUrl.origin, apiToken: { file: 'api-token' } },
      },
      clients: {
        reports: {
          secretSha256,
          connections: ['bound', 'plain', 'desk', 'static'],
          requests: ['GET /api/v1/users/**'],
        },
        other: { secretSha256: digestFor('other'), connections: ['plain'] },
      },
    },
    { files: filesOf(okta) },
  )
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})

type Client = OktaEmulator['clients'][number]

async function ask(name: string, body: unknown, client = 'reports') {
  const response = await fetch(`${broker.url}/connections/${name}/authorization`, {
    method: 'POST',
    headers: { authorization: basic(client), 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}
const request = { method: 'GET', url: '/api/v1/users?limit=1' }

describe('POST /connections/NAME/authorization', () => {
  it('returns headers that the org accepts for one request', async () => {
    for (const url of [request.url, `${okta.orgUrl.origin}/api/v1/users?limit=1`]) {
      const { status, headers, body } = await ask('bound', { ...request, url })
      expect(status).toBe(200)
      expect(headers.get('cache-control')).toBe('no-store')
      const given = body.headers as Record<string, string>
      expect(Object.keys(given).sort()).toEqual(['authorization', 'dpop'])
      const answer = await fetch(new URL('/api/v1/users?limit=1', okta.orgUrl), { headers: given })
      expect(answer.status).toBe(200)
      // A proof is valid for one method and one path.
      expect((await fetch(new URL('/api/v1/users/me', okta.orgUrl), { headers: given })).status).toBe(401)
    }
  })

  it('writes an audit line without the query', async () => {
    await ask('bound', request)
    expect(broker.lines().at(-1)).toMatchObject({ audit: 'sign', method: 'GET', path: '/api/v1/users' })
  })

  it.each(['static', 'plain'])('returns no headers when the token is not DPoP-bound: %s', async name => {
    const { status, headers, body } = await ask(name, { method: 'GET', url: '/api/v1/users/me' })
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_target' })
    const answer = JSON.stringify([...headers]) + JSON.stringify(body)
    expect(answer).not.toMatch(/SSWS|Bearer [A-Za-z0-9._~+/-]{20}/)
    for (const { value } of okta.apiTokens) expect(answer).not.toContain(value)
  })

  it('never returns a static API token', async () => {
    const form = new URLSearchParams({ grant_type: 'client_credentials', connection: 'static' })
    const headers = { authorization: basic('reports') }
    const response = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body: form })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: 'invalid_target',
      error_description: expect.stringContaining('/proxy/static/'),
      connection: 'static',
      org_url: okta.orgUrl.origin,
      proxy: `${broker.url}/proxy/static`,
    })
    const { length } = broker.lines()
    expect((await fetch(`${broker.url}/proxy/static/api/v1/users/me`, { headers })).status).toBe(200)
    expect(broker.lines().length).toBeGreaterThan(length)
    for (const { value } of okta.apiTokens) expect(JSON.stringify(broker.lines())).not.toContain(value)
  })

  it.each([
    ['another org', { ...request, url: 'https://evil.example/api/v1/users' }, 400],
    ['a host name that begins with the org', { ...request, url: '{org}.evil.example/api/v1/users' }, 400],
    ['a username before another host', { ...request, url: '{org}@evil.example/api/v1/users' }, 400],
    ['a host without a scheme', { ...request, url: '//evil.example/api/v1/users' }, 400],
    ['dot segments', { ...request, url: '/api/v1/users/../apps' }, 400],
    ['a method that the policy does not allow', { ...request, method: 'POST' }, 403],
    ['a path that the policy does not allow', { ...request, url: '/api/v1/apps' }, 403],
    ['a method in lower case', { ...request, method: 'get' }, 400],
    ['no url', { method: 'GET' }, 400],
    ['an unknown property', { ...request, headers: {} }, 400],
    ['invalid JSON', '{', 400],
  ])('rejects %s', async (_what, body, expected) => {
    const text = JSON.stringify(body).replace('{org}', okta.orgUrl.origin)
    const { status, body: answered } = await ask('bound', typeof body === 'string' ? body : text)
    expect({ status, error: typeof answered.error }).toEqual({ status: expected, error: 'string' })
  })

  it('rejects other clients, and returns the URL of the sign-in page when a user must sign in', async () => {
    expect(await ask('bound', request, 'other')).toMatchObject({ status: 404, body: { error: 'not_found' } })
    expect(await ask('bound', request, 'unknown')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const { status, body } = await ask('desk', request)
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'login_required' })
    expect(body.error_description).toContain(`${broker.url}/login/desk`)
  })
})
