import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { basic, digestFor, startBroker, type TestBroker } from './broker.test.support.js'

type Answer = (incoming: IncomingMessage, response: ServerResponse) => unknown

/** What a test sends through the proxy. */
export interface Sent {
  readonly method?: string
  readonly caller?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** An org that keeps what reached it, and a broker in front of it. */
export interface ProxiedOrg extends AsyncDisposable {
  readonly url: string
  readonly apiToken: string
  readonly broker: TestBroker
  /** What reached the org. */
  readonly seen: IncomingMessage[]
  /** Lets the org answer so; unless said it sends back what came. */
  answer: Answer
  /** Sends a request whose path goes over the wire as it is written here. */
  send(path: string, sent?: Sent): Promise<{ status: number | undefined; headers: object; body: string }>
  /** The beginning of a request to the proxy, to be written to. */
  begin(path: string, method?: string): ReturnType<typeof request>
}

/** What some clients may ask of the org. */
export const requests = ['GET /api/v1/users/**', 'GET,POST /api/v1/groups/*/users']

export const echo: Answer = (incoming, response) => incoming.pipe(response)

/** Starts a {@link ProxiedOrg}, with callers who may do all, some and nothing. */
export async function startProxiedOrg(): Promise<ProxiedOrg> {
  const seen: IncomingMessage[] = []
  const server = createServer((incoming, response) => {
    seen.push(incoming)
    org.answer(incoming, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const apiToken = `static token of process ${process.pid}`.replaceAll(' ', '-')
  const caller = (name: string, more: object = {}) => ({ secretSha256: digestFor(name), connections: ['org'], ...more })
  const broker = await startBroker(
    {
      connections: { org: { tenant: url, apiToken: { file: 'api-token' } } },
      callers: {
        payroll: caller('payroll'),
        reader: caller('reader', { requests }),
        stranger: caller('stranger', { ways: ['token'] }),
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
    async send(path, { method = 'GET', caller: name = 'payroll', headers = {}, body } = {}) {
      const outgoing = request({ ...to, path, method, headers: { authorization: basic(name), ...headers } })
      outgoing.setHeader('host', host)
      outgoing.end(body)
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      return { status: response.statusCode, headers: response.headers, body: await text(response) }
    },
    async [Symbol.asyncDispose]() {
      await broker.stop()
      server.closeAllConnections()
      server.close()
    },
  }
  return org
}
