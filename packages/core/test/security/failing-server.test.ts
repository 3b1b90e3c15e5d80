import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { connect, type Notice } from '../../src/index.js'
import { connectTo, failureFrom, json, jsonWebKey, stopServers, token } from '../support/hostile-server.test.support.js'

afterAll(stopServers)

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

  it('is asked again also when the clock of the machine is set meanwhile', async () => {
    let requests = 0
    const session = await connectTo(
      (request, response) => {
        requests += 1
        json(requests === 1 ? 503 : 200, token)(request, response)
      },
      { now: () => Date.now() + requests * 3600_000 },
    )
    expect((await session.token()).value).toBe(token.access_token)
    expect(requests).toBe(2)
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
})
