import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  callApi,
  clientAssertion,
  clientCredentials,
  post,
  send,
  serviceToken,
  userTokens,
} from '../test/support/relying-party.test.support.js'
import type { ClientConfig } from './config/options.js'
import { startOktaEmulator } from './start-okta-emulator.js'
import { ScriptedBrowser } from './testing/scripted-browser.js'

describe('an org with default options', () => {
  it('has an app of each kind, and users who are assigned or not assigned', async () => {
    await using okta = await startOktaEmulator()
    expect(okta.orgUrl.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(okta.clients.map(({ kind, dpop }) => ({ kind, dpop }))).toEqual([
      { kind: 'spa', dpop: false },
      { kind: 'native', dpop: false },
      { kind: 'web', dpop: false },
      { kind: 'service', dpop: false },
      { kind: 'service', dpop: true },
    ])
    for (const { clientId } of okta.clients) expect(clientId).toMatch(/^0oa[A-Za-z0-9]{17}$/)
    expect(okta.client('spa').redirectUris).toEqual(['http://localhost:8080/login/callback'])
    expect(okta.client('service').jwk).toMatchObject({ kty: 'RSA', alg: 'RS256', kid: expect.any(String) })
    expect(okta.client('service', { dpop: true }).jwk).toMatchObject({ kty: 'RSA', alg: 'RS256' })
    expect(okta.users.map(user => user.assigned)).toEqual([true, true, false])
    expect(okta.client('spa').assignedUsers).toEqual(okta.users.slice(0, 2).map(user => user.login))
  })

  it('has only the configured apps when clients is set', async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', dpop: true }] })
    expect(okta.client('service')).toBe(okta.clients[0])
    expect(() => okta.client('spa')).toThrow('The emulated org has no spa app')
    expect(() => okta.client('service', { dpop: false })).toThrow('The emulated org has no service app')
  })

  it('rejects an unknown user in assignedUsers', async () => {
    const clients = [{ kind: 'spa' as const, assignedUsers: ['unknown@example.com'] }]
    await expect(startOktaEmulator({ clients })).rejects.toThrow('unknown@example.com')
  })
})

describe('options in code', () => {
  it.each<[string, object]>([
    ['startOktaEmulator: cliens: Unknown option', { cliens: [] }],
    ['clients[0].redirectUri: Unknown option', { clients: [{ kind: 'web', redirectUri: 'x' }] }],
    ['clients[0].kind', { clients: [{ kind: 'serice' }] }],
    ['people', { people: -1 }],
    ['port', { port: 70_000 }],
    ['orgUrl', { orgUrl: 'x' }],
    ['the name a', { groups: [{ name: 'A' }, { name: 'a' }] }],
    ['custom scheme', { clients: [{ kind: 'native', redirectUris: ['com.example:/cb', 'http://example.com/cb'] }] }],
    ['okta.user.read', { clients: [{ kind: 'service', scopes: ['okta.user.read'] }] }],
    ['a@example.com is given twice', { users: [{ login: 'a@example.com' }, { login: 'A@example.com' }] }],
    ['default is given twice', { authorizationServers: [{ id: 'default' }, { id: 'default' }] }],
  ])('are rejected with the name of the problem: %s', async (name, options) => {
    await expect(startOktaEmulator(options)).rejects.toThrow(name)
  })

  it('of the controls are rejected when they are misspelt', async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'spa' }] })
    const fault = (spec: object) => () => okta.fault(spec)
    expect(fault({ statuss: 500 })).toThrow('statuss')
    for (const endpoint of ['api/v1/users', '/api/v1/users?limit=1', '/api/v1/users/', '/api/*/users']) {
      expect(fault({ endpoint, status: 500 })).toThrow('endpoint')
    }
    expect(fault({ headers: { 'X-T': 'a\nb' } })).toThrow('headers')
    expect(fault({ status: 99 })).toThrow('status')
    await expect(okta.update(okta.client('spa').clientId, { dpopp: true } as object)).rejects.toThrow('dpopp')
    expect(() => okta.limitRate({ buckets: { '/x': { limt: 1 } as object } })).toThrow('limt')
    expect(() => okta.setClock({ ofsetMs: 1 } as object)).toThrow('ofsetMs')
    expect(() => okta.advanceClock(Number.NaN)).toThrow('advanceClock')
  })
})

const SERVICE: ClientConfig[] = [{ kind: 'service' }]

describe('several orgs in one process', () => {
  it('share no tokens, clients or logs', async () => {
    await using one = await startOktaEmulator({ clients: SERVICE })
    await using other = await startOktaEmulator({ clients: SERVICE })
    expect(one.orgUrl.port).not.toBe(other.orgUrl.port)
    const token = await serviceToken(one)
    expect(await callApi(one, '/api/v1/users', token)).toMatchObject({ status: 200 })
    expect(await callApi(other, '/api/v1/users', token)).toMatchObject({ status: 401 })
    expect(other.requests).toHaveLength(1)
    const foreign = await clientCredentials(other, one.client('service'))
    expect(await post(other, '/oauth2/v1/token', foreign)).toMatchObject({ status: 401 })
  })
})

describe('close', () => {
  it('frees the port and closes all connections', async () => {
    const okta = await startOktaEmulator({ clients: [] })
    const port = Number(okta.orgUrl.port)
    const socket = connect(port, '127.0.0.1')
    await new Promise(resolve => socket.once('connect', resolve))
    const dropped = new Promise(resolve => socket.once('close', resolve))
    await okta.close()
    await okta.close()
    await dropped
    await using next = await startOktaEmulator({ port, clients: [] })
    expect(Number(next.orgUrl.port)).toBe(port)
  })
})

describe('startOktaEmulator', () => {
  it('throws EADDRINUSE when the port is in use', async () => {
    await using okta = await startOktaEmulator({ clients: [] })
    const again = startOktaEmulator({ clients: [], port: Number(okta.orgUrl.port) })
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('every response', () => {
  it('has Okta’s headers, also for errors', async () => {
    await using okta = await startOktaEmulator()
    const before = Date.now()
    const responses = [
      await post(okta, '/oauth2/v1/token', await clientCredentials(okta, okta.client('service'))),
      await post(okta, '/oauth2/v1/token', {}),
      await callApi(okta, '/api/v1/users', 'made-up'),
    ]
    for (const { headers } of responses) {
      expect(headers.get('x-okta-request-id')).toMatch(/^[0-9a-f]{32}$/)
      expect(headers.get('cache-control')).toBe('no-cache, no-store')
      // The header has whole seconds.
      const date = Date.parse(headers.get('date') ?? '')
      expect(date).toBeGreaterThan(before - 1000)
      expect(date).toBeLessThanOrEqual(Date.now())
      expect(headers.get('content-type')).toBe('application/json')
    }
    expect(new Set(responses.map(({ headers }) => headers.get('x-okta-request-id'))).size).toBe(3)
  })
})

describe('the request log', () => {
  it('contains requests and statuses without secrets', async () => {
    await using okta = await startOktaEmulator()
    const form = await clientCredentials(okta, okta.client('service'))
    await post(okta, '/oauth2/v1/token', form)
    await post(okta, '/oauth2/v1/token', form, { dpop: 'nonsense' })
    expect(okta.requests).toMatchObject([
      {
        method: 'POST',
        path: '/oauth2/v1/token',
        form: { grant_type: 'client_credentials', scope: 'okta.users.read', client_assertion: '***' },
        hasDpopProof: false,
        status: 200,
        error: undefined,
      },
      { hasDpopProof: true, status: 401, error: 'invalid_client' },
    ])

    okta.clearRequests()
    expect(okta.requests).toEqual([])
    const web = okta.client('web')
    const { body } = await userTokens(okta, web, { scope: 'openid offline_access' })
    await callApi(okta, '/oauth2/v1/userinfo', body.access_token)
    const { code } = Object.fromEntries(
      (await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, web), okta.users[0])).searchParams,
    )
    const log = JSON.stringify(okta.requests)
    expect(log).toContain('"authorizationScheme":"bearer"')
    const secrets = [web.clientSecret, okta.users[0]?.password, code, body.access_token, body.refresh_token]
    for (const secret of secrets) expect(log).not.toContain(secret)
  })
})

describe('an org behind a TLS-terminating proxy', () => {
  it('uses its public URL at whatever address it is called', async () => {
    await using okta = await startOktaEmulator({ orgUrl: 'https://example.okta.com/', clients: SERVICE })
    expect(okta.orgUrl.href).toBe('https://example.okta.com/')
    expect(okta.localUrl.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)

    const client = okta.client('service')
    const form = await clientCredentials(okta, client)
    const sendRequest = (changes: object) => {
      const body = new URLSearchParams({ ...form, ...changes } as Record<string, string>)
      return send(new URL('/oauth2/v1/token', okta.localUrl), { method: 'POST', body })
    }
    const { body } = await sendRequest({})
    expect(body).toMatchObject({ token_type: 'Bearer' })
    const local = await clientAssertion(client, new URL('/oauth2/v1/token', okta.localUrl).href)
    expect(await sendRequest({ client_assertion: local })).toMatchObject({ status: 401 })

    const users = await send(new URL('/api/v1/users?limit=2', okta.localUrl), {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(users.headers.get('link')).toMatch(/<https:\/\/example\.okta\.com\/api\/v1\/users\?.*>; rel="next"/)
    const metadata = await send(new URL('/.well-known/openid-configuration', okta.localUrl))
    expect(metadata.body).toMatchObject({ token_endpoint: 'https://example.okta.com/oauth2/v1/token' })
  })

  it('sets secure cookies', async () => {
    await using okta = await startOktaEmulator({ orgUrl: 'https://example.okta.com', clients: [{ kind: 'spa' }] })
    const request = authorizeUrl(okta, okta.client('spa'))
    const response = await send(new URL(`${request.pathname}${request.search}`, okta.localUrl))
    expect(response.headers.get('location')).toMatch(/^(https:\/\/example\.okta\.com)?\/signin\//)
    expect(response.headers.getSetCookie().join()).toMatch(/secure/i)
  })
})
