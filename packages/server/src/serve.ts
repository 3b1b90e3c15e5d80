import { setTimeout as pause } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { newCallerSecret } from './clients/new-secret.js'
import { parseServeOptions, type ServeOptions, usage } from './command-line.js'
import { configFileJsonSchema, configInvalid, parseConfigFile } from './config/config-file.js'
import { durationMs } from './config/duration.js'
import { issuerOf, type ListenAddress, parseListenAddress, requireSafe } from './config/listen-address.js'
import { type FoundConfig, readConfigFile } from './config/load-config.js'
import { configOfProfiles, type OwnConfig, ownCaller } from './config/profiles-config.js'
import { createReloader } from './config/reloader.js'
import { readTls } from './config/tls-pem.js'
import { type App, type AppDeps, brokerConfigOf, createApp, openWorld } from './create-app.js'
import { listen } from './http/listen.js'
import type { LogOutput } from './operations/buffered-output.js'
import { createLogs } from './operations/log.js'

/** What serving takes of the process around it. */
export interface ServeSurroundings {
  /** For logs and audit lines, or the answer of an option such as `--new-secret`. */
  readonly output: LogOutput
  /** For people. */
  tell(text: string): void
  /** Resolves when the process is to end, with a signal that ends the shutdown delay. Never rejects. */
  readonly end: Promise<AbortSignal>
  /** Calls back whenever the configuration is to be read anew. */
  onReload(reload: () => void): void
  now(): number
  monotonicNow(): number
}

const drainMs = 15_000

/**
 * Serves until the process is to end.
 *
 * @param args the command line, without the command: see {@link usage}.
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`, `callback_port_in_use`, `store_failed`
 */
export async function serveIn(args: readonly string[], around: ServeSurroundings): Promise<void> {
  const options = parseServeOptions(args)
  switch (options.instead) {
    case 'help':
      return around.tell(usage)
    case 'new_secret':
      return tellSecret(around)
    case 'schema':
      return void around.output.write(`${JSON.stringify(configFileJsonSchema(), null, 2)}\n`)
    default:
      return await run(options, around)
  }
}

async function run(options: ServeOptions, around: ServeSurroundings): Promise<void> {
  const found: Configuration = await configFor(options)
  const { file } = found
  const address = parseListenAddress(file.listen)
  requireSafe(file, address)
  const logs = createLogs(file.log.level, around.output)
  const tls = await readTls(found)
  let isDraining = false
  const deps: AppDeps = { ...(await openWorld(file, logs, around)), isDraining: () => isDraining }
  try {
    let app: App | undefined
    // HTTP/1.0, which some load balancers check with, has no Host.
    const handle = getRequestListener((request, env) => (app ?? unreachable()).routes.fetch(request, env), {
      hostname: 'localhost',
    })
    const server = await listen(
      address,
      (request, response) => {
        // A client that is told so opens its next connection elsewhere.
        if (isDraining) response.setHeader('connection', 'close')
        void handle(request, response)
      },
      tls,
    )
    const here = { ...address, port: server.port }
    try {
      app = await createApp(await brokerConfigOf(found, here, logs), deps)
    } catch (error) {
      await server.drain(0)
      throw error
    }
    greet(found, here, around)
    logs.log.info({ issuer: issuerOf(file, here), store: deps.store.location }, 'listening')
    if (
      here.isLoopback &&
      file.behindProxy === undefined &&
      file.issuer !== undefined &&
      !hasLoopbackName(file.issuer)
    ) {
      logs.log.warn('the issuer is another host: when a proxy forwards its requests, name the proxy in behindProxy')
    }

    let shutdownDelayMs = durationMs(file.shutdownDelay)
    const reload = createReloader(
      logs.log,
      async () => {
        const next = await configFor(options, found.secret)
        requireSame(found, next)
        requireSafe(next.file, here)
        const pem = await readTls(next)
        const before = app?.connections
        const config = await brokerConfigOf(next, here, logs)
        return { next, pem, app: await createApp(config, { ...deps, ...(before !== undefined && { before }) }) }
      },
      prepared => {
        if (prepared.pem !== undefined) server.renewTls(prepared.pem)
        app = prepared.app
        const { log, shutdownDelay } = prepared.next.file
        logs.log.level = log.level
        shutdownDelayMs = durationMs(shutdownDelay)
      },
    )
    around.onReload(reload)

    const hurry = await around.end
    isDraining = true
    logs.log.info('draining')
    // A load balancer sees that /readyz fails before it finds the port closed.
    await pause(shutdownDelayMs, undefined, { signal: hurry }).catch(() => {})
    await server.drain(drainMs)
    logs.log.info('ended')
  } finally {
    await deps.state.close()
    await around.output.flush()
  }
}

/** With the secret of its only caller, where nobody wrote it. */
type Configuration = FoundConfig & Partial<OwnConfig>

async function configFor(
  { config, listen: address, store, behindProxy }: ServeOptions,
  secret?: string,
): Promise<Configuration> {
  const found = config === undefined ? await configOfProfiles(secret) : await readConfigFile(config)
  const given = {
    ...(address !== undefined && { listen: address }),
    ...(store !== undefined && { store }),
    ...(behindProxy !== undefined && { behindProxy }),
  }
  // The flags follow the rules of the file.
  if (Object.keys(given).length > 0) parseConfigFile({ connections: { any: {} }, ...given }, 'the command line')
  return { ...found, file: { ...found.file, ...given } }
}

// Where it listens, and where tokens are, changes with the process.
function requireSame({ file: old }: FoundConfig, { file: next, place }: FoundConfig): void {
  for (const name of ['listen', 'store'] as const) {
    if (old[name] !== next[name]) throw configInvalid(`${place}: another ${name} takes a restart.`)
  }
  if ((old.tls === undefined) !== (next.tls === undefined))
    throw configInvalid(`${place}: another tls takes a restart.`)
}

function greet(found: Configuration, here: ListenAddress, { tell }: ServeSurroundings): void {
  const issuer = issuerOf(found.file, here)
  const names = Object.keys(found.file.connections).join(', ')
  tell(`Serving ${names} at ${issuer}\n`)
  if (found.secret === undefined) return
  tell(
    `Your programs call it with this name and secret, which is shown only now:\n` +
      `  client id      ${ownCaller}\n  client secret  ${found.secret}\n` +
      `  token URL      ${issuer}/oauth2/token\n`,
  )
}

function tellSecret({ output, tell }: ServeSurroundings): void {
  const { secret, digest } = newCallerSecret()
  output.write(`${secret}\n`)
  tell(
    `Give the secret to the caller: it is shown only now. The configuration has its digest:\n  secretSha256: ${digest}\n`,
  )
}

function unreachable(): never {
  throw new Error('not ready yet')
}

function hasLoopbackName(issuer: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(issuer).hostname)
}
