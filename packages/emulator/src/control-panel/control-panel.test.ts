import { createHash } from 'node:crypto'
import { request } from 'node:http'
import type { JWK } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startKeyServer } from '../../test/support/key-server.test.support.js'
import { clientCredentials, post, send } from '../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterEach(() => okta.reset())
afterAll(() => okta.close())

const at = (path: string) => new URL(`/_emulator${path}`, okta.localUrl)
const call = (method: string, path: string, body?: object) =>
  send(at(path), {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
const submit = (path: string, form: Record<string, string>) =>
  send(at(path), { method: 'POST', body: new URLSearchParams(form), headers: { origin: okta.localUrl.origin } })
const signIn = async (jwk: JWK) =>
  (await post(okta, '/oauth2/v1/token', await clientCredentials(okta, okta.client('service'), { jwk }))).status
const sendRequest = async () => post(okta, '/oauth2/v1/token', await clientCredentials(okta, okta.client('service')))

describe('the JSON API of the control panel', () => {
  it('adds, lists and removes faults', async () => {
    const { status, body } = await call('POST', '/faults', { endpoint: '/oauth2/v1/token', status: 500 })
    expect(status).toBe(201)
    expect((await sendRequest()).status).toBe(500)
    expect(JSON.parse((await call('GET', '/faults')).text)).toEqual([
      { id: body.id, spec: { endpoint: '/oauth2/v1/token', status: 500 }, hits: 1 },
    ])
    expect((await call('DELETE', `/faults/${body.id}`)).status).toBe(204)
    expect((await call('DELETE', `/faults/${body.id}`)).status).toBe(404)
    expect((await sendRequest()).status).toBe(200)
  })

  it('names the invalid field of a request', async () => {
    expect(await call('POST', '/faults', { status: 99 })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: expect.stringContaining('status: ') },
    })
    expect((await call('POST', '/faults', { statsu: 500 })).text).toContain('statsu')
    expect((await call('GET', '/nothing')).status).toBe(404)
    expect((await call('PATCH', '/clients/0oaUnknownApp0000000', {})).status).toBe(404)
    expect((await call('PATCH', `/clients/${okta.client('spa').clientId}`, { grantTypes: ['x'] })).status).toBe(400)
  })

  it('changes the clock, the nonce, rate limits and apps', async () => {
    const { body } = await call('POST', '/clock', { offsetMs: 3600_000 })
    expect(Date.parse(String(body.now)) - Date.now()).toBeGreaterThan(3590_000)
    expect((await sendRequest()).body.error_description).toBe('The client_assertion token is expired.')
    await call('POST', '/clock', { advanceMs: -3600_000 })
    expect((await call('POST', '/nonce', { keepPrevious: false })).status).toBe(204)
    await call('POST', '/rate-limits', { buckets: { '/oauth2/v1/token': { limit: 1 } } })
    expect([(await sendRequest()).status, (await sendRequest()).status]).toEqual([200, 429])
    await call('POST', '/rate-limits', {})
    const changed = await call('PATCH', `/clients/${okta.client('service').clientId}`, { dpop: true })
    expect(changed.body).toMatchObject({ dpop: true, kind: 'service' })
    expect(changed.text).not.toContain('"d"')
    expect((await sendRequest()).body.error).toBe('invalid_dpop_proof')
    expect((await call('POST', '/reset')).status).toBe(204)
    expect((await sendRequest()).status).toBe(200)
  })

  it('returns state and requests without secrets, and does not log its own requests', async () => {
    const { body } = await sendRequest()
    const log = await call('GET', '/requests')
    const state = await call('GET', '/state')
    expect(JSON.parse(log.text)).toHaveLength(1)
    expect(state.body).toMatchObject({ orgUrl: okta.orgUrl.origin, requests: 1 })
    const secrets = [body.access_token, okta.client('web').clientSecret, okta.client('service').jwk?.d]
    for (const secret of secrets) expect(log.text + state.text).not.toContain(secret)
    await call('DELETE', '/requests')
    expect(okta.requests).toEqual([])
  })

  it('moves the keys of an app to a URL, and changes and clears the cache of them', async () => {
    await using keys = await startKeyServer()
    const { clientId, jwk = {} } = okta.client('service')
    keys.publish(jwk)
    const changed = await call('PATCH', `/clients/${clientId}`, { jwksUri: keys.url })
    expect(changed.body).toMatchObject({ clientId, jwksUri: keys.url })
    const serviceState = async () => {
      const { clients, jwksCache } = JSON.parse((await call('GET', '/state')).text)
      return { jwksCache, ...clients.find((client: { clientId: string }) => client.clientId === clientId) }
    }
    expect(await serviceState()).toMatchObject({ jwksUri: keys.url, savedKeys: [] })
    expect(await signIn(jwk)).toBe(200)
    expect((await serviceState()).cachedKeys).toMatchObject({ kids: [jwk.kid] })
    expect((await call('DELETE', '/jwks-cache')).status).toBe(204)
    expect((await serviceState()).cachedKeys).toBeUndefined()
    expect((await call('POST', '/jwks-cache', { maxAgeSeconds: 0 })).status).toBe(204)
    expect((await serviceState()).jwksCache).toEqual({ maxAgeSeconds: 0, refreshOnUnknownKid: false })
    expect([await signIn(jwk), await signIn(jwk), keys.fetches]).toEqual([200, 200, 3])
    expect(await call('PATCH', `/clients/${clientId}`, { jwksUri: 'http://example.com' })).toMatchObject({
      status: 400,
    })
  })

  it('starts an outage that ends after the given time', async () => {
    expect((await call('POST', '/unreachable', { forMs: 2000 })).status).toBe(204)
    await expect
      .poll(
        () =>
          sendRequest().then(
            ({ status }) => status,
            () => 0,
          ),
        { interval: 5 },
      )
      .toBe(0)
    await expect
      .poll(() =>
        sendRequest().then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
  })
})

describe('the page of the control panel', () => {
  it('has forms for the functions of the JSON API', async () => {
    const added = await submit('/faults', {
      what: 'status=429&retryAfterSeconds=5',
      endpoint: '/oauth2/v1/token',
      times: '',
    })
    expect({ status: added.status, location: added.headers.get('location') }).toEqual({
      status: 303,
      location: '/_emulator',
    })
    const response = await sendRequest()
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '5'])
    const { text } = await send(at(''))
    const [, remove = ''] = /action="\/_emulator(\/faults\/\d+\/remove)"/.exec(text) ?? []
    await submit(remove, {})
    const { clientId } = okta.client('service')
    await submit(`/clients/${clientId}`, { scopes: 'okta.logs.read  okta.users.read' })
    expect(okta.client('service').scopes).toEqual(['okta.logs.read', 'okta.users.read'])
    await submit('/features', { apiAccessManagement: 'false' })
    expect((await send(at('/state'))).body).toMatchObject({ apiAccessManagement: false })
    await submit('/jwks-cache', { maxAgeSeconds: '60', refreshOnUnknownKid: 'true' })
    const jwksCache = { maxAgeSeconds: 60, refreshOnUnknownKid: true }
    expect((await send(at('/state'))).body).toMatchObject({ jwksCache })
    expect((await submit('/jwks-cache/clear', {})).status).toBe(303)
    await submit(`/clients/${clientId}`, { accessPolicy: 'false' })
    expect(okta.client('service').accessPolicy).toBe(false)
    await submit(`/clients/${clientId}`, { active: 'false' })
    expect((await sendRequest()).status).toBe(401)
  })

  it('loads no external resources and no scripts, and has a label for each field', async () => {
    await sendRequest()
    okta.fault({ endpoint: '/x"><script>', status: 500 })
    const { text, headers } = await send(at(''))
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(text) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers.get('content-security-policy')).toContain(`default-src 'none'; style-src 'sha256-${hash}'`)
    expect(text).not.toMatch(/<script|<img|<link/)
    const fields = [...text.matchAll(/<(?:input|select) id="([^"]+)"/g)].map(([, id]) => id)
    expect(fields.length).toBeGreaterThan(8)
    for (const id of fields) expect(text).toContain(`for="${id}"`)
    expect(text).not.toContain(String(okta.client('web').clientSecret))
  })
})

describe('the live requests', () => {
  it('show the time, the parameters and the error of each request, without secrets', async () => {
    const { body } = await sendRequest()
    okta.fault({ endpoint: '/oauth2/v1/keys', status: 503, times: 1 })
    await send(new URL('/oauth2/v1/keys', okta.orgUrl))
    const { text, headers } = await send(at('/live'))
    expect(text).toMatch(/<time datetime="[^"]+Z">\d\d:\d\d:\d\d\.\d{3}<\/time>/)
    expect(text).toContain('scope=okta.users.read')
    expect(text).toContain('client_assertion=***')
    expect(text).toContain('<strong>503</strong>')
    expect(text).not.toContain(String(body.access_token))
    expect([headers.get('refresh'), headers.get('content-security-policy')]).toEqual([
      '2',
      expect.stringContaining("frame-ancestors 'self'"),
    ])
    expect((await send(at('/live?paused=1'))).headers.get('refresh')).toBeNull()
  })
})

describe('access to the control panel', () => {
  const reset = (headers: Record<string, string>, method = 'POST') =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { method, headers, setHost: false }
      request(at('/reset'), options, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end()
    })
  const host = () => okta.localUrl.host

  it('is denied for another host name', async () => {
    expect(await reset({ host: 'rebound.example.com' })).toBe(403)
  })

  it.each<[string, Record<string, string>]>([
    ['a request through a proxy', { 'x-forwarded-for': '203.0.113.7' }],
    ['a form of another site', { origin: 'https://evil.example.com' }],
    ['a page with an opaque origin', { origin: 'null' }],
    ['a page on another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a cross-site request of a browser', { 'sec-fetch-site': 'cross-site' }],
  ])('is denied for %s', async (_what, headers) => {
    expect(await reset({ host: host(), ...headers })).toBe(403)
  })

  it('is allowed for programs and pages on this machine', async () => {
    expect(await reset({ host: host() })).toBe(204)
    expect(await reset({ host: host(), origin: okta.localUrl.origin, 'sec-fetch-site': 'same-origin' })).toBe(204)
  })
})
