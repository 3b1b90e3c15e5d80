import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { begin, host, type Sent, send, startTwoBrokers, type TwoBrokers } from './two-brokers.test.support.js'

/** A proxy that runs with the example configuration. */
export interface RunningProxy {
  readonly port: number
  /** Its certificate, in PEM. */
  readonly ca: string
  stop(): Promise<void>
}

/** Defines the tests that the broker must pass behind any proxy. */
export function describeProxy(name: string, start: (brokerPorts: readonly number[]) => Promise<RunningProxy>): void {
  describe(`the broker behind ${name}`, () => {
    let brokers: TwoBrokers
    let proxy: RunningProxy

    beforeAll(async () => {
      brokers = await startTwoBrokers()
      proxy = await start(brokers.ports)
    })
    afterAll(async () => {
      await proxy.stop()
      await brokers[Symbol.asyncDispose]()
    })

    const get = (path: string, sent: Sent = {}, body?: string) => send(proxy.port, proxy.ca, path, sent, body)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const token = (sent: Sent = {}) =>
      get('/oauth2/token', { method: 'POST', ...sent, headers: { ...form, ...sent.headers } }, tokenForm)
    const tokenForm = 'grant_type=client_credentials&connection=users'

    it('issues tokens, and names its own host in the metadata', async () => {
      const answer = await token()
      expect(answer.status).toBe(200)
      const metadata = JSON.parse((await get('/.well-known/oauth-authorization-server')).body)
      expect(metadata).toMatchObject({ issuer: `https://${host}`, token_endpoint: `https://${host}/oauth2/token` })
    })

    it('counts failed attempts for the address of the client, whatever X-Forwarded-For it sends', async () => {
      const guess = (number: number) =>
        token({ secret: 'a-guess', localAddress: '127.0.0.2', headers: { 'x-forwarded-for': `203.0.113.${number}` } })
      const statuses = []
      // The two processes count separately without a shared store.
      for (let number = 0; number < 25; number++) statuses.push((await guess(number)).status)
      expect(statuses.at(-1)).toBe(429)
      expect((await token({ localAddress: '127.0.0.3' })).status).toBe(200)
    })

    it('streams a response from Okta while it is sent', async () => {
      let end = () => {}
      brokers.answer = (_incoming, response) => {
        response.write('the first part')
        end = () => response.end('the second part')
      }
      const outgoing = begin(proxy.port, proxy.ca, '/proxy/org/api/v1/logs').end()
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      expect(String((await once(response, 'data'))[0])).toBe('the first part')
      end()
      expect(String((await once(response, 'data'))[0])).toBe('the second part')
    })

    it('streams a request to Okta while it is received', async () => {
      let receive: (part: string) => void = () => {}
      const received = new Promise<string>(resolve => {
        receive = resolve
      })
      brokers.answer = (incoming: IncomingMessage, response: ServerResponse) => {
        incoming.once('data', part => receive(String(part)))
        incoming.on('end', () => response.end('done'))
      }
      const outgoing = begin(proxy.port, proxy.ca, '/proxy/org/api/v1/users', { method: 'POST' })
      outgoing.write('the first part')
      expect(await received).toBe('the first part')
      outgoing.end('the second part')
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      expect(response.statusCode).toBe(200)
    })

    it('does not pass on /metrics', async () => {
      expect((await get('/metrics')).status).toBe(404)
    })

    it('loses no request when each process is restarted under load', { timeout: 120_000 }, async () => {
      const agent = new Agent({ keepAlive: true })
      const outcomes = new Map<string, number>()
      let isOver = false
      const client = async () => {
        while (!isOver) {
          const outcome = await token({ agent }).then(
            ({ status }) => String(status),
            (error: Error) => error.message,
          )
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        }
      }
      const clients = Array.from({ length: 8 }, client)
      for (const index of [0, 1]) await brokers.restart(index)
      isOver = true
      await Promise.all(clients)
      agent.destroy()
      expect([...outcomes.keys()]).toEqual(['200'])
      expect(outcomes.get('200')).toBeGreaterThan(100)
    })
  })
}
