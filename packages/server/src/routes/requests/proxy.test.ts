import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { basic, secretOf } from '../../../test/support/broker.test.support.js'
import { echo, type ProxiedOrg, startProxiedOrg } from '../../../test/support/proxy.test.support.js'

let org: ProxiedOrg

beforeAll(async () => {
  org = await startProxiedOrg()
})
afterAll(() => org[Symbol.asyncDispose]())
beforeEach(() => {
  org.seen.length = 0
  org.answer = echo
})

describe('the proxy', () => {
  it('sends a request to the org with the token and without the credentials of the client', async () => {
    const headers = {
      ...{ 'content-type': 'application/json', 'if-match': '"1"', cookie: 'sid=1', dpop: 'x', via: '1.1 x' },
      ...{ 'x-forwarded-for': '10.0.0.1', 'x-forwarded-host': 'x', forwarded: 'for=1', origin: 'https://x.example' },
      ...{ connection: 'x-hop', 'x-hop': 'gone', te: 'trailers', 'proxy-authorization': 'Basic x' },
    }
    const { status, body } = await org.send('/proxy/org/echo?limit=1&q=a%20b', {
      method: 'POST',
      headers,
      body: '{"a":1}',
    })
    expect({ status, body }).toEqual({ status: 200, body: '{"a":1}' })
    const [got] = org.seen
    expect(got?.method).toBe('POST')
    expect(got?.url).toBe('/echo?limit=1&q=a%20b')
    expect(got?.headers).toMatchObject({
      host: new URL(org.url).host,
      authorization: `SSWS ${org.apiToken}`,
      'content-type': 'application/json',
      'if-match': '"1"',
    })
    const kept = Object.keys(got?.headers ?? {})
    for (const name of ['cookie', 'dpop', 'via', 'origin', 'forwarded', 'x-hop', 'te', 'proxy-authorization']) {
      expect(kept).not.toContain(name)
    }
    expect(kept.filter(name => name.startsWith('x-forwarded'))).toEqual([])
    expect(JSON.stringify(got?.rawHeaders)).not.toContain(secretOf('payroll'))
  })

  it('returns the response of the org with its rate limits, without headers that concern its host', async () => {
    org.answer = (_incoming, response) => {
      response.writeHead(429, {
        ...{ 'x-rate-limit-limit': '60', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1900000000' },
        ...{ 'set-cookie': 'sid=org', 'strict-transport-security': 'max-age=1', 'access-control-allow-origin': '*' },
        ...{ 'x-okta-request-id': 'r1', connection: 'x-internal', 'x-internal': 'gone' },
        link: `<${org.url}/api/v1/users?after=1>; rel="next"`,
      })
      response.end('{"errorCode":"E0000047"}')
    }
    const { status, headers, body } = await org.send('/proxy/org/api/v1/users')
    expect({ status, body }).toEqual({ status: 429, body: '{"errorCode":"E0000047"}' })
    expect(org.seen).toHaveLength(1)
    expect(headers).toMatchObject({
      'x-rate-limit-limit': '60',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': '1900000000',
      'x-okta-request-id': 'r1',
      // The client follows the link to the next page through the proxy.
      link: `<${org.broker.url}/proxy/org/api/v1/users?after=1>; rel="next"`,
      // HTML of the org must not run as a page of the broker.
      'content-security-policy': expect.stringContaining('sandbox'),
    })
    for (const name of ['set-cookie', 'strict-transport-security', 'access-control-allow-origin', 'x-internal']) {
      expect(headers).not.toHaveProperty(name)
    }
  })

  it('rejects a request whose client expects another org', async () => {
    org.answer = echo
    const ask = (expected: string) => org.send('/proxy/org/echo', { headers: { 'connect-okta-org': expected } })
    expect((await ask(org.url)).status).toBe(200)
    const { length } = org.seen
    const answer = await ask('https://other.okta.com')
    expect(answer.status).toBe(409)
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_target', connection: 'org', org_url: org.url })
    expect(org.seen).toHaveLength(length)
  })

  it('rewrites links of the org to the proxy, with or without an origin', async () => {
    const base = `${org.broker.url}/proxy/org`
    const answered = async (location: string) => {
      org.answer = (_incoming, response) =>
        response.writeHead(201, { location, link: `<${location}>; rel="next"` }).end('{}')
      return (await org.send('/proxy/org/api/v1/users', { method: 'POST' })).headers
    }
    const { host } = new URL(org.url)
    const urls = [
      '/api/v1/users/1',
      `${org.url}/api/v1/users/1`,
      `//${host}/api/v1/users/1`,
      `HTTP://${host}/api/v1/users/1`,
    ]
    for (const location of urls) {
      expect(await answered(location)).toMatchObject({
        location: `${base}/api/v1/users/1`,
        link: `<${base}/api/v1/users/1>; rel="next"`,
      })
    }
    expect(await answered(org.url)).toMatchObject({ location: `${base}/` })
    expect(await answered(`${org.url}?after=1`)).toMatchObject({
      location: `${base}/?after=1`,
      link: `<${base}/?after=1>; rel="next"`,
    })
    for (const location of ['https://cdn.example/x', `${org.url}.example/x`, '?after=1', 'http://[/x']) {
      expect(await answered(location)).toMatchObject({ location, link: `<${location}>; rel="next"` })
    }
  })

  // The SDK for Go reads each header as one link.
  it('sends one Link header for each link of the org', async () => {
    const users = (origin: string, after: number) => `<${origin}/api/v1/users?after=${after}&q=a,b>`
    org.answer = (_incoming, response) => {
      response.setHeader('link', [`${users(org.url, 1)}; rel="self"`, `${users(org.url, 2)}; rel="next"`]).end('[]')
    }
    const base = `${org.broker.url}/proxy/org`
    const { rawHeaders } = await org.send('/proxy/org/api/v1/users')
    expect(rawHeaders.filter((_value, index) => rawHeaders[index - 1]?.toLowerCase() === 'link')).toEqual([
      `${users(base, 1)}; rel="self"`,
      `${users(base, 2)}; rel="next"`,
    ])
  })

  it('forwards no header that could change the request or its sender', async () => {
    const names = [
      ...['x-original-url', 'x-rewrite-url', 'x_http_method_override', 'x-http-method-override', 'x-method-override'],
      ...[
        'x-forwarded-for',
        'x-forwarded-path',
        'x-real-ip',
        'x-original-host',
        'x-host',
        'client-ip',
        'true-client-ip',
      ],
      ...['cf-connecting-ip', 'forwarded', 'via', 'proxy', 'proxy-connection', 'authorization2', 'x-okta-anything'],
    ]
    await org.send('/proxy/org/echo', { headers: Object.fromEntries(names.map(name => [name, 'GET'])) })
    const reached = Object.keys(org.seen[0]?.headers ?? {})
    expect(reached.filter(name => names.includes(name))).toEqual([])
  })

  it('returns no header that instructs a browser or a server in between, nor the token', async () => {
    const names = [
      ...['x-accel-redirect', 'x-sendfile', 'x-lighttpd-send-file', 'x-accel-buffering', 'x-reproxy-url', 'refresh'],
      ...['set-cookie', 'clear-site-data', 'access-control-allow-origin', 'service-worker-allowed', 'sourcemap'],
      ...['content-location', 'server', 'x-powered-by', 'dpop-nonce', 'nel', 'report-to', 'alt-svc'],
    ]
    org.answer = (incoming, response) => {
      for (const name of names) response.setHeader(name, '/secret')
      const echo = String(incoming.headers.authorization)
      response.setHeader('www-authenticate', echo).setHeader('etag', `"${echo}"`).setHeader('x-echo', echo).end('{}')
    }
    const { status, headers } = await org.send('/proxy/org/api/v1/users')
    expect(status).toBe(200)
    expect(Object.keys(headers).filter(name => names.includes(name))).toEqual([])
    expect(JSON.stringify(headers)).not.toContain(org.apiToken)
  })

  it.each(['DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD'])('sends %s', async method => {
    org.answer = (_incoming, response) => response.writeHead(204).end()
    expect((await org.send('/proxy/org/api/v1/users/1', { method })).status).toBe(204)
    expect(org.seen[0]?.method).toBe(method)
  })

  it('decodes unreserved characters, so that the policy and the org interpret a path the same way', async () => {
    await org.send('/proxy/org/api/v1/%75sers/%7Eme', { client: 'payroll' })
    expect(org.seen[0]?.url).toBe('/api/v1/users/~me')
    expect((await org.send('/proxy/org/api/v1/%75sers/x', { client: 'reader' })).status).toBe(200)
  })

  it.each([
    ['dot segments', '/proxy/org/../../oauth2/token'],
    ['a dot segment', '/proxy/org/api/./v1'],
    ['dot segments that leave the permitted path', '/proxy/org/api/v1/users/../apps'],
    ['encoded dot segments', '/proxy/org/api/v1/users/%2e%2e/apps'],
    ['half encoded dot segments', '/proxy/org/api/v1/users/.%2E/apps'],
    ['dot segments with a parameter', '/proxy/org/api/v1/users/..;x=1/apps'],
    ['dot segments with an encoded parameter', '/proxy/org/api/v1/users/..%3bx/apps'],
    ['an encoded slash', '/proxy/org/api/v1/users/a%2f..%2fapps'],
    ['an encoded backslash', '/proxy/org/api/v1/users/%5c..%5capps'],
    ['a backslash', '/proxy/org/api\\v1'],
    ['double encoding', '/proxy/org/api/v1/users/%252e%252e%252fapps'],
    ['an empty segment', '/proxy/org//evil.example/x'],
    ['empty segments within', '/proxy/org/api//v1'],
    ['a NUL character', '/proxy/org/api/v1/users/%00'],
    ['a line end', '/proxy/org/api/v1/users/%0d%0aX-Evil:%201'],
    ['a URL instead of a path', '/proxy/org/http://evil.example/'],
    ['an incomplete percent-encoding', '/proxy/org/api/%2'],
    ['a path that would make the host a username', '/proxy/org@evil.example/'],
    ['an encoded prefix', '/%70roxy/org/api'],
    ['an encoded name', '/proxy/%6frg/api'],
    ['an absolute URL of the broker', () => `http://localhost:${org.broker.port}/proxy/org/api/v1/apps`],
    ['an absolute URL of another host', 'http://evil.example/proxy/org/api/v1/apps'],
    ['an absolute URL of the org', () => `${org.url}/api/v1/apps`],
  ])('rejects %s', async (_what, path) => {
    const { status } = await org.send(typeof path === 'string' ? path : path(), { client: 'payroll' })
    expect([400, 404, 405, 421]).toContain(status)
    expect(org.seen).toEqual([])
  })

  it('rejects ambiguous requests (request smuggling)', async () => {
    const head = `POST /proxy/org/echo HTTP/1.1\r\nHost: localhost:${org.broker.port}\r\nAuthorization: ${basic('payroll')}\r\n`
    for (const smuggled of [
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n',
      'Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
      'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
      'X: 1\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ` folded: 1\r\nHost: evil.example\r\n\r\n`,
    ]) {
      expect(await rawStatus(head + smuggled)).toBe(400)
    }
    const two = head.replace('\r\nAuthorization', '\r\nHost: evil.example\r\nAuthorization')
    expect([400, 421]).toContain(await rawStatus(`${two}Connection: close\r\n\r\n`))
    expect(await rawStatus(`${head}X: ${'x'.repeat(20_000)}\r\n\r\n`)).toBe(431)
    expect(org.seen).toEqual([])
  })

  it('rejects requests that the policy of the client does not allow', async () => {
    const status = async (method: string, path: string) =>
      (await org.send(`/proxy/org${path}`, { client: 'reader', method })).status
    expect(await status('GET', '/api/v1/users')).toBe(200)
    expect(await status('GET', '/api/v1/users/1/groups')).toBe(200)
    expect(await status('POST', '/api/v1/groups/g1/users')).toBe(200)
    org.seen.length = 0
    expect(await status('POST', '/api/v1/users')).toBe(403)
    expect(await status('GET', '/api/v1/usersx')).toBe(403)
    expect(await status('GET', '/api/v1/groups/g1/x/users')).toBe(403)
    expect(await status('GET', '/api/v1/apps?x=/api/v1/users')).toBe(403)
    expect((await org.send('/proxy/org/api/v1/users', { client: 'outsider' })).status).toBe(403)
    expect((await org.send('/proxy/org/api/v1/users', { client: 'unknown' })).status).toBe(401)
    expect((await org.send('/proxy/none/api/v1/users')).status).toBe(404)
    expect(org.seen).toEqual([])
  })

  it('writes audit lines without the query', async () => {
    await org.send('/proxy/org/api/v1/users?q=private')
    expect(org.broker.lines().at(-1)).toMatchObject({ audit: 'proxy', client: 'payroll', path: '/api/v1/users' })
    const all = JSON.stringify(org.broker.lines())
    expect(all).not.toContain('private')
    expect(all).not.toContain(org.apiToken)
  })
})

async function rawStatus(bytes: string): Promise<number> {
  const socket = connect(org.broker.port, '127.0.0.1')
  socket.write(bytes)
  const [first] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return Number(/^HTTP\/1\.1 (\d+)/.exec(String(first))?.[1])
}
