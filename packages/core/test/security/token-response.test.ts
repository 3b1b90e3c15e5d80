import type { RequestListener } from 'node:http'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { connectErrorFrom, jsonResponse, stopFakeServers, tokenResponse } from '../support/fake-server.test.support.js'

afterAll(stopFakeServers)

describe('an invalid token response', () => {
  interface ResponseParts {
    readonly status?: number
    readonly type?: string
    readonly location?: string
    readonly text?: string
  }
  it.each<[string, ResponseParts, string]>([
    ['HTML', { type: 'text/html', text: '<h1>Sign in to the Wi-Fi</h1>' }, 'text/html'],
    ['HTML with status 403', { status: 403, type: 'text/html', text: '<h1>Proxy</h1>' }, 'HTTP 403'],
    ['empty', {}, 'empty'],
    ['truncated', { text: '{"access_token":"a-sec' }, 'JSON'],
    ['a redirect with status 300', { status: 300, location: 'https://evil.example/?a' }, 'https://evil.example'],
    ['a redirect with status 302', { status: 302, location: 'https://evil.example/?a' }, 'https://evil.example'],
    ['a redirect with status 399', { status: 399, location: 'https://evil.example/?a' }, 'https://evil.example'],
  ])(
    'is rejected when it is %s',
    async (_what, { status = 200, type = 'application/json', location, text }, reason) => {
      const headers = location === undefined ? { 'content-type': type } : { location }
      await expectInvalid((_request, response) => response.writeHead(status, headers).end(text), reason)
    },
  )

  it.each<[string, unknown, string]>([
    ['an array', [tokenResponse], 'top level object'],
    ['an object without a token', { ...tokenResponse, access_token: undefined }, 'access_token'],
    ['a token of an unknown type', { ...tokenResponse, token_type: 'mac' }, 'token_type'],
    ['a token without a lifetime', { ...tokenResponse, expires_in: undefined }, 'expires_in'],
    ['a token with a negative lifetime', { ...tokenResponse, expires_in: -1 }, 'expires_in'],
    ['a token with a lifetime that is not a number', { ...tokenResponse, expires_in: 'soon' }, 'expires_in'],
    ['a token with an unlimited lifetime', { ...tokenResponse, expires_in: 1e300 }, 'expires_in'],
    ['a token that is not valid in a header', { ...tokenResponse, access_token: 'a-secret-token\nx' }, 'characters'],
    ['larger than 1 MiB', { ...tokenResponse, filler: 'x'.repeat(1024 * 1024) }, '1 MiB'],
  ])('is rejected when it is %s', async (_what, body, reason) => {
    await expectInvalid(jsonResponse(200, body), reason)
  })

  async function expectInvalid(listener: RequestListener, reason: string): Promise<void> {
    const error = await connectErrorFrom(listener)
    expect(error).toMatchObject({ code: 'token_response_invalid', message: expect.stringContaining(reason) })
    expect(error.hint).toContain('Check the tenant')
    expect(JSON.stringify(error) + error.stack + String(error.cause)).not.toContain('a-secret-token')
  }

  it('does not show its token in the error when the connection breaks', async () => {
    const error = await connectErrorFrom(request => {
      const partialBody = `{"access_token":"a-secret-token","token_type":"Bearer"`
      request.socket.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n${partialBody}`,
      )
    })
    expect(error.code).toBe('network_failed')
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('a-secret-token')
  })

  it('does not show the client assertion in the error when the server repeats it', async () => {
    const error = await connectErrorFrom(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      jsonResponse(400, { error: 'invalid_client', error_description: `bad: ${body}` })(request, response)
    })
    expect(error.code).toBe('client_rejected')
    expect(error.message).toContain('client_assertion=***')
    expect(error.message).not.toMatch(/eyJ/)
  })

  it('does not redirect a request with credentials', async () => {
    let visits = 0
    await connectErrorFrom((request, response) => {
      visits += 1
      response.writeHead(307, { location: `http://${request.headers.host}/elsewhere` }).end()
    })
    expect(visits).toBe(1)
  })

  it('is aborted when it is a redirect with a long body', async () => {
    let closed: Promise<void> | undefined
    await connectErrorFrom((request, response) => {
      closed = new Promise(resolve => request.socket.on('error', () => {}).on('close', () => resolve()))
      response.writeHead(302, { location: '/elsewhere' }).write('x'.repeat(64 * 1024))
    })
    await closed
    // Otherwise, garbage collection closes the connection later.
  }, 5_000)

  it('is not read beyond 1 MiB when it does not end', async () => {
    const error = await connectErrorFrom((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const flood = setInterval(() => response.write('x'.repeat(64 * 1024)), 1)
      response.on('close', () => clearInterval(flood))
    })
    expect(error).toMatchObject({ code: 'token_response_invalid', message: expect.stringContaining('1 MiB') })
  })
})

describe('an error response', () => {
  it.each<[string, unknown, string, string]>([
    ['has only a code', { error: 'x_unknown' }, 'oauth_failed', 'rejected the request: x_unknown'],
    [
      'has a description',
      { error: 'x_unknown', error_description: 'Why.' },
      'oauth_failed',
      'rejected the request: x_unknown: Why.',
    ],
    [
      'has the format of the API',
      { errorCode: 'E1', errorSummary: 'Why.' },
      'oauth_failed',
      'rejected the request: E1: Why.',
    ],
    [
      'has the name of an object member as its code',
      { error: 'constructor' },
      'oauth_failed',
      'rejected the request: constructor',
    ],
    ['has a number as its code', { error: 7 }, 'token_response_invalid', 'HTTP 400'],
    ['has no code', {}, 'token_response_invalid', 'HTTP 400'],
    ['is null', null, 'token_response_invalid', 'HTTP 400'],
    ['is a string', 'invalid_client', 'token_response_invalid', 'HTTP 400'],
  ])('is reported with a message and a hint when it %s', async (_what, body, code, message) => {
    const error = await connectErrorFrom(jsonResponse(400, body))
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) })
    expect(error.hint).not.toBe('')
  })

  it('is reported with at most 500 characters and without any part of a JWT', async () => {
    const description = `a eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl b eyJhbGciOi.eyJzdWIi c ${'x'.repeat(600)}`
    const { oauth } = await connectErrorFrom(jsonResponse(400, { error: 'x_unknown', error_description: description }))
    expect(oauth?.description).toMatch(/^a \*\*\* b \*\*\* c x+$/)
    expect(oauth?.description).toHaveLength(500)
  })

  it('is reported without its control characters', async () => {
    const error = await connectErrorFrom(
      jsonResponse(400, { error: 'invalid_scope', error_description: '\u001b[2Jbad\u0007\nscope\u202e' }),
    )
    expect(error.message).toContain('bad scope')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the message must not contain them.
    expect(error.message).not.toMatch(/[\u0000-\u001f\u202e]/)
  })
})
