import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { OktaEmulator } from '@connect-okta/emulator'
import { startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../connect.js'
import type { OktaSession } from '../session/okta-session.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { checkApiRequest } from './api-request.js'
import { type ApiServer, startApiServer } from './api-server.test.support.js'
import { callApi, requireSuccess, requireWholeBody, restOfBody } from './call-api.js'

let okta: OktaEmulator
let session: OktaSession
let server: ApiServer

beforeAll(async () => {
  okta = await startOktaEmulator()
  const { clientId, jwk } = okta.client('service')
  const scopes = ['okta.users.read']
  session = await connect({ tenant: okta.orgUrl.origin, clientId, jsonWebKey: jwk as object, scopes })
  server = await startApiServer()
})
afterAll(async () => {
  await server.close()
  await okta.close()
})

describe('callApi', () => {
  it('returns the body of a successful request', async () => {
    const { status, body, error } = await callApi(session, { method: 'get', path: '/api/v1/users?limit=2' })
    expect({ status, error }).toEqual({ status: 200, error: undefined })
    expect(JSON.parse(String(body.start))).toHaveLength(2)
  })

  it('reports status, code, summary, causes, error id and request id when the API rejects a request', async () => {
    const path = '/api/v1/missing?expand=secret'
    const response = await callApi(session, { method: 'GET', path })
    expect(response.error).toMatchObject({
      code: 'api_failed',
      message: expect.stringMatching(/^GET \/api\/v1\/missing failed with HTTP 404: .*\(E0000008\)\.$/),
      api: {
        status: 404,
        errorCode: 'E0000008',
        summary: expect.stringContaining('not found'),
        causes: [],
        errorId: expect.stringMatching(/\S/),
      },
    })
    expect(() => requireSuccess(response)).toThrow(response.error?.message)
    expect(JSON.parse(JSON.stringify(response.error)).api.errorCode).toBe('E0000008')
  })

  it('masks every token that was sent, without getting another one, when the API repeats it', async () => {
    const tokens = ['not-a-real-token-1', 'not-a-real-token-2']
    const sent: string[] = []
    const apiServer = createServer((request, response) => {
      if (request.url === '/oauth2/v1/token') {
        const token = tokens.shift()
        response.writeHead(200, { 'content-type': 'application/json' })
        return response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600 }))
      }
      sent.push(request.headers.authorization ?? '')
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ errorCode: 'E0000011', errorSummary: `Invalid: ${sent.join()}` }))
    }).listen(0, '127.0.0.1')
    try {
      await once(apiServer, 'listening')
      const tenant = `http://127.0.0.1:${(apiServer.address() as AddressInfo).port}`
      const { clientId, jwk } = okta.client('service')
      const other = await connect({ tenant, clientId, jsonWebKey: jwk as object }, { store: createMemoryStore() })
      const { error } = await callApi(other, { method: 'GET', path: '/x' })
      expect(sent).toEqual(['Bearer not-a-real-token-1', 'Bearer not-a-real-token-2'])
      expect(tokens).toEqual([])
      expect(error?.api?.summary).toContain('Bearer ***,Bearer ***')
      expect(error?.api?.body).toContain('Bearer ***,Bearer ***')
    } finally {
      apiServer.closeAllConnections()
      apiServer.close()
    }
  })

  it('reports a conditional request whose resource is not modified', async () => {
    server.respond = (_request, response) => response.writeHead(304).end()
    const { error } = await callApi(server.session, { method: 'GET', path: '/x', headers: { 'if-none-match': '"a"' } })
    expect(error).toMatchObject({ code: 'api_failed', message: expect.stringContaining('not modified (HTTP 304)') })
  })

  it.each([undefined, {}, { path: '/x' }, { method: 'GET' }, { method: 'GET', path: '/x', headers: { a: 1 } }])(
    'rejects the request %j',
    async request => {
      await expect(callApi(server.session, request as never)).rejects.toMatchObject({ code: 'options_invalid' })
    },
  )

  it('lists every cause of a validation error', async () => {
    const errorCauses = [{ errorSummary: 'login: too short' }, { errorSummary: 'email: missing' }]
    const body = JSON.stringify({ errorCode: 'E0000001', errorSummary: 'Api validation failed: user', errorCauses })
    server.respond = (_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json', 'x-okta-request-id': 'req-1' })
      response.end(body)
    }
    const { error } = await callApi(server.session, { method: 'POST', path: '/api/v1/users', body: '{}' })
    expect(error?.message).toBe(
      'POST /api/v1/users failed with HTTP 400: Api validation failed: user (E0000001).\nlogin: too short.\nemail: missing.',
    )
    expect(error?.api).toEqual({
      ...{ status: 400, errorCode: 'E0000001', summary: 'Api validation failed: user' },
      ...{ causes: ['login: too short', 'email: missing'], requestId: 'req-1', body },
    })
    expect(JSON.stringify(error)).not.toContain('errorCauses')
  })

  it.each<[string, string, Record<string, string>]>([
    ['E0000006', 'Assign an admin role that allows this request to the user who created the API token', {}],
    [
      'E0000006',
      'The request requires the scope okta.apps.read: grant it',
      { 'www-authenticate': 'Bearer scope="okta.apps.read", error="insufficient_scope"' },
    ],
    [
      'E0000006',
      'The request requires another scope: grant it',
      { 'www-authenticate': 'Bearer scope="a-secret-token", error="insufficient_scope"' },
    ],
    ['E0000068', 'Fix the request', {}],
  ])('explains the status 403 in the hint only: %s, %s', async (errorCode, hint, headers) => {
    server.respond = (_request, response) =>
      response.writeHead(403, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ errorCode }))
    const notify = () => expect.unreachable('the hint is repeated')
    const other = await connect({ tenant: server.origin, apiToken: server.token }, { notify })
    const { error } = await callApi(other, { method: 'POST', path: '/x', body: '{}' })
    expect(error?.hint).toContain(hint)
  })

  it('explains the status 404 of /users/me when the token is of an app', async () => {
    const { error } = await callApi(session, { method: 'GET', path: '/api/v1/users/me' })
    expect(error).toMatchObject({ hint: expect.stringContaining('me is the user who signed in'), api: { status: 404 } })
  })

  it.each([
    [429, 'rate_limited'],
    [503, 'server_failed'],
    [409, 'api_failed'],
    [302, 'api_failed'],
  ])('maps HTTP %i to %s', async (status, code) => {
    server.respond = (_request, response) =>
      // A reset that is too far away to wait for it.
      response
        .writeHead(status, { 'x-rate-limit-reset': `${Math.floor(Date.now() / 1000) + 600}`, location: '/x?code=1' })
        .end('<html>')
    const { error } = await callApi(server.session, { method: 'GET', path: '/api/v1/users' })
    expect(error?.code).toBe(code)
    expect(error?.message).not.toContain('code=1')
  })

  it('has the remedy to sign in when the API responds with 401', async () => {
    server.respond = (_request, response) => response.writeHead(401).end()
    const { error } = await callApi(server.session, { method: 'GET', path: '/api/v1/users' })
    expect(error).toMatchObject({ code: 'api_failed', remedy: { id: 'sign_in' } })
  })

  it('does not repeat the token when the server does', async () => {
    server.respond = ({ headers }, response) => {
      response.writeHead(400, { 'x-okta-request-id': String(headers.authorization) })
      response.end(JSON.stringify({ errorCode: headers.authorization, errorSummary: `not ${headers.authorization}` }))
    }
    const { error } = await callApi(server.session, { method: 'GET', path: '/x' })
    expect(JSON.stringify(error)).toContain('***')
    expect(JSON.stringify(error)).not.toContain(server.token)
  })

  it('reads a large body as a stream', async () => {
    server.respond = (_request, response) => response.end('x'.repeat(100_000))
    const response = await callApi(server.session, { method: 'GET', path: '/x' }, { maxBytes: 1_000 })
    const rest = await text(restOfBody(response, server.session))
    expect(String(response.body.start) + rest).toBe('x'.repeat(100_000))
  })

  it('rejects a body that is too large when a caller needs all of it', async () => {
    server.respond = (_request, response) => response.end('x'.repeat(100_000))
    const response = await callApi(server.session, { method: 'GET', path: '/x' }, { maxBytes: 1_000 })
    await expect(requireWholeBody(response, server.session, 'Request less.')).rejects.toMatchObject({
      code: 'server_failed',
      hint: 'Request less.',
    })
  })

  it('reports a broken connection as network_failed', async () => {
    server.respond = ({ socket }) => socket.destroy()
    await expect(callApi(server.session, { method: 'GET', path: '/x' })).rejects.toMatchObject({
      code: 'network_failed',
    })
  })

  it('reports an aborted signal as cancelled', async () => {
    const end = new AbortController()
    server.respond = () => end.abort()
    const { signal } = end
    await expect(callApi(server.session, { method: 'GET', path: '/x' }, { signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  it.each([
    ['a method that is not of the API', { method: 'TRACE', path: '/x' }],
    ['a path without a slash', { method: 'GET', path: 'api/v1/users' }],
    ['a body with GET', { method: 'GET', path: '/x', body: '{}' }],
    ['a header that the session sets', { method: 'GET', path: '/x', headers: { Authorization: 'Bearer x' } }],
    ['a header with a line end', { method: 'GET', path: '/x', headers: { 'x-mine': 'a\r\nb: c' } }],
    ['a URL of another org', { method: 'GET', path: 'https://other.example/api/v1/users' }],
  ])('rejects %s', async (_what, request) => {
    await expect(callApi(server.session, request)).rejects.toMatchObject({ code: 'options_invalid' })
  })
})

describe('checkApiRequest', () => {
  it('adds the default headers, and names the method in capitals', () => {
    expect(checkApiRequest({ method: 'post', path: '/x', body: '{}', headers: { 'X-Mine': ' a ' } })).toEqual({
      ...{ method: 'POST', path: '/x', body: '{}' },
      headers: { accept: 'application/json', 'content-type': 'application/json', 'x-mine': 'a' },
    })
  })

  it('does not repeat a value that may be a secret', () => {
    const secret = 'correct-horse'
    for (const request of [
      { method: secret, path: '/x' },
      { method: 'GET', path: secret },
      { method: 'GET', path: '/x', headers: { [`${secret}(`]: 'a' } },
    ]) {
      expect(() => checkApiRequest(request)).toThrow(expect.objectContaining({ code: 'options_invalid' }))
      expect(() => checkApiRequest(request)).not.toThrow(secret)
    }
  })
})
