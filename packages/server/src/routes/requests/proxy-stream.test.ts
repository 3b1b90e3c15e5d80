import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { basic } from '../../../test/support/broker.test.support.js'
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

describe('streaming by the proxy', () => {
  it('streams both bodies: the first chunk arrives before the last is sent', async () => {
    const outgoing = org.begin('/proxy/org/echo', 'POST')
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

  it('writes nothing into a response when the client sends a malformed request after it', async () => {
    let end = () => {}
    org.answer = (_incoming, response) => {
      response.writeHead(200)
      response.write('one')
      end = () => response.destroy()
    }
    const socket = connect(org.broker.port, '127.0.0.1')
    const head = `GET /proxy/org/echo HTTP/1.1\r\nHost: localhost:${org.broker.port}\r\n`
    socket.write(`${head}Authorization: ${basic('payroll')}\r\n\r\n`)
    let received = ''
    for await (const chunk of socket) {
      received += chunk
      if (received.includes('one')) socket.write('SSH-2.0-OpenSSH_9.9\r\n\r\n')
    }
    end()
    expect(received).toContain('one')
    expect(received).not.toContain('400 Bad Request')
  })

  it('forwards bodies of any length, with their Content-Length', async () => {
    const body = 'x'.repeat(3_000_000)
    const sent = await org.send('/proxy/org/echo', { method: 'PUT', body, headers: { 'content-length': '3000000' } })
    expect(org.seen[0]?.headers).toMatchObject({ 'content-length': '3000000' })
    expect(org.seen[0]?.headers).not.toHaveProperty('transfer-encoding')
    expect(sent.status).toBe(200)
    expect(sent.body.length).toBe(body.length)
  })

  it('does not count the upload towards the time limit', async () => {
    org.answer = async (incoming, response) => response.end(await text(incoming))
    const outgoing = org.begin('/proxy/org/echo', 'POST')
    const arrived = new Promise<void>(resolve => {
      const { answer } = org
      org.answer = (incoming, response) => {
        resolve()
        return answer(incoming, response)
      }
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      outgoing.write('one')
      await arrived
      vi.advanceTimersByTime(61_000)
      outgoing.end('two')
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      expect([response.statusCode, await text(response)]).toEqual([200, 'onetwo'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('aborts the request to the org when the client disconnects', async () => {
    const arrived = new Promise<IncomingMessage>(resolve => {
      org.answer = incoming => resolve(incoming)
    })
    const outgoing = org.begin('/proxy/org/slow').on('error', () => {})
    outgoing.end()
    const incoming = await arrived
    const closed = once(incoming.socket, 'close')
    outgoing.destroy()
    await closed
  })

  it('answers 502 when the org closes the connection', async () => {
    org.answer = (_incoming, response) => response.destroy()
    expect(await org.send('/proxy/org/api/v1/users')).toMatchObject({
      status: 502,
      body: expect.stringContaining('network_failed'),
    })
  })

  it('closes the connection when the response of the org is incomplete', async () => {
    const begun = new Promise<ServerResponse>(resolve => {
      org.answer = (_incoming, response) => {
        response.write('first')
        resolve(response)
      }
    })
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const outgoing = org.begin('/proxy/org/x').end()
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

  it('prints nothing to the console when a client disconnects', async () => {
    const begun = new Promise<ServerResponse>(resolve => {
      org.answer = (_incoming, response) => {
        response.write('first')
        resolve(response)
      }
    })
    const printed = vi.spyOn(console, 'info').mockImplementation(() => {})
    const outgoing = org
      .begin('/proxy/org/x')
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

  it('answers 502 when a short response is incomplete', async () => {
    org.answer = (_incoming, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half of it', () => response.destroy())
    }
    const { status, body } = await org.send('/proxy/org/api/v1/users')
    expect({ status, error: JSON.parse(body).error }).toEqual({ status: 502, error: 'network_failed' })
  })
})
