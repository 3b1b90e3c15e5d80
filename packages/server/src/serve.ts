import { setTimeout as pause } from 'node:timers/promises'
import { expandHome } from '@connect-okta/core/profiles'
import { isRedisAddress } from '@connect-okta/core/stores'
import { getRequestListener } from '@hono/node-server'
import { type App, createApp, openAppDeps } from './app.js'
import { parseConfigFile } from './config/config-file.js'
import { durationMs } from './config/format/duration.js'
import { issuerOf, type ListenAddress, parseListenAddress, requireSafe } from './config/listen-address.js'
import { type LoadedConfig, readConfigFile, requireUnchanged, resolveConfig } from './config/load-config.js'
import { loadProfilesConfig } from './config/profiles-config.js'
import { createReloader } from './config/reloader.js'
import { readTls, type TlsPem } from './config/tls/tls-pem.js'
import { type Listening, listen } from './http/listen.js'
import { createLogs, logNotices } from './operations/log.js'
import { withTimeout } from './operations/with-timeout.js'
import { currentProcess, type ServeHost } from './serve-host.js'

/** Options of {@link serve}. */
export interface ServeOptions {
  /** The configuration file. Default: issues tokens for the profiles of this user, to programs on this machine. */
  readonly config?: string | undefined
  /** `HOST:PORT`. Default: `listen` in the configuration, or `localhost:8090`. */
  readonly listen?: string | undefined
  /** The token store: `auto`, `file`, `memory` or `redis://HOST:PORT`. Default: `store` in the configuration, or `auto`. */
  readonly store?: string | undefined
  /** The addresses of the reverse proxies, or their number. Default: `behindProxy` in the configuration. */
  readonly behindProxy?: number | string | readonly string[] | undefined
}

const drainTimeoutMs = 15_000
const keyRotationIntervalMs = 60_000

/**
 * Runs the broker until SIGTERM or Ctrl+C. SIGHUP reloads the configuration.
 *
 * @param host the process that it runs in. Default: this one.
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`, `port_in_use`, `store_failed`
 * @example
 * await serve({ config: 'broker.yaml' })
 */
export async function serve(options: ServeOptions = {}, host: ServeHost = currentProcess()): Promise<void> {
  const config = await loadConfig(options)
  const requested = parseListenAddress(config.file.listen)
  requireSafe(config.file, requested)
  const logs = createLogs(config.file.log.level, host.output)
  const tls = await readTls(config)
  let isDraining = false
  const deps = { ...(await openAppDeps(config, logs, host)), isDraining: () => isDraining }
  try {
    // A load balancer may send requests as soon as the port is open.
    let app = requested.port === 0 ? undefined : await newApp(config, requested)
    const server = await listen(
      requested,
      requestHandler(() => app, deps.isDraining),
      message => logs.log.warn(message),
      tls,
    )
    const address = { ...requested, port: server.port }
    app ??= await startApp(config, address, server)
    printAddress(config, address, host)
    logs.log.info({ issuer: issuerOf(config.file, address), store: deps.store.location }, 'listening')
    warnAboutProxy(config, address)
    warnAboutCertificate(tls)
    // Before the first request fails. A Redis that does not answer yet is no reason to end.
    if (isRedisAddress(config.file.store.address)) void app.checkStorage()

    let rotation = Promise.resolve()
    const rotateKeys = () => {
      rotation = rotation.then(() => app?.rotateKeys())
    }
    rotateKeys()
    const rotationTimer = setInterval(rotateKeys, keyRotationIntervalMs).unref()

    let { shutdownDelay } = config.file
    const reload = createReloader(
      logs.log,
      async () => {
        const next = await loadConfig(options, config.localClient?.secret)
        requireUnchanged(config, next)
        requireSafe(next.file, address)
        const pem = await readTls(next)
        return { file: next.file, pem, app: await newApp(next, address, app) }
      },
      next => {
        if (next.pem !== undefined) server.renewTls(next.pem)
        warnAboutCertificate(next.pem)
        app = next.app
        rotateKeys()
        logs.log.level = next.file.log.level
        shutdownDelay = next.file.shutdownDelay
      },
    )
    host.onReload(reload)

    const skipDelay = await host.shutdown
    isDraining = true
    clearInterval(rotationTimer)
    logs.log.info('draining')
    // The load balancer sees /readyz fail before the port is closed.
    await pause(durationMs(shutdownDelay), undefined, { signal: skipDelay }).catch(() => {})
    // A token that Okta has issued is stored.
    await Promise.all([server.drain(drainTimeoutMs), withTimeout(rotation, drainTimeoutMs).catch(() => {})])
    logs.log.info('ended')
  } finally {
    await deps.state.close()
    await deps.telemetry?.close()
    await host.output.flush()
  }

  async function newApp(config: LoadedConfig, address: ListenAddress, previous?: App): Promise<App> {
    const resolved = await resolveConfig(config, address, logNotices(logs.log))
    return await createApp(resolved, { ...deps, ...(previous !== undefined && { previous: previous.connections }) })
  }

  async function startApp(config: LoadedConfig, address: ListenAddress, server: Listening): Promise<App> {
    try {
      return await newApp(config, address)
    } catch (error) {
      await server.drain(0)
      throw error
    }
  }

  function warnAboutCertificate(pem: TlsPem | undefined): void {
    if (pem === undefined || pem.expiresAt.getTime() > host.now()) return
    logs.log.error({ expiresAt: pem.expiresAt }, 'the TLS certificate has expired: clients reject it')
  }

  function warnAboutProxy({ file }: LoadedConfig, { isLoopback }: ListenAddress): void {
    if (!isLoopback || file.behindProxy !== undefined || file.issuer === undefined) return
    if (['localhost', '127.0.0.1', '[::1]'].includes(new URL(file.issuer).hostname)) return
    logs.log.warn('the issuer is another host: if a proxy forwards its requests, add the proxy to behindProxy')
  }
}

/** Loads the configuration that the options name. @throws {@link OktaConnectError} `options_invalid` */
export async function loadConfig(options: ServeOptions, localSecret?: string): Promise<LoadedConfig> {
  const { config: path, ...given } = options
  const config = path === undefined ? await loadProfilesConfig(localSecret) : await readConfigFile(expandHome(path))
  // The options obey the rules of the file.
  const parsed = parseConfigFile({ connections: { any: {} }, ...given }, undefined)
  const overrides = Object.entries(parsed).filter(([name]) => given[name as keyof typeof given] !== undefined)
  return { ...config, file: { ...config.file, ...Object.fromEntries(overrides) } }
}

function requestHandler(app: () => App | undefined, isDraining: () => boolean): Parameters<typeof listen>[1] {
  const handle = getRequestListener(
    (request, env) => {
      const current = app()
      return current === undefined ? new Response(null, { status: 503 }) : current.routes.fetch(request, env)
    },
    // HTTP/1.0, which some load balancers use for health checks, has no Host header.
    { hostname: 'localhost' },
  )
  return (request, response) => {
    // The client opens its next connection to another process.
    if (isDraining()) response.setHeader('connection', 'close')
    void handle(request, response)
  }
}

function printAddress({ file, localClient }: LoadedConfig, address: ListenAddress, { print }: ServeHost): void {
  const issuer = issuerOf(file, address)
  print(`Serving ${Object.keys(file.connections).join(', ')} at ${issuer}\n`)
  if (localClient === undefined) return
  print(
    'Your programs get tokens with these credentials. The secret is shown only now:\n' +
      `  client ID      ${localClient.name}\n  client secret  ${localClient.secret}\n` +
      `  token URL      ${issuer}/oauth2/token\n`,
  )
}
