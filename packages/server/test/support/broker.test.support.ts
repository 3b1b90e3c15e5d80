import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmulatorClient, freePort, type OktaEmulator } from '@connect-okta/emulator'
import { stringify } from 'yaml'
import { digestOf } from '../../src/clients/client.js'
import { parseCommandLine } from '../../src/command-line.js'
import { serve } from '../../src/serve.js'

/** The secret of a client, derived from its name: different in each run, so that no fixture contains a secret. */
export const secretOf = (name: string) => digestOf(`${name} of process ${process.pid}`).toString('base64url')
export const digestFor = (name: string) => digestOf(secretOf(name)).toString('hex')
export const basic = (name: string, secret = secretOf(name)) =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`

/** A broker in this process, with a real port. */
export interface TestBroker extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** The lines of the log and of the audit, parsed. */
  lines(): readonly Record<string, unknown>[]
  /** The messages to the user. */
  printed(): string
  /** Writes another configuration and reloads it. Resolves when the reload has succeeded or failed. */
  reload(config: object): Promise<void>
  /** Writes another configuration and starts to reload it, without waiting. */
  startReload(config: object): Promise<void>
  /** Shuts down as after Ctrl+C. */
  stop(): Promise<void>
  /**
   * Shuts down as after SIGTERM.
   *
   * @param skipDelay ends the shutdown delay.
   */
  terminate(skipDelay?: AbortSignal): Promise<void>
  /** Advances both clocks of the broker. */
  advance(ms: number): void
  /** Advances the monotonic clock only, so that Okta still accepts the assertions of the broker. */
  elapse(ms: number): void
  /** Sets the wall clock of the broker ahead, or back; the monotonic clock does not change. */
  setClock(ms: number): void
}

/** The content of a configuration file. */
export type TestConfig = Record<string, unknown>

/** The settings of a connection with an app of the emulator. Its key is one of {@link filesOf}. */
export function connectionOf(okta: OktaEmulator, { clientId, jwk }: EmulatorClient, more: object = {}) {
  const key = jwk === undefined ? {} : { key: { file: `${clientId}.json` } }
  return { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], ...key, ...more }
}

/** The files that connections refer to: the keys of the apps, and the API token. */
export function filesOf(okta: OktaEmulator): Readonly<Record<string, string>> {
  const keys = okta.clients.filter(({ jwk }) => jwk !== undefined)
  return {
    ...Object.fromEntries(keys.map(({ clientId, jwk }) => [`${clientId}.json`, JSON.stringify(jwk)])),
    'api-token': okta.apiTokens[0]?.value ?? '',
  }
}

/**
 * Writes a configuration file for a separate process: the connection `users`, the connection `bound` if the org has an app that
 * requires DPoP, and the client `payroll`, which may use them.
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
    clients: { payroll: { secretSha256: digestFor('payroll'), connections: Object.keys(connections) } },
  }
  await writeFile(path, stringify(config))
  return { path, port }
}

/** Options of {@link startBroker}. */
export interface TestBrokerOptions {
  readonly port?: number
  /** Files in the folder of the configuration. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Encodes the configuration file. Default: UTF-8. */
  readonly encode?: (text: string) => string | Uint8Array
  /** How far its clocks are ahead at the start, in milliseconds. */
  readonly aheadMs?: number
  /** More command-line arguments. */
  readonly args?: readonly string[]
}

/** Starts a {@link TestBroker} with its own configuration file. */
export async function startBroker(config: TestConfig, options: TestBrokerOptions = {}): Promise<TestBroker> {
  const directory = await mkdtemp(join(tmpdir(), 'broker-'))
  for (const [name, text] of Object.entries(options.files ?? {}))
    await writeFile(join(directory, name), text, { mode: 0o700 })
  const path = join(directory, 'broker.yaml')
  const port = options.port ?? (await freePort())
  const { encode = (text: string) => text } = options
  const write = (content: object) =>
    writeFile(path, encode(stringify({ listen: `localhost:${port}`, store: 'memory', ...content })))
  await write(config)

  let text = ''
  let printed = ''
  let aheadMs = options.aheadMs ?? 0
  let setMs = 0
  let elapsedMs = 0
  let reload = () => {}
  const shutdown = withResolvers<AbortSignal>()
  const started = withResolvers()
  const listeners = new Set<() => void>()
  const running = serve(serveOptions(['--config', path, ...(options.args ?? [])]), {
    output: {
      write(line) {
        text += line
        for (const onLine of listeners) onLine()
      },
      isFailing: false,
      async flush() {},
    },
    print(message) {
      printed += message
      started.resolve()
    },
    shutdown: shutdown.promise,
    onReload(listener) {
      reload = listener
    },
    now: () => Date.now() + aheadMs + setMs,
    monotonicNow: () => performance.now() + aheadMs + elapsedMs,
  })
  await Promise.race([started.promise, running])
  const lines = () =>
    text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Record<string, unknown>)
  const stop = async (skipDelay = AbortSignal.abort()) => {
    shutdown.resolve(skipDelay)
    await running
  }
  return {
    url: `http://localhost:${port}`,
    port,
    lines,
    printed: () => printed,
    async reload(content) {
      await write(content)
      const ends = () => lines().filter(({ msg }) => /the (new|old) configuration/.test(String(msg))).length
      const before = ends()
      const ended = withResolvers()
      const onLine = () => ends() > before && ended.resolve()
      listeners.add(onLine)
      reload()
      await ended.promise
      listeners.delete(onLine)
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
    async startReload(content) {
      await write(content)
      reload()
    },
    stop: () => stop(),
    terminate: (skipDelay = new AbortController().signal) => stop(skipDelay),
    [Symbol.asyncDispose]: () => stop(),
  }
}

function serveOptions(args: readonly string[]) {
  const commandLine = parseCommandLine(args)
  if (commandLine.command !== 'serve') throw new Error(`not a command line to serve: ${commandLine.command}`)
  return commandLine.options
}

// Node 20 has no Promise.withResolvers.
function withResolvers<T = void>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(fulfil => {
    resolve = fulfil
  })
  return { promise, resolve }
}
