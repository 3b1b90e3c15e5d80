import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, connectionOf, digestFor, filesOf, startBroker } from './support/broker.test.support.js'

let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(() => okta.close())

const start = (more: object = {}) =>
  startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
      ...more,
    },
    { files: filesOf(okta) },
  )

describe('SIGTERM', () => {
  it('makes /readyz fail while requests are still served', async () => {
    const broker = await start({ shutdownDelay: '1h' })
    const skipDelay = new AbortController()
    const ended = broker.terminate(skipDelay.signal)
    await expect.poll(async () => (await fetch(`${broker.url}/readyz`)).status).toBe(503)
    const ready = await fetch(`${broker.url}/readyz`)
    expect(await ready.json()).toEqual({ status: 'draining', degraded: [] })
    expect(ready.headers.get('connection')).toBe('close')
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const headers = { authorization: basic('payroll') }
    expect((await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })).status).toBe(200)
    skipDelay.abort()
    await ended
    await expect(fetch(`${broker.url}/readyz`)).rejects.toThrow()
  })

  it('serves the next request of an idle connection, and closes it then', async () => {
    const broker = await start({ shutdownDelay: '1h' })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const get = async () => {
      const [response] = (await once(request(`${broker.url}/healthz`, { agent }).end(), 'response')) as [
        IncomingMessage,
      ]
      const { statusCode: status, headers, socket } = response
      const { localPort: port } = socket
      await text(response)
      return { status, connection: headers.connection, port }
    }
    const first = await get()
    const skipDelay = new AbortController()
    const ended = broker.terminate(skipDelay.signal)
    await expect.poll(() => broker.lines().some(({ msg }) => msg === 'draining')).toBe(true)
    expect(await get()).toEqual({ ...first, connection: 'close' })
    // The port is still open, also for a new connection.
    expect((await get()).status).toBe(200)
    skipDelay.abort()
    await ended
    agent.destroy()
  })

  it('ends the process when the delay is over', async () => {
    const broker = await start({ shutdownDelay: '1s' })
    const startedAt = performance.now()
    await broker.terminate()
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990)
  })

  it('does not wait for connections without a request when the delay is over', async () => {
    const broker = await start({ shutdownDelay: '0s' })
    const silent = connect(broker.port, '127.0.0.1').on('error', () => {})
    await once(silent, 'connect')
    const begun = connect(broker.port, '127.0.0.1').on('error', () => {})
    begun.write('GET /healthz HTTP/1.1\r\nHost: ')
    // A new connection, so that the server has accepted the other two.
    await fetch(`${broker.url}/healthz`, { headers: { connection: 'close' } })
    const startedAt = performance.now()
    await broker.terminate()
    // The time limit for requests in progress.
    expect(performance.now() - startedAt).toBeLessThan(15_000)
  })

  it('has no delay when it is Ctrl+C', async () => {
    const broker = await start({ shutdownDelay: '1h' })
    await broker.stop()
    await expect(fetch(`${broker.url}/readyz`)).rejects.toThrow()
  })
})

describe('an aborted request', () => {
  it.each([
    [
      'POST /oauth2/token HTTP/1.1',
      'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60',
      'grant_type=',
    ],
    [
      'POST /oauth2/token HTTP/1.1',
      'Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked',
      '5\r\ngran',
    ],
    ['POST /oauth2/revoke HTTP/1.1', 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60', 'tok'],
    [
      'POST /connections/users/authorization HTTP/1.1',
      'Content-Type: application/json\r\nContent-Length: 60',
      '{"method',
    ],
    ['POST /proxy/users/api/v1/users HTTP/1.1', 'Content-Type: application/json\r\nContent-Length: 60', '{"profile'],
    ['POST /login/users HTTP/1.1', 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60', 'form_'],
    ['POST /logout HTTP/1.1', 'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 60', '--x\r\n'],
  ])('is not logged as a bug: %s', async (line, head, part) => {
    await using broker = await start({ log: { requests: true } })
    const socket = connect(broker.port, '127.0.0.1')
    const origin = `Origin: ${broker.url}\r\nSec-Fetch-Site: same-origin\r\nExpect: 100-continue`
    socket.write(
      `${line}\r\nHost: localhost:${broker.port}\r\nAuthorization: ${basic('payroll')}\r\n${origin}\r\n${head}\r\n\r\n`,
    )
    // The server has read the request headers.
    await once(socket, 'data')
    socket.write(part)
    socket.destroy()
    await expect.poll(() => broker.lines().some(({ msg }) => msg === 'request')).toBe(true)
    await fetch(`${broker.url}/healthz`)
    expect(broker.lines().filter(({ level }) => level !== 'info')).toEqual([])
  })
})
