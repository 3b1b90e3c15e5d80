import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { connect, type Notice } from '../src/index.js'
import {
  connectErrorFrom,
  connectToFakeServer,
  jsonResponse,
  jsonWebKey,
  stopFakeServers,
  tokenResponse,
} from './support/fake-server.test.support.js'

afterAll(stopFakeServers)

// Concurrent: most of these tests wait for a retry.
describe.concurrent('connect', () => {
  it('reports the error code and description of a 503 response', async () => {
    const failure = await connectErrorFrom(jsonResponse(503, { errorCode: 'E0000010', errorSummary: 'Read only.' }))
    expect(failure).toMatchObject({ code: 'server_failed', hint: expect.stringContaining('status.okta.com') })
    expect(failure.oauth).toEqual({ error: 'E0000010', description: 'Read only.', status: 503 })
  })

  it.each([
    ['in the past', '999999999'],
    ['now', '1000000000'],
    ['in an hour', '1000003600'],
    ['at an invalid time', 'never'],
  ])('suggests a retry in 60 s when the rate limit resets %s', async (_when, reset) => {
    const headers = { date: 'Sun, 09 Sep 2001 01:46:40 GMT', 'x-rate-limit-reset': reset }
    expect((await connectErrorFrom(jsonResponse(429, {}, headers), { signal: AbortSignal.timeout(20_000) })).hint).toBe(
      'Try again in 60 s.',
    )
  })

  it('computes the wait after a 429 by the clock of the server, also when the header is repeated', async () => {
    const headers = { date: 'Sun, 09 Sep 2001 01:46:40 GMT', 'x-rate-limit-reset': '1000000317, 1000000317' }
    const failure = await connectErrorFrom(
      jsonResponse(429, { errorCode: 'E0000047', errorSummary: 'API call exceeded' }, headers),
    )
    expect(failure).toMatchObject({ code: 'rate_limited', hint: 'Try again in 317 s.', oauth: { error: 'E0000047' } })
  })

  it.each([500, 503])('sends three requests with a new assertion each when the status is %i', async status => {
    const assertions = new Set<string>()
    const failure = await connectErrorFrom(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      assertions.add(new URLSearchParams(body).get('client_assertion') ?? '')
      jsonResponse(status, {})(request, response)
    })
    expect(failure).toMatchObject({ code: 'server_failed' })
    expect(assertions.size).toBe(3)
  })

  it('retries when the system clock changes during the wait', async () => {
    let requests = 0
    const session = await connectToFakeServer(
      (request, response) => {
        requests += 1
        jsonResponse(requests === 1 ? 503 : 200, tokenResponse)(request, response)
      },
      { now: () => Date.now() + requests * 3600_000 },
    )
    expect((await session.token()).value).toBe(tokenResponse.access_token)
    expect(requests).toBe(2)
  })

  it('retries after the wait that the server requests', async () => {
    const times: number[] = []
    const notices: Notice[] = []
    const session = await connectToFakeServer(
      (request, response) => {
        times.push(Date.now())
        if (times.length > 1) return jsonResponse(200, tokenResponse)(request, response)
        const reset = String(Math.ceil(Date.now() / 1000) + 1)
        jsonResponse(429, {}, { 'x-rate-limit-reset': reset })(request, response)
      },
      { notify: notice => notices.push(notice) },
    )
    expect((await session.token()).value).toBe(tokenResponse.access_token)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1000)
    expect(notices).toEqual([{ code: 'retrying', message: expect.stringContaining('Trying again') }])
  })

  it('reports network_failed when the server closes the connection or is unreachable', async () => {
    const failure = await connectErrorFrom(request => request.socket.destroy())
    expect(failure).toMatchObject({ code: 'network_failed' })
    const attempt = connect({ tenant: 'http://127.0.0.1:1', clientId: '0oa1', jsonWebKey })
    await expect(attempt).rejects.toMatchObject({
      code: 'network_failed',
      message: expect.stringContaining('127.0.0.1:1'),
    })
  })

  it('reports network_failed when the server does not respond in time', async () => {
    const failure = await connectErrorFrom(() => {}, { requestTimeoutMs: 200 })
    expect(failure).toMatchObject({ code: 'network_failed', message: expect.stringContaining('within 0.2 s') })
  })

  it('closes the connection at once when the signal aborts', async () => {
    const controller = new AbortController()
    let closed: Promise<unknown> | undefined
    const listener: RequestListener = incoming => {
      closed = once(incoming.socket, 'close')
      controller.abort()
    }
    const { code } = await connectErrorFrom(listener, { signal: controller.signal, requestTimeoutMs: 60_000 })
    expect(code).toBe('cancelled')
    await expect(closed).resolves.toBeDefined()
  })

  it('sends no request when the signal is already aborted', async () => {
    let requests = 0
    const failure = await connectErrorFrom(() => requests++, { signal: AbortSignal.abort() })
    expect({ code: failure.code, requests }).toEqual({ code: 'cancelled', requests: 0 })
  })
})
