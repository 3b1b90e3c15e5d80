import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { basic, digestFor, startBroker, type TestBroker } from './broker.test.support.js'

type Answer = (incoming: IncomingMessage, response: ServerResponse) => unknown

/** A request to the proxy. */
export interface Sent {
  readonly method?: string
  readonly client?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A response of the proxy. */
export interface Received {
  readonly status: number | undefined
  readonly headers: object
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[]
  readonly body: string
}

/** An org that records requests, and a broker in front of it. */
export interface ProxiedOrg extends AsyncDisposable {
  readonly url: string
  readonly apiToken: string
  readonly broker: TestBroker
  /** The requests that the org has received. */
  readonly seen: IncomingMessage[]
  /** The response of the org. Default: {@link echo}. */
  answer: Answer
  /** Sends a request with exactly this path. */
  send(path: string, sent?: Sent): Promise<Received>
  /** Starts a request to the proxy. */
  begin(path: string, method?: string): ReturnType<typeof request>
}

/** The request rules of the client `reader`. */
export const requests = ['GET /api/v1/users/**', 'GET,POST /api/v1/groups/*/users']

/** Sends the body of the request back. */
export const echo: Answer = (incoming, response) => incoming.pipe(response)

/** Starts a {@link ProxiedOrg} with three clients: `payroll` without rules, `reader` with rules, `outsider` without proxy access. */
export async function startProxiedOrg(): Promise<ProxiedOrg> {
  const seen: IncomingMessage[] = []
  const server = createServer((incoming, response) => {
    seen.push(incoming)
    org.answer(incoming, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const apiToken = `static token of process ${process.pid}`.replaceAll(' ', '-')
  const client = (name: string, more: object = {}) => ({ secretSha256: digestFor(name), connections: ['org'], ...more })
  const broker = await startBroker(
    {
      connections: { org: { tenant: url, apiToken: { file: 'api-token' } } },
      clients: {
        payroll: client('payroll'),
        reader: client('reader', { requests }),
        outsider: client('outsider', { access: ['token'] }),
      },
    },
    { files: { 'api-token': apiToken } },
  )
  const to = { port: broker.port, host: '127.0.0.1' }
  const host = `localhost:${broker.port}`
  const org: ProxiedOrg = {
    url,
    apiToken,
    broker,
    seen,
    answer: echo,
    begin(path, method = 'GET') {
      return request({ ...to, path, method, headers: { authorization: basic('payroll'), host } })
    },
    async send(path, { method = 'GET', client: name = 'payroll', headers = {}, body } = {}) {
      const outgoing = request({ ...to, path, method, headers: { authorization: basic(name), ...headers } })
      outgoing.setHeader('host', host)
      outgoing.end(body)
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      const { statusCode: status, headers: received, rawHeaders } = response
      return { status, headers: received, rawHeaders, body: await text(response) }
    },
    async [Symbol.asyncDispose]() {
      await broker.stop()
      server.closeAllConnections()
      server.close()
    },
  }
  return org
}
