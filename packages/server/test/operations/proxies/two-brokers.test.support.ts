import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type Agent, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort, startOktaEmulator } from '@connect-okta/emulator'
import { stringify } from 'yaml'
import { basic, connectionOf, digestFor, filesOf } from '../../support/broker.test.support.js'
import { type BrokerProcess, startProcess } from '../../support/process.test.support.js'

/** The host name in the example configurations. */
export const host = 'broker.example.com'

/** A request to the proxy in front of the brokers. */
export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly secret?: string
  /** The address that the request comes from. */
  readonly localAddress?: string
  readonly agent?: Agent
}

/** Two broker processes with the configuration of the examples, and an org whose responses a test determines. */
export interface TwoBrokers extends AsyncDisposable {
  readonly ports: readonly number[]
  readonly processes: readonly BrokerProcess[]
  /** Responds to requests that a broker sends to the org. */
  answer: RequestListener
  /** Ends a process with SIGTERM, and starts it again. Resolves when it has issued a token: the proxy uses it again. */
  restart(index: number): Promise<void>
}

/** Starts {@link TwoBrokers}. */
export async function startTwoBrokers(): Promise<TwoBrokers> {
  const okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  const server = createServer((incoming, response) => brokers.answer(incoming, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const org = { tenant: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiToken: { file: 'api-token' } }
  const connections = { users: connectionOf(okta, okta.client('service')), org }
  const client = { secretSha256: digestFor('payroll'), connections: ['users', 'org'] }
  const ports = [await freePort(), await freePort()]
  const paths = await Promise.all(
    ports.map(async port => {
      const folder = await mkdtemp(join(tmpdir(), 'behind-'))
      for (const [name, content] of Object.entries(filesOf(okta))) await writeFile(join(folder, name), content)
      const common = {
        listen: `127.0.0.1:${port}`,
        issuer: `https://${host}`,
        behindProxy: ['127.0.0.1'],
        store: 'memory',
      }
      await writeFile(join(folder, 'broker.yaml'), stringify({ ...common, connections, clients: { payroll: client } }))
      return join(folder, 'broker.yaml')
    }),
  )
  const start = async (path = '') => {
    const process = startProcess(['--config', path], {})
    await process.printed('listening')
    return process
  }
  const processes = await Promise.all(paths.map(start))
  const brokers: TwoBrokers = {
    ports,
    processes,
    answer: (_incoming, response) => response.end(),
    async restart(index) {
      const old = processes[index]
      old?.child.kill('SIGTERM')
      const code = await old?.ended
      if (code !== 0) throw new Error(`the broker ended with ${code}`)
      processes[index] = await start(paths[index])
      await processes[index].printed('"audit":"token"')
    },
    async [Symbol.asyncDispose]() {
      for (const { child } of processes) child.kill('SIGKILL')
      await Promise.all(processes.map(({ ended }) => ended))
      server.closeAllConnections()
      server.close()
      await okta.close()
    },
  }
  return brokers
}

/** Starts a request to the proxy, which the caller ends. */
export function begin(port: number, ca: string, path: string, sent: Sent = {}) {
  const { method = 'GET', headers = {}, secret, ...more } = sent
  const all = { host, authorization: basic('payroll', secret), ...headers }
  return request({ host: '127.0.0.1', port, path, method, ca, servername: host, headers: all, ...more })
}

/** Sends a request to the proxy. */
export async function send(port: number, ca: string, path: string, sent: Sent = {}, body?: string) {
  const outgoing = begin(port, ca, path, sent)
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode, body: await text(response), headers: response.headers }
}
