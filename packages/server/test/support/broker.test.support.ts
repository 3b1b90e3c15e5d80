import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmulatorClient, freePort, type OktaEmulator } from '@connect-okta/emulator'
import { stringify } from 'yaml'
import { digestOf } from '../../src/clients/client.js'
import { serveIn } from '../../src/serve.js'

/** Secrets of callers in tests, by the callers' names: made at each run, so that no fixture looks like one. */
export const secretOf = (name: string) => digestOf(`${name} of process ${process.pid}`).toString('base64url')
export const digestFor = (name: string) => digestOf(secretOf(name)).toString('hex')
export const basic = (name: string, secret = secretOf(name)) =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`

/** A broker in this process, behind a real port. */
export interface TestBroker extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** The lines of the log and of the audit, parsed. */
  lines(): readonly Record<string, unknown>[]
  /** All that was said to people. */
  told(): string
  /** Writes another configuration and has it read; resolves when that has come to an end. */
  reload(config: object): Promise<void>
  /** Starts to read the configuration file again, as SIGHUP does, whatever is written there. */
  readAgain(config: object): Promise<void>
  /** Lets it end as Ctrl+C does. */
  stop(): Promise<void>
  /**
   * Lets it end as SIGTERM does.
   *
   * @param hurry ends the shutdown delay.
   */
  terminate(hurry?: AbortSignal): Promise<void>
  /** What the clock of the broker is ahead of this one by, in milliseconds. */
  advance(ms: number): void
  /** Lets time pass for what measures intervals; the clock stays, so that Okta accepts what the broker signs. */
  elapse(ms: number): void
  /** Sets the clock of the broker ahead of this one, or back: time does not pass by that. */
  setClock(ms: number): void
}

/** What a configuration has, in tests as elsewhere. */
export type TestConfig = Record<string, unknown>

/** The settings of a connection by an app of an org; its key is in one of {@link filesOf} it. */
export function connectionOf(okta: OktaEmulator, { clientId, jwk }: EmulatorClient, more: object = {}) {
  const key = jwk === undefined ? {} : { key: { file: `${clientId}.json` } }
  return { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], ...key, ...more }
}

/** The files that connections name: keys of apps, and the API token. */
export function filesOf(okta: OktaEmulator): Readonly<Record<string, string>> {
  const keys = okta.clients.filter(({ jwk }) => jwk !== undefined)
  return {
    ...Object.fromEntries(keys.map(({ clientId, jwk }) => [`${clientId}.json`, JSON.stringify(jwk)])),
    'api-token': okta.apiTokens[0]?.value ?? '',
  }
}

/**
 * Writes a configuration for a process of its own: the connection `users`, the connection `bound` where the org has an app
 * that demands DPoP, and the client `payroll` that may use them.
 */
export async function configureIn(folder: string, okta: OktaEmulator): Promise<{ path: string; port: number }> {
  for (const [name, text] of Object.entries(filesOf(okta))) await writeFile(join(folder, name), text, { mode: 0o600 })
  const [path, port] = [join(folder, 'broker.yaml'), await freePort()]
  const bound = okta.clients.find(({ dpop }) => dpop)
  const connections = {
    users: connectionOf(okta, okta.client('service')),
    ...(bound !== undefined && { bound: connectionOf(okta, bound) }),
  }
  const config = {
    listen: `127.0.0.1:${port}`,
    store: 'memory',
    connections,
    callers: { payroll: { secretSha256: digestFor('payroll'), connections: Object.keys(connections) } },
  }
  await writeFile(path, stringify(config))
  return { path, port }
}

/** What {@link startBroker} takes besides a configuration. */
export interface TestBrokerOptions {
  readonly port?: number
  /** The files beside the configuration. */
  readonly files?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** Starts a {@link TestBroker} with a configuration file of its own. */
export async function startBroker(config: TestConfig, options: TestBrokerOptions = {}): Promise<TestBroker> {
  const directory = await mkdtemp(join(tmpdir(), 'broker-'))
  for (const [name, text] of Object.entries(options.files ?? {}))
    await writeFile(join(directory, name), text, { mode: 0o600 })
  const path = join(directory, 'broker.yaml')
  const port = options.port ?? (await freePort())
  const write = (content: object) =>
    writeFile(path, stringify({ listen: `localhost:${port}`, store: 'memory', ...content }))
  await write(config)

  let text = ''
  let said = ''
  let aheadMs = 0
  let setMs = 0
  let elapsedMs = 0
  let reload = () => {}
  const end = withResolvers<AbortSignal>()
  const begun = withResolvers()
  const waiting = new Set<() => void>()
  const running = serveIn(['--config', path, ...(options.args ?? [])], {
    output: {
      write(line) {
        text += line
        for (const look of waiting) look()
      },
      isFailing: false,
      async flush() {},
    },
    tell(words) {
      said += words
      begun.resolve()
    },
    end: end.promise,
    onReload(act) {
      reload = act
    },
    now: () => Date.now() + aheadMs + setMs,
    monotonicNow: () => performance.now() + aheadMs + elapsedMs,
  })
  await Promise.race([begun.promise, running])
  const lines = () =>
    text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Record<string, unknown>)
  const stop = async (hurry = AbortSignal.abort()) => {
    end.resolve(hurry)
    await running
  }
  return {
    url: `http://localhost:${port}`,
    port,
    lines,
    told: () => said,
    async reload(content) {
      await write(content)
      const ends = () => lines().filter(({ msg }) => /the (new|old) configuration/.test(String(msg))).length
      const before = ends()
      const isRead = withResolvers()
      const look = () => ends() > before && isRead.resolve()
      waiting.add(look)
      reload()
      await isRead.promise
      waiting.delete(look)
    },
    advance(ms) {
      aheadMs += ms
    },
    elapse(ms) {
      elapsedMs += ms
    },
    setClock(ms) {
      setMs = ms
    },
    async readAgain(content) {
      await write(content)
      reload()
    },
    stop: () => stop(),
    terminate: (hurry = new AbortController().signal) => stop(hurry),
    [Symbol.asyncDispose]: () => stop(),
  }
}

// Node 20 has none of its own.
function withResolvers<T = void>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(fulfil => {
    resolve = fulfil
  })
  return { promise, resolve }
}
