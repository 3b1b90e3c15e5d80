import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import {
  connect,
  createMemoryStore,
  type Deps,
  listLogins,
  type Notice,
  OktaConnectError,
  type OktaSession,
} from './index.js'

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections()
})

const jsonWebKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

async function connectTo(answer: RequestListener, deps: Partial<Deps>, options = {}): Promise<OktaSession> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return await connect({ tenant: `http://127.0.0.1:${port}`, clientId: '0oa1', jsonWebKey, ...options }, deps)
}

async function failureFrom(answer: RequestListener, options = {}): Promise<OktaConnectError> {
  const store = createMemoryStore()
  const attempt = connectTo(answer, { store }, options)
  const failure: unknown = await attempt.then(
    () => expect.unreachable('it was taken for a token'),
    error => error,
  )
  expect(await listLogins({ store })).toEqual([])
  if (!(failure instanceof OktaConnectError)) throw failure
  return failure
}

const json = (status: number, body: unknown, headers = {}): RequestListener => {
  return (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

const token = { access_token: 'a-secret-token', token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.manage' }

describe('an answer that is no token', () => {
  it.each<[string, RequestListener, string]>([
    [
      'HTML',
      (_q, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in to the Wi-Fi</h1>'),
      'text/html',
    ],
    [
      'HTML with status 403',
      (_q, r) => r.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Proxy</h1>'),
      'HTTP 403',
    ],
    ['empty', (_q, r) => r.writeHead(200, { 'content-type': 'application/json' }).end(), 'empty'],
    [
      'truncated',
      (_q, r) => r.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"a-sec'),
      'JSON',
    ],
    ['a list', json(200, [token]), 'top level object'],
    ['without a token', json(200, { ...token, access_token: undefined }), 'access_token'],
    ['of an unknown type', json(200, { ...token, token_type: 'mac' }), 'token_type'],
    ['without a life time', json(200, { ...token, expires_in: undefined }), 'how long'],
    ['with a negative life time', json(200, { ...token, expires_in: -1 }), 'expires_in'],
    ['with a life time that is no number', json(200, { ...token, expires_in: 'soon' }), 'expires_in'],
    ['with an endless life time', json(200, { ...token, expires_in: 1e300 }), 'how long'],
    ['with a token that fits no header', json(200, { ...token, access_token: 'a-secret-token\nx' }), 'characters'],
    ['more than 1 MiB', json(200, { ...token, filler: 'x'.repeat(1024 * 1024) }), '1 MiB'],
    ...[300, 302, 399].map((status): [string, RequestListener, string] => [
      `a redirect with status ${status}`,
      (_q, r) => r.writeHead(status, { location: 'https://evil.example/?a' }).end(),
      'https://evil.example',
    ]),
  ])('%s', async (_what, answer, reason) => {
    const failure = await failureFrom(answer)
    expect(failure).toMatchObject({ code: 'token_response_invalid', message: expect.stringContaining(reason) })
    expect(failure.hint).toContain('Check the tenant')
    expect(JSON.stringify(failure) + failure.stack + String(failure.cause)).not.toContain('a-secret-token')
  })

  it('breaks off in the middle of a token, which is not told', async () => {
    const failure = await failureFrom(request => {
      const half = `{"access_token":"a-secret-token","token_type":"Bearer"`
      request.socket.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n${half}`,
      )
    })
    expect(failure.code).toBe('network_failed')
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('a-secret-token')
  })

  it('repeats the assertion, which is not told', async () => {
    const failure = await failureFrom(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      json(400, { error: 'invalid_client', error_description: `bad: ${body}` })(request, response)
    })
    expect(failure.code).toBe('client_rejected')
    expect(failure.message).toContain('client_assertion=***')
    expect(failure.message).not.toMatch(/eyJ/)
  })

  it('does not follow a redirect with credentials', async () => {
    let visits = 0
    await failureFrom((request, response) => {
      visits += 1
      response.writeHead(307, { location: `http://${request.headers.host}/elsewhere` }).end()
    })
    expect(visits).toBe(1)
  })

  it('is not read on when it does not end', async () => {
    const failure = await failureFrom((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const flood = setInterval(() => response.write('x'.repeat(64 * 1024)), 1)
      response.on('close', () => clearInterval(flood))
    })
    expect(failure).toMatchObject({ code: 'token_response_invalid', message: expect.stringContaining('1 MiB') })
  })
})

describe('a refusal', () => {
  it.each<[string, unknown, string, string]>([
    ['names no more than a code', { error: 'x_unknown' }, 'oauth_failed', 'refused: x_unknown'],
    ['says why', { error: 'x_unknown', error_description: 'Why.' }, 'oauth_failed', 'refused: x_unknown: Why.'],
    ['speaks as the API does', { errorCode: 'E1', errorSummary: 'Why.' }, 'oauth_failed', 'refused: E1: Why.'],
    ['is of a name that every object has', { error: 'constructor' }, 'oauth_failed', 'refused: constructor'],
    ['has a number for its code', { error: 7 }, 'token_response_invalid', 'HTTP 400'],
    ['has no code', {}, 'token_response_invalid', 'HTTP 400'],
    ['is nothing', null, 'token_response_invalid', 'HTTP 400'],
    ['is a text', 'invalid_client', 'token_response_invalid', 'HTTP 400'],
  ])('that %s', async (_what, body, code, message) => {
    const failure = await failureFrom(json(400, body))
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) })
    expect(failure.hint).not.toBe('')
  })

  it('is told with 500 characters at most, and without any part of a JWT', async () => {
    const description = `a eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl b eyJhbGciOi.eyJzdWIi c ${'x'.repeat(600)}`
    const { oauth } = await failureFrom(json(400, { error: 'x_unknown', error_description: description }))
    expect(oauth?.description).toMatch(/^a \*\*\* b \*\*\* c x+$/)
    expect(oauth?.description).toHaveLength(500)
  })
})

// Side by side: most of them wait to be asked again.
describe.concurrent('a server in trouble', () => {
  it('is told with what it says of it', async () => {
    const failure = await failureFrom(json(503, { errorCode: 'E0000010', errorSummary: 'Read only.' }))
    expect(failure).toMatchObject({ code: 'server_failed', hint: expect.stringContaining('status.okta.com') })
    expect(failure.oauth).toEqual({ error: 'E0000010', description: 'Read only.', status: 503 })
  })

  it.each([
    ['in the past', '999999999'],
    ['now', '1000000000'],
    ['in an hour', '1000003600'],
    ['never', 'never'],
  ])('that will answer again %s is asked again in a minute', async (_when, reset) => {
    const headers = { date: 'Sun, 09 Sep 2001 01:46:40 GMT', 'x-rate-limit-reset': reset }
    expect((await failureFrom(json(429, {}, headers), { signal: AbortSignal.timeout(20_000) })).hint).toBe(
      'Try again in 60 s.',
    )
  })

  it('says how long to wait after 429, by the clock of the server, also when the header comes twice', async () => {
    const headers = { date: 'Sun, 09 Sep 2001 01:46:40 GMT', 'x-rate-limit-reset': '1000000317, 1000000317' }
    const failure = await failureFrom(json(429, { errorCode: 'E0000047', errorSummary: 'API call exceeded' }, headers))
    expect(failure).toMatchObject({ code: 'rate_limited', hint: 'Try again in 317 s.', oauth: { error: 'E0000047' } })
  })

  it.each([500, 503])('is asked three times, with a fresh assertion each: status %i', async status => {
    const assertions = new Set<string>()
    const failure = await failureFrom(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      assertions.add(new URLSearchParams(body).get('client_assertion') ?? '')
      json(status, {})(request, response)
    })
    expect(failure).toMatchObject({ code: 'server_failed' })
    expect(assertions.size).toBe(3)
  })

  it('waits as long as the server asks to, and takes its token then', async () => {
    const times: number[] = []
    const notices: Notice[] = []
    const session = await connectTo(
      (request, response) => {
        times.push(Date.now())
        if (times.length > 1) return json(200, token)(request, response)
        const reset = String(Math.ceil(Date.now() / 1000) + 1)
        json(429, {}, { 'x-rate-limit-reset': reset })(request, response)
      },
      { notify: notice => notices.push(notice) },
    )
    expect((await session.token()).value).toBe(token.access_token)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1000)
    expect(notices).toEqual([{ code: 'retrying', message: expect.stringContaining('Trying again') }])
  })

  it('is not there', async () => {
    const failure = await failureFrom(request => request.socket.destroy())
    expect(failure).toMatchObject({ code: 'network_failed' })
    const attempt = connect({ tenant: 'http://127.0.0.1:1', clientId: '0oa1', jsonWebKey })
    await expect(attempt).rejects.toMatchObject({
      code: 'network_failed',
      message: expect.stringContaining('127.0.0.1:1'),
    })
  })

  it('does not answer', async () => {
    const failure = await failureFrom(() => {}, { requestTimeoutMs: 200 })
    expect(failure).toMatchObject({ code: 'network_failed', message: expect.stringContaining('within 0.2 s') })
  })

  it('hears at once that the caller has given up', async () => {
    const given = new AbortController()
    let closed: Promise<unknown> | undefined
    const waits: RequestListener = incoming => {
      closed = once(incoming.socket, 'close')
      given.abort()
    }
    const { code } = await failureFrom(waits, { signal: given.signal, requestTimeoutMs: 60_000 })
    expect(code).toBe('cancelled')
    await expect(closed).resolves.toBeDefined()
  })

  it('hears nothing from a caller who had given up before', async () => {
    let requests = 0
    const failure = await failureFrom(() => requests++, { signal: AbortSignal.abort() })
    expect({ code: failure.code, requests }).toEqual({ code: 'cancelled', requests: 0 })
  })

  it('speaks with control characters, which do not reach the terminal', async () => {
    const failure = await failureFrom(
      json(400, { error: 'invalid_scope', error_description: '\u001b[2Jbad\u0007\nscope\u202e' }),
    )
    expect(failure.message).toContain('bad scope')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(failure.message).not.toMatch(/[\u0000-\u001f\u202e]/)
  })
})
