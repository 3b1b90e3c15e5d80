import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectToFakeServer, stopFakeServers } from '../../test/support/fake-server.test.support.js'
import type { OktaSession } from '../index.js'
import { createMemoryStore } from '../stores/memory-store.js'

interface ReceivedRequest {
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let received: ReceivedRequest[]
let respond: (request: IncomingMessage, response: ServerResponse) => void
afterEach(stopFakeServers)
beforeEach(() => {
  received = []
  respond = (_request, response) => response.end()
})

/** Connects to a server that issues tokens and records the other requests. */
function open(dpop: 'auto' | 'always' = 'auto'): Promise<OktaSession> {
  let tokens = 0
  return connectToFakeServer(
    async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      if (request.url !== '/oauth2/v1/token') {
        received.push({ target: `${request.method} ${request.url}`, headers: request.headers, body })
        return respond(request, response)
      }
      tokens += 1
      const type = request.headers.dpop === undefined ? 'Bearer' : 'DPoP'
      const token = { access_token: `t${tokens}`, token_type: type, expires_in: 3600, scope: 'okta.users.manage' }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token))
    },
    { store: createMemoryStore() },
    { dpop },
  )
}

const post = (url: URL) =>
  new Request(url, { method: 'POST', body: '{"name":"Ada"}', headers: { 'x-mine': 'yes', authorization: 'Bearer no' } })

describe('session.fetch', () => {
  it.each<[string, (session: OktaSession, request: Request) => Promise<Response>]>([
    ['a Request', (session, request) => session.fetch(request)],
    ['a Request as the options', (session, request) => session.fetch(request.url, request)],
    [
      'a Request and options without members',
      (session, request) => session.fetch(request, { method: undefined } as object),
    ],
  ])('sends the method, the headers and the body of %s', async (_what, send) => {
    const session = await open()
    await send(session, post(new URL('/users', session.orgUrl)))
    expect(received).toEqual([
      {
        target: 'POST /users',
        headers: expect.objectContaining({
          'x-mine': 'yes',
          authorization: 'Bearer t1',
          'content-type': 'text/plain;charset=UTF-8',
        }),
        body: '{"name":"Ada"}',
      },
    ])
  })

  it('prefers the options to the members of a Request', async () => {
    const session = await open()
    const request = post(new URL('/users', session.orgUrl))
    await session.fetch(request, { method: 'PUT', body: 'other', headers: { 'x-other': 'yes' } })
    expect(received).toMatchObject([{ target: 'PUT /users', headers: { 'x-other': 'yes' }, body: 'other' }])
    expect(received[0]?.headers).not.toHaveProperty('x-mine')
  })

  it('repeats a Request with its body when the token or the DPoP proof is rejected', async () => {
    const session = await open('always')
    respond = (_request, response) => {
      if (received.length === 1)
        response.setHeader('dpop-nonce', 'n').setHeader('www-authenticate', 'DPoP error="use_dpop_nonce"')
      response.writeHead(received.length < 3 ? 401 : 200).end()
    }
    expect((await session.fetch(post(new URL('/users', session.orgUrl)))).status).toBe(200)
    expect(received.map(({ target, body }) => [target, body])).toEqual(Array(3).fill(['POST /users', '{"name":"Ada"}']))
  })

  it('is cancelled by the signal of a Request', async () => {
    const session = await open()
    const end = new AbortController()
    respond = () => end.abort()
    const request = new Request(new URL('/users', session.orgUrl), { signal: end.signal })
    await expect(session.fetch(request)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('does not send a Request to another origin, nor follow its redirects', async () => {
    const session = await open()
    const other = new Request('https://evil.example/users')
    for (const send of [session.fetch(other), session.fetch(other, { method: 'GET' })])
      await expect(send).rejects.toMatchObject({ code: 'options_invalid' })
    respond = (_request, response) => response.writeHead(302, { location: '/other' }).end()
    const request = new Request(new URL('/users', session.orgUrl), { redirect: 'follow' })
    expect((await session.fetch(request)).status).toBe(302)
    expect(received).toHaveLength(1)
  })
})

describe('the methods of a session', () => {
  it('work without the session, as a library calls them', async () => {
    const session = await open()
    const { token, authorization, disconnect } = session
    const fetchOfLibrary: typeof fetch = session.fetch
    expect((await fetchOfLibrary(new URL('/users', session.orgUrl))).status).toBe(200)
    expect((await token()).value).toBe('t1')
    expect(await authorization('GET', '/users')).toEqual({ authorization: 'Bearer t1' })
    await disconnect()
    await expect(token()).rejects.toMatchObject({ code: 'login_required' })
  })
})
