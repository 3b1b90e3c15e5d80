import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { OktaSession } from '@connect-okta/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { forwardRequest } from './forward-request.js'

it('responds with 504 when the org has not responded for 60 s', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let begin = () => {}
  const hasBegun = new Promise<void>(resolve => {
    begin = resolve
  })
  // An org that never responds.
  const session = {
    orgUrl: new URL('https://example.okta.com'),
    fetch: (_url, { signal } = {}) => {
      begin()
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    },
  } satisfies Pick<OktaSession, 'orgUrl' | 'fetch'>
  const reported: string[] = []
  const proxy = createServer((incoming, response) => {
    const target = { path: '/api/v1/users', origin: 'http://localhost' }
    void forwardRequest(incoming, response, target, session as never, ({ message }) => reported.push(message))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void proxy.close())
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo
  const outgoing = request({ host: '127.0.0.1', port, agent: false }).end()
  const response = once(outgoing, 'response')
  await hasBegun
  vi.advanceTimersByTime(60_000)
  const [{ statusCode }, body] = await response.then(
    async ([one]) => [one as IncomingMessage, await text(one)] as const,
  )
  expect({ statusCode, ...JSON.parse(body) }).toMatchObject({ statusCode: 504, error: 'server_failed' })
  expect(reported).toEqual(['example.okta.com did not respond within 60 s.'])
})
