import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { startProxiedOrg } from '../support/proxied-org.test.support.js'

describe('a request through the local proxy', () => {
  it('reaches the org with its method, path, query, headers and body, and with the token of the connection', async () => {
    const seen: IncomingMessage[] = []
    const { begin } = await startProxiedOrg((incoming, response) => {
      seen.push(incoming)
      incoming.pipe(response)
    })
    const headers = {
      'content-type': 'application/json',
      'if-match': '"1"',
      'x-own': 'a',
      te: 'trailers',
      'x-hop': 'b',
    }
    const more = { connection: 'x-hop', cookie: 'sid=1', origin: 'https://x.example', 'content-length': '7' }
    const outgoing = begin('/api/v1/groups?limit=1&q=a%20b', 'POST', { ...headers, ...more }).end('{"a":1}')
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect(await text(response)).toBe('{"a":1}')
    const [got] = seen
    expect(got).toMatchObject({ method: 'POST', url: '/api/v1/groups?limit=1&q=a%20b' })
    expect(got?.headers).toMatchObject({
      authorization: 'SSWS not-a-real-token',
      'content-type': 'application/json',
      'if-match': '"1"',
      'x-own': 'a',
      'content-length': '7',
    })
    for (const name of ['cookie', 'origin', 'te', 'x-hop']) expect(got?.headers).not.toHaveProperty(name)
  })

  it('streams both bodies: the first chunk arrives before the last is sent', async () => {
    const { begin } = await startProxiedOrg((incoming, response) => incoming.pipe(response))
    const outgoing = begin('/echo', 'POST')
    outgoing.write('one')
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    const [first] = (await once(response, 'data')) as [Buffer]
    expect(String(first)).toBe('one')
    outgoing.end('two')
    expect(await text(response)).toBe('two')
  })

  it('carries a body of several megabytes with its length', async () => {
    let length: string | undefined
    const { send } = await startProxiedOrg((incoming, response) => {
      length = incoming.headers['content-length']
      incoming.pipe(response)
    })
    const { body } = await send('/echo', 'PUT', 'x'.repeat(3_000_000))
    expect({ received: body.length, length }).toEqual({ received: 3_000_000, length: '3000000' })
  })

  it('is aborted at the org when the client disconnects', async () => {
    let arrived = (_incoming: IncomingMessage) => {}
    const isArrived = new Promise<IncomingMessage>(resolve => {
      arrived = resolve
    })
    const { begin } = await startProxiedOrg(incoming => arrived(incoming))
    const outgoing = begin('/slow')
      .on('error', () => {})
      .end()
    const { socket } = await isArrived
    const isClosed = once(socket, 'close')
    outgoing.destroy()
    await isClosed
  })
})

describe('a response through the local proxy', () => {
  it('is the one of the org, with one header for each link and without cookies', async () => {
    const { send, origin: own } = await startProxiedOrg((incoming, response) => {
      const base = `http://${incoming.headers.host}`
      response.writeHead(200, [
        ...['link', `<${base}/a?q=1,2>; rel="self"`, 'link', `<${base}/a?after=x>; rel="next"`],
        ...['link', '<https://other.example/>; rel="help"', 'set-cookie', 'sid=1', 'x-okta-request-id', 'r1'],
      ])
      response.end('[]')
    })
    const { response } = await send('/a')
    const links = response.rawHeaders.filter((_value, at) => /^link$/i.test(response.rawHeaders[at - 1] ?? ''))
    expect(links).toEqual([
      `<${own}/a?q=1,2>; rel="self"`,
      `<${own}/a?after=x>; rel="next"`,
      '<https://other.example/>; rel="help"',
    ])
    expect(response.headers).toMatchObject({ 'x-okta-request-id': 'r1' })
    expect(response.headers).not.toHaveProperty('set-cookie')
  })

  it('is returned at once when a rate limit is reached, for the client to wait', async () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 30)
    const { send } = await startProxiedOrg((_incoming, response) =>
      response.writeHead(429, { 'x-rate-limit-reset': reset, 'x-rate-limit-remaining': '0' }).end('{}'),
    )
    const { response } = await send('/api/v1/users')
    expect({ status: response.statusCode, reset: response.headers['x-rate-limit-reset'] }).toEqual({
      status: 429,
      reset,
    })
  })

  it('redirects through the proxy, and the redirect is not followed', async () => {
    const { send, origin } = await startProxiedOrg((incoming, response) =>
      response.writeHead(302, { location: `http://${incoming.headers.host}/there` }).end(),
    )
    const { response } = await send('/here')
    expect(response).toMatchObject({
      statusCode: 302,
      headers: { location: `${origin}/there` },
    })
  })

  it('is 502 with the reason when the org closes the connection', async () => {
    const { send, stderr } = await startProxiedOrg((_incoming, response) => response.destroy())
    const { response, body } = await send('/api/v1/users', 'POST', '{}')
    expect({ status: response.statusCode, error: JSON.parse(body).error }).toEqual({
      status: 502,
      error: 'network_failed',
    })
    expect(stderr()).toMatch(/^proxy: /m)
    expect(`${body}${stderr()}`).not.toContain('not-a-real-token')
  })

  it('never looks complete when the one of the org is not', async () => {
    const answers: ServerResponse[] = []
    const { begin } = await startProxiedOrg((_incoming, response) => {
      answers.push(response)
      response.write('first')
    })
    const [response] = (await once(begin('/x').end(), 'response')) as [IncomingMessage]
    await once(response, 'data')
    const isEnded = new Promise(resolve => response.on('error', () => {}).on('close', resolve))
    answers[0]?.destroy()
    await isEnded
    expect(response.complete).toBe(false)
  })
})
