import type { RequestListener } from 'node:http'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { failureFrom, json, stopServers, token } from '../support/hostile-server.test.support.js'

afterAll(stopServers)

describe('an answer that is no token', () => {
  interface Reply {
    readonly status?: number
    readonly type?: string
    readonly location?: string
    readonly text?: string
  }
  it.each<[string, Reply, string]>([
    ['HTML', { type: 'text/html', text: '<h1>Sign in to the Wi-Fi</h1>' }, 'text/html'],
    ['HTML with status 403', { status: 403, type: 'text/html', text: '<h1>Proxy</h1>' }, 'HTTP 403'],
    ['empty', {}, 'empty'],
    ['truncated', { text: '{"access_token":"a-sec' }, 'JSON'],
    ['a redirect with status 300', { status: 300, location: 'https://evil.example/?a' }, 'https://evil.example'],
    ['a redirect with status 302', { status: 302, location: 'https://evil.example/?a' }, 'https://evil.example'],
    ['a redirect with status 399', { status: 399, location: 'https://evil.example/?a' }, 'https://evil.example'],
  ])('%s', async (_what, { status = 200, type = 'application/json', location, text }, reason) => {
    const headers = location === undefined ? { 'content-type': type } : { location }
    await expectInvalid((_request, response) => response.writeHead(status, headers).end(text), reason)
  })

  it.each<[string, unknown, string]>([
    ['a list', [token], 'top level object'],
    ['without a token', { ...token, access_token: undefined }, 'access_token'],
    ['of an unknown type', { ...token, token_type: 'mac' }, 'token_type'],
    ['without a life time', { ...token, expires_in: undefined }, 'expires_in'],
    ['with a negative life time', { ...token, expires_in: -1 }, 'expires_in'],
    ['with a life time that is no number', { ...token, expires_in: 'soon' }, 'expires_in'],
    ['with an endless life time', { ...token, expires_in: 1e300 }, 'expires_in'],
    ['with a token that fits no header', { ...token, access_token: 'a-secret-token\nx' }, 'characters'],
    ['more than 1 MiB', { ...token, filler: 'x'.repeat(1024 * 1024) }, '1 MiB'],
  ])('%s', async (_what, body, reason) => {
    await expectInvalid(json(200, body), reason)
  })

  async function expectInvalid(answer: RequestListener, reason: string): Promise<void> {
    const failure = await failureFrom(answer)
    expect(failure).toMatchObject({ code: 'token_response_invalid', message: expect.stringContaining(reason) })
    expect(failure.hint).toContain('Check the tenant')
    expect(JSON.stringify(failure) + failure.stack + String(failure.cause)).not.toContain('a-secret-token')
  }

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

  it('is let go of where it redirects, however much comes after', async () => {
    let closed: Promise<void> | undefined
    await failureFrom((request, response) => {
      closed = new Promise(resolve => request.socket.on('error', () => {}).on('close', () => resolve()))
      response.writeHead(302, { location: '/elsewhere' }).write('x'.repeat(64 * 1024))
    })
    await closed
    // Without it, when its memory is collected.
  }, 5_000)

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
    ['names no more than a code', { error: 'x_unknown' }, 'oauth_failed', 'rejected the request: x_unknown'],
    [
      'says why',
      { error: 'x_unknown', error_description: 'Why.' },
      'oauth_failed',
      'rejected the request: x_unknown: Why.',
    ],
    [
      'speaks as the API does',
      { errorCode: 'E1', errorSummary: 'Why.' },
      'oauth_failed',
      'rejected the request: E1: Why.',
    ],
    [
      'is of a name that every object has',
      { error: 'constructor' },
      'oauth_failed',
      'rejected the request: constructor',
    ],
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

  it('speaks with control characters, which do not reach the terminal', async () => {
    const failure = await failureFrom(
      json(400, { error: 'invalid_scope', error_description: '\u001b[2Jbad\u0007\nscope\u202e' }),
    )
    expect(failure.message).toContain('bad scope')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(failure.message).not.toMatch(/[\u0000-\u001f\u202e]/)
  })
})
