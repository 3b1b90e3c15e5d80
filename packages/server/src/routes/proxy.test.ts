import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { basic, digestFor, secretOf, startBroker, type TestBroker } from '../broker.test.support.js'

// An org that shows what reached it: `/echo` in the answer, everything in `seen`.
const seen: IncomingMessage[] = []
let answer: (incoming: IncomingMessage, response: ServerResponse) => unknown
const org = createServer((incoming, response) => {
  seen.push(incoming)
  answer(incoming, response)
})
const apiToken = `static token of process ${process.pid}`.replaceAll(' ', '-')
let orgUrl: string
let broker: TestBroker

beforeAll(async () => {
  org.listen(0, '127.0.0.1')
  await once(org, 'listening')
  orgUrl = `http://127.0.0.1:${(org.address() as AddressInfo).port}`
  broker = await startBroker(
    {
      connections: { org: { tenant: orgUrl, apiToken: { file: 'api-token' } } },
      callers: {
        payroll: { secretSha256: digestFor('payroll'), connections: ['org'] },
        reader: {
          secretSha256: digestFor('reader'),
          connections: ['org'],
          requests: ['GET /api/v1/users/**', 'GET,POST /api/v1/groups/*/users'],
        },
        stranger: { secretSha256: digestFor('stranger'), connections: ['org'], ways: ['token'] },
      },
    },
    { files: { 'api-token': apiToken } },
  )
})
afterAll(async () => {
  await broker.stop()
  org.closeAllConnections()
  org.close()
})
beforeEach(() => {
  seen.length = 0
  answer = (incoming, response) => incoming.pipe(response)
})

interface Sent {
  readonly method?: string
  readonly caller?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Sends a request whose path goes over the wire as it is written here. */
async function send(path: string, { method = 'GET', caller = 'payroll', headers = {}, body }: Sent = {}) {
  const { port } = broker
  const outgoing = request({
    port,
    host: '127.0.0.1',
    path,
    method,
    headers: { authorization: basic(caller), ...headers },
  })
  outgoing.setHeader('host', `localhost:${port}`)
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

describe('the proxy', () => {
  it('sends a request to the org, with the token and without the caller', async () => {
    const headers = {
      ...{ 'content-type': 'application/json', 'x-custom': 'kept', cookie: 'sid=1', dpop: 'x', via: '1.1 x' },
      ...{ 'x-forwarded-for': '10.0.0.1', 'x-forwarded-host': 'x', forwarded: 'for=1', origin: 'https://x.example' },
      ...{ connection: 'x-hop', 'x-hop': 'gone', te: 'trailers', 'proxy-authorization': 'Basic x' },
    }
    const { status, body } = await send('/proxy/org/echo?limit=1&q=a%20b', { method: 'POST', headers, body: '{"a":1}' })
    expect({ status, body }).toEqual({ status: 200, body: '{"a":1}' })
    const [got] = seen
    expect(got?.method).toBe('POST')
    expect(got?.url).toBe('/echo?limit=1&q=a%20b')
    expect(got?.headers).toMatchObject({
      host: new URL(orgUrl).host,
      authorization: `SSWS ${apiToken}`,
      'content-type': 'application/json',
      'x-custom': 'kept',
    })
    const kept = Object.keys(got?.headers ?? {})
    for (const name of ['cookie', 'dpop', 'via', 'origin', 'forwarded', 'x-hop', 'te', 'proxy-authorization']) {
      expect(kept).not.toContain(name)
    }
    expect(kept.filter(name => name.startsWith('x-forwarded'))).toEqual([])
    expect(JSON.stringify(got?.rawHeaders)).not.toContain(secretOf('payroll'))
  })

  it('passes on what the org answers, its rate limits and its 429 among it, but nothing that is for its own host', async () => {
    answer = (_incoming, response) => {
      response.writeHead(429, {
        ...{ 'x-rate-limit-limit': '60', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1900000000' },
        ...{ 'set-cookie': 'sid=org', 'strict-transport-security': 'max-age=1', 'access-control-allow-origin': '*' },
        ...{ 'x-okta-request-id': 'r1', connection: 'x-internal', 'x-internal': 'gone' },
        link: `<${orgUrl}/api/v1/users?after=1>; rel="next"`,
      })
      response.end('{"errorCode":"E0000047"}')
    }
    const { status, headers, body } = await send('/proxy/org/api/v1/users')
    expect({ status, body }).toEqual({ status: 429, body: '{"errorCode":"E0000047"}' })
    expect(seen).toHaveLength(1)
    expect(headers).toMatchObject({
      'x-rate-limit-limit': '60',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': '1900000000',
      'x-okta-request-id': 'r1',
      // The next page is found through the proxy too.
      link: `<${broker.url}/proxy/org/api/v1/users?after=1>; rel="next"`,
      // Whatever the org sends, in a browser it is no page of the broker.
      'content-security-policy': expect.stringContaining('sandbox'),
    })
    for (const name of ['set-cookie', 'strict-transport-security', 'access-control-allow-origin', 'x-internal']) {
      expect(headers).not.toHaveProperty(name)
    }
  })

  it.each(['DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD'])('sends %s', async method => {
    answer = (_incoming, response) => response.writeHead(204).end()
    expect((await send('/proxy/org/api/v1/users/1', { method })).status).toBe(204)
    expect(seen[0]?.method).toBe(method)
  })

  it('decodes what is encoded needlessly, so that policy and org see the same', async () => {
    await send('/proxy/org/api/v1/%75sers/%7Eme', { caller: 'payroll' })
    expect(seen[0]?.url).toBe('/api/v1/users/~me')
    expect((await send('/proxy/org/api/v1/%75sers/x', { caller: 'reader' })).status).toBe(200)
  })

  it.each([
    ['dot segments', '/proxy/org/../../oauth2/token'],
    ['a dot segment', '/proxy/org/api/./v1'],
    ['dot segments that leave what is permitted', '/proxy/org/api/v1/users/../apps'],
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
    ['a null', '/proxy/org/api/v1/users/%00'],
    ['a line end', '/proxy/org/api/v1/users/%0d%0aX-Evil:%201'],
    ['a URL in the place of a path', '/proxy/org/http://evil.example/'],
    ['half a percent', '/proxy/org/api/%2'],
    ['a user name for the host', '/proxy/org@evil.example/'],
    ['its own prefix encoded', '/%70roxy/org/api'],
    ['an encoded name', '/proxy/%6frg/api'],
    ['an absolute URL of the broker', () => `http://localhost:${broker.port}/proxy/org/api/v1/apps`],
    ['an absolute URL of another host', 'http://evil.example/proxy/org/api/v1/apps'],
    ['an absolute URL of the org', () => `${orgUrl}/api/v1/apps`],
  ])('lets nothing through by %s', async (_what, path) => {
    const { status } = await send(typeof path === 'string' ? path : path(), { caller: 'payroll' })
    expect([400, 404, 421]).toContain(status)
    expect(seen).toEqual([])
  })

  it('reads requests as strictly as the org does', async () => {
    const head = `POST /proxy/org/echo HTTP/1.1\r\nHost: localhost:${broker.port}\r\nAuthorization: ${basic('payroll')}\r\n`
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
    expect(seen).toEqual([])
  })

  it('sends a caller nowhere but where its policy says', async () => {
    const status = async (method: string, path: string) =>
      (await send(`/proxy/org${path}`, { caller: 'reader', method })).status
    expect(await status('GET', '/api/v1/users')).toBe(200)
    expect(await status('GET', '/api/v1/users/1/groups')).toBe(200)
    expect(await status('POST', '/api/v1/groups/g1/users')).toBe(200)
    seen.length = 0
    expect(await status('POST', '/api/v1/users')).toBe(403)
    expect(await status('GET', '/api/v1/usersx')).toBe(403)
    expect(await status('GET', '/api/v1/groups/g1/x/users')).toBe(403)
    expect(await status('GET', '/api/v1/apps?x=/api/v1/users')).toBe(403)
    expect((await send('/proxy/org/api/v1/users', { caller: 'stranger' })).status).toBe(403)
    expect((await send('/proxy/org/api/v1/users', { caller: 'nobody' })).status).toBe(401)
    expect((await send('/proxy/none/api/v1/users')).status).toBe(404)
    expect(seen).toEqual([])
  })

  it('streams both ways: the first piece arrives before the last is there', async () => {
    const { port } = broker
    const outgoing = request({
      ...{ port, host: '127.0.0.1', path: '/proxy/org/echo', method: 'POST' },
      headers: { authorization: basic('payroll'), host: `localhost:${port}` },
    })
    outgoing.write('one')
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    const [first] = (await once(response, 'data')) as [Buffer]
    expect(String(first)).toBe('one')
    outgoing.write('two')
    const [second] = (await once(response, 'data')) as [Buffer]
    expect(String(second)).toBe('two')
    outgoing.end()
    expect(await text(response)).toBe('')
  })

  it('passes bodies of any length', async () => {
    const body = 'x'.repeat(3_000_000)
    const sent = await send('/proxy/org/echo', { method: 'PUT', body })
    expect(sent.status).toBe(200)
    expect(sent.body.length).toBe(body.length)
  })

  it('gives up at the org when the caller does', async () => {
    const arrived = new Promise<IncomingMessage>(resolve => {
      answer = incoming => resolve(incoming)
    })
    const { port } = broker
    const headers = { authorization: basic('payroll'), host: `localhost:${port}` }
    const outgoing = request({ port, host: '127.0.0.1', path: '/proxy/org/slow', headers }).on('error', () => {})
    outgoing.end()
    const incoming = await arrived
    const closed = once(incoming.socket, 'close')
    outgoing.destroy()
    await closed
  })

  it('says so where the org breaks off', async () => {
    answer = (_incoming, response) => response.destroy()
    expect(await send('/proxy/org/api/v1/users')).toMatchObject({
      status: 502,
      body: expect.stringContaining('network_failed'),
    })
  })

  it('breaks off in the middle where the org does: half an answer is not taken for a whole one', async () => {
    const begun = new Promise<ServerResponse>(resolve => {
      answer = (_incoming, response) => {
        response.write('first')
        resolve(response)
      }
    })
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { port } = broker
    const headers = { authorization: basic('payroll'), host: `localhost:${port}` }
    const outgoing = request({ port, host: '127.0.0.1', path: '/proxy/org/x', headers }).end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    const [first] = (await once(response, 'data')) as [Buffer]
    expect(String(first)).toBe('first')
    let rest = ''
    response.on('data', chunk => {
      rest += chunk
    })
    const ended = new Promise(resolve => response.on('error', () => {}).on('close', resolve))
    ;(await begun).destroy()
    await ended
    expect({ rest, isComplete: response.complete }).toEqual({ rest: '', isComplete: false })
    expect(printed).not.toHaveBeenCalled()
    printed.mockRestore()
  })

  it('prints nothing but its log where a caller goes away in the middle', async () => {
    const begun = new Promise<ServerResponse>(resolve => {
      answer = (_incoming, response) => {
        response.write('first')
        resolve(response)
      }
    })
    const printed = vi.spyOn(console, 'info').mockImplementation(() => {})
    const { port } = broker
    const headers = { authorization: basic('payroll'), host: `localhost:${port}` }
    const outgoing = request({ port, host: '127.0.0.1', path: '/proxy/org/x', headers })
      .on('error', () => {})
      .end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    await once(response, 'data')
    const closed = once(await begun, 'close')
    response.on('error', () => {})
    outgoing.destroy()
    await closed
    expect(printed).not.toHaveBeenCalled()
    printed.mockRestore()
  })

  it('is audited without the query', async () => {
    await send('/proxy/org/api/v1/users?q=private')
    expect(broker.lines().at(-1)).toMatchObject({ audit: 'proxy', caller: 'payroll', path: '/api/v1/users' })
    const all = JSON.stringify(broker.lines())
    expect(all).not.toContain('private')
    expect(all).not.toContain(apiToken)
  })
})

async function rawStatus(bytes: string): Promise<number> {
  const socket = connect(broker.port, '127.0.0.1')
  socket.write(bytes)
  const [first] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return Number(/^HTTP\/1\.1 (\d+)/.exec(String(first))?.[1])
}
