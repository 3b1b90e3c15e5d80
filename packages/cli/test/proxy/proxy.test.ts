import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyHome } from '../support/run.test.support.js'
import { flagsOfDpopApp, type RunningProxy, startProxy } from '../support/running-proxy.test.support.js'

let okta: OktaEmulator
let home: string
let proxy: RunningProxy

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service', dpop: true }] })
  home = await emptyHome()
  proxy = await startProxy(['--verbose', ...(await flagsOfDpopApp(okta, home))], home)
})
afterAll(async () => {
  expect(await proxy.end()).toMatchObject({ code: 0 })
  await okta.close()
})

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Sends a request with exactly this target, and with the token of the proxy unless `authorization` is given. */
async function send(path: string, { method = 'GET', headers = {}, body = '' }: Sent = {}) {
  const { hostname, port, host } = proxy.url
  const all = { host, authorization: `Bearer ${proxy.token}`, ...headers }
  const outgoing = request({ host: hostname, port, path, method, headers: all }).end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

describe('the local proxy', () => {
  it('sends a request with a token that is bound to a key, and returns the response', async () => {
    const { status, headers, body } = await send('/api/v1/users?limit=3')
    expect({ status, type: headers['content-type'], users: JSON.parse(body).length }).toEqual({
      status: 200,
      type: 'application/json',
      users: 3,
    })
    expect(headers).toHaveProperty('x-rate-limit-remaining')
    expect(headers).not.toHaveProperty('dpop-nonce')
  })

  it('returns an error of Okta as it is', async () => {
    const { status, body } = await send('/api/v1/users/00unotthere00000000')
    expect({ status, error: JSON.parse(body) }).toMatchObject({ status: 404, error: { errorCode: 'E0000007' } })
  })

  it('returns links that lead to the next page through the proxy', async () => {
    let path: string | undefined = '/api/v1/users?limit=10'
    let count = 0
    for (let pages = 0; path !== undefined && pages < 9; pages += 1) {
      const { headers, body } = await send(path)
      count += JSON.parse(body).length
      const links = String(headers.link)
      for (const [, origin] of links.matchAll(/<(https?:\/\/[^/]+)/g)) expect(origin).toBe(proxy.url.origin)
      const [, next] = /<([^>]+)>; rel="next"/.exec(links) ?? []
      path = next === undefined ? undefined : new URL(next).pathname + new URL(next).search
    }
    expect(count).toBe(28)
  })

  it.each([
    ['the org', () => `http://${okta.orgUrl.host}`],
    ['the org without its port', () => `http://${okta.orgUrl.hostname}`],
    ['the org by https', () => `https://${okta.orgUrl.host}`],
    ['the proxy itself', () => proxy.url.origin],
  ])('accepts an absolute URL of %s, as clients of an HTTP proxy send it', async (_what, origin) => {
    const { status, headers } = await send(`${origin()}/api/v1/users?limit=2`)
    expect(status).toBe(200)
    expect(String(headers.link)).toContain(`<${origin().replace('https:', 'http:')}/api/v1/users`)
  })

  it.each([
    ['Bearer', () => ({ authorization: `Bearer ${proxy.token}` })],
    ['SSWS', () => ({ authorization: `SSWS ${proxy.token}` })],
    ['Basic, as the password', () => ({ authorization: basic('x', proxy.token) })],
    ['Basic, as the user', () => ({ authorization: basic(proxy.token, '') })],
    ['Proxy-Authorization', () => ({ authorization: '', 'proxy-authorization': basic('x', proxy.token) })],
  ])('accepts its token as %s', async (_how, headers) => {
    expect(await send('/api/v1/users?limit=1', { headers: headers() })).toMatchObject({ status: 200 })
  })

  it.each([
    ['no token', () => ''],
    ['another token', () => `Bearer ${'A'.repeat(43)}`],
    ['the beginning of the token', () => `Bearer ${proxy.token.slice(0, -1)}`],
    ['the token with another scheme', () => `DPoP ${proxy.token}`],
    ['Basic without a token', () => basic('x', 'y')],
  ])('rejects a request of another user of the machine, with %s', async (_what, authorization) => {
    const before = okta.requests.length
    const { status, headers, body } = await send('/api/v1/users', { headers: { authorization: authorization() } })
    expect({ status, challenge: headers['www-authenticate'] }).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('Bearer'),
    })
    expect(JSON.parse(body)).toMatchObject({ error: 'invalid_token' })
    expect(okta.requests).toHaveLength(before)
  })

  it.each([
    ['another name (DNS rebinding)', (port: string) => `rebound.example:${port}`],
    ['the org', () => 'example.okta.com'],
    ['another port', () => 'localhost:1'],
    ['no port', () => 'localhost'],
  ])('rejects a request whose Host header names %s', async (_what, host) => {
    const before = okta.requests.length
    expect(await send('/api/v1/users', { headers: { host: host(proxy.url.port) } })).toMatchObject({ status: 421 })
    expect(okta.requests).toHaveLength(before)
  })

  it.each([
    'http://other.example/api/v1/users',
    'http://localhost.example/x',
    'http://x@localhost/x',
    'ftp://localhost/x',
  ])('sends no request to another host: %s', async target => {
    const before = okta.requests.length
    expect(await send(target)).toMatchObject({ status: 421 })
    expect(okta.requests).toHaveLength(before)
  })

  it.each(['//other.example/api', '/\\other.example/api', '/@other.example', '/../../x'])(
    'sends the path %s to the org only',
    async path => {
      expect((await send(path)).status).toBe(404)
    },
  )

  it('closes the connection of a request without its token, whose body does not end', async () => {
    const socket = connect(Number(proxy.url.port), 'localhost')
    socket.write(`POST /x HTTP/1.1\r\nHost: ${proxy.url.host}\r\nContent-Length: 1000000\r\n\r\nx`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /)
  })

  it('closes the connection of a request with an expectation that it does not support', async () => {
    const socket = connect(Number(proxy.url.port), 'localhost')
    socket.write(`POST /x HTTP/1.1\r\nHost: ${proxy.url.host}\r\nExpect: foo\r\nContent-Length: 1000000\r\n\r\nx`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 417 /)
  })

  it.each([{ host: 'rebound.example' }, {}])(
    'does not name the org to a client without its token, with %j',
    async headers => {
      const { status, body } = await send('/api/v1/users', { headers: { authorization: '', ...headers } })
      expect(status).toBe(401)
      expect(body).not.toContain(okta.orgUrl.hostname)
    },
  )

  it('reports a method that it cannot send', async () => {
    expect(await send('/api/v1/users', { method: 'TRACE' })).toMatchObject({
      status: 501,
      body: expect.stringContaining('does not send TRACE requests'),
    })
  })

  it('opens no tunnel', async () => {
    const socket = connect(Number(proxy.url.port), 'localhost')
    socket.end(`CONNECT ${okta.orgUrl.host} HTTP/1.1\r\nHost: ${okta.orgUrl.host}\r\n\r\n`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 405 [\s\S]*Use http:\/\//)
    const open = connect({ port: Number(proxy.url.port), host: 'localhost', allowHalfOpen: true })
    open.write(`CONNECT ${okta.orgUrl.host} HTTP/1.1\r\nHost: ${okta.orgUrl.host}\r\n\r\n`)
    await once(open.resume(), 'end')
    // The other half is closed too.
    const error = once(open, 'error')
    const writing = setInterval(() => open.write('x'), 10)
    expect(await error).toMatchObject([{ code: expect.stringMatching(/EPIPE|ECONNRESET/) }])
    clearInterval(writing)
  })

  it('rejects a request with two Host headers', async () => {
    const socket = connect(Number(proxy.url.port), 'localhost')
    const { host } = proxy.url
    socket.end(
      `GET /x HTTP/1.1\r\nHost: ${host}\r\nHost: evil\r\nAuthorization: Bearer ${proxy.token}\r\nConnection: close\r\n\r\n`,
    )
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 4(00|21) /)
  })

  it('rejects headers of more than 16 KiB', async () => {
    expect(await send('/api/v1/users', { headers: { 'x-long': 'x'.repeat(17_000) } })).toMatchObject({ status: 431 })
  })

  it('sends neither its token nor cookies of the client to the org', async () => {
    await send('/api/v1/users?limit=1', { headers: { cookie: 'sid=canary-cookie', dpop: 'canary-proof' } })
    expect(JSON.stringify(okta.requests)).not.toMatch(new RegExp(`canary|${proxy.token}`))
  })

  it('prints one line for each request with --verbose, without query, token or proof', async () => {
    await send('/api/v1/users?limit=1&search=profile.login%20eq%20%22canary-person%22')
    await expect.poll(() => proxy.stderr()).toMatch(/^proxy: GET \/api\/v1\/users \d{3} \(\d+ ms\)$/m)
    expect(proxy.stderr()).not.toContain(proxy.token)
    expect(proxy.stderr()).not.toContain('canary-person')
    expect(proxy.stderr()).not.toMatch(/eyJ[\w-]{10}/)
    await send(`http://user:canary-password@localhost:${proxy.url.port}/x`)
    await expect.poll(() => proxy.stderr()).toMatch(/^proxy: GET http:\/\/localhost:\d+\/x 421/m)
    expect(proxy.stderr()).not.toContain('canary-password')
    expect(proxy.stderr()).not.toMatch(/^[<>] /m)
  })
})
