import { type Deps, OktaConnectError } from '@connect-okta/core'
import { defaultFetch } from '@connect-okta/core/api'
import { type ManagedKeyStore, openManagedKeyStore } from '@connect-okta/core/keys'
import { currentEnvironment } from '@connect-okta/core/profiles'
import { openStore, type TokenStore } from '@connect-okta/core/stores'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import type { AppEnv } from './app-env.js'
import { FailedAttempts } from './clients/failed-attempts.js'
import { identityWarnings, requireOwners } from './clients/identity/pinned-ids.js'
import { RejectionLog } from './clients/identity/rejection-log.js'
import { RemoteKeySets, TrustedIssuers } from './clients/identity/trusted-issuers.js'
import type { BrokerConfig } from './config/broker-config.js'
import { configInvalid, type ParsedConfig } from './config/config-file.js'
import { isApiToken } from './config/load-config.js'
import { loadStore } from './config/load-store.js'
import { Connections } from './connections/connections.js'
import { createKeyRotation, requireEncryptedKeys } from './operations/key-rotation.js'
import { type Logs, logNotices } from './operations/log.js'
import { createMetrics, type Metrics } from './operations/metrics.js'
import { createReadiness } from './operations/readiness.js'
import { loadTelemetry } from './operations/telemetry/load-telemetry.js'
import type { Telemetry } from './operations/telemetry/telemetry.js'
import { createRoutes } from './routes/create-routes.js'
import { openState } from './state/open-state.js'
import type { SharedState } from './state/shared-state.js'

/** The dependencies of {@link createApp}. */
export interface AppDeps extends Logs {
  readonly store: TokenStore
  readonly state: SharedState
  readonly metrics: Metrics
  /** Sends requests to Okta. Default: as in the core. */
  readonly fetch?: Deps['fetch']
  now(): number
  /** For intervals, in milliseconds. Default: `performance.now`. */
  monotonicNow?(): number
  /** Whether the process is shutting down. Default: `false`. */
  isDraining?(): boolean
  /** Default: no failed attempts. */
  readonly failures?: FailedAttempts
  /** Opens the store of the keys that the broker creates. Default: `auto`. */
  managedKeyStore?(): ManagedKeyStore
  /** Default: none. */
  readonly telemetry?: Telemetry | undefined
  /** The keys of issuers that were read before. Default: none. */
  readonly remoteKeys?: RemoteKeySets
  /** The connections before a reload: unchanged ones keep their tokens. */
  readonly previous?: Connections
}

/** The routes of a broker, and the connections that they use. */
export interface App {
  readonly routes: OpenAPIHono<AppEnv>
  readonly connections: Connections
  /** Replaces the keys that the broker creates, if it is time, and tries new ones. Never rejects. */
  rotateKeys(): Promise<void>
  /** Logs whether the token store or the shared state is unavailable, and why. */
  checkStorage(): Promise<void>
}

/**
 * Creates a broker without a port, for your own server or a test.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 * @example
 * const { routes } = await createApp(config, deps)
 * await routes.request('/healthz')
 */
export async function createApp(config: BrokerConfig, deps: AppDeps): Promise<App> {
  const { store, state, now, monotonicNow = () => performance.now(), log, auditLog, isLogFailing, metrics } = deps
  requireEffectiveScopes(config)
  for (const client of config.clients) requireOwners(client)
  requireReplayProtection(config, state, log)
  warnAboutTokens(config, log)
  warnAboutVolatileKeys(config, state, log)
  warnAboutIdentities(config, log)
  const coreDeps = {
    managedKeyStore: deps.managedKeyStore ?? (() => openManagedKeyStore('auto')),
    store,
    now,
    monotonicNow,
    ...(deps.fetch !== undefined && { fetch: deps.fetch }),
    notify: logNotices(log),
  }
  const connections = await Connections.open(config.connections, coreDeps, deps.previous)
  await requireEncryptedKeys(connections)
  const clients = new Map(config.clients.map(client => [client.name, client]))
  const isDraining = deps.isDraining ?? (() => false)
  const failures = deps.failures ?? new FailedAttempts({ state, log, monotonicNow })
  const remoteKeys = deps.remoteKeys ?? new RemoteKeySets({ fetch: deps.fetch ?? defaultFetch, log, monotonicNow })
  const issuers = new TrustedIssuers(config.issuers, remoteKeys)
  const rejections = new RejectionLog({ log, monotonicNow })
  const { telemetry } = deps
  const shared = {
    telemetry,
    store,
    state,
    failures,
    metrics,
    log,
    auditLog,
    isLogFailing,
    now,
    monotonicNow,
    isDraining,
  }
  const routeDeps = { config, clients, issuers, rejections, connections, coreDeps, ...shared }
  const readiness = createReadiness(routeDeps)
  const checkStorage = async () => void (await readiness.storageFaults())
  const rotateKeys = createKeyRotation(connections, config, log, { now, monotonicNow })
  return { routes: createRoutes(routeDeps, readiness), connections, rotateKeys, checkStorage }
}

/** Opens the dependencies that are kept when the configuration is reloaded. */
export async function openAppDeps(
  config: ParsedConfig,
  logs: Logs,
  clocks: { now(): number; monotonicNow(): number },
): Promise<AppDeps> {
  const { now, monotonicNow } = clocks
  const { address, redis, isNoEvictionConfirmed } = await loadStore(config, logNotices(logs.log))
  const telemetry = await loadTelemetry(currentEnvironment().variables)
  const fetch = telemetry?.traced(defaultFetch) ?? defaultFetch
  const state = await openState(address, now, monotonicNow, { ...redis, isNoEvictionConfirmed })
  let managedKeyStore: ManagedKeyStore | undefined
  return {
    ...logs,
    managedKeyStore() {
      managedKeyStore ??= openManagedKeyStore(address, { redis })
      return managedKeyStore
    },
    store: openStore(address, { redis, notify: logNotices(logs.log) }),
    state,
    failures: new FailedAttempts({ state, log: logs.log, monotonicNow }),
    remoteKeys: new RemoteKeySets({ fetch, log: logs.log, monotonicNow }),
    metrics: telemetry?.measured(createMetrics()) ?? createMetrics(),
    telemetry,
    fetch,
    now,
    monotonicNow,
  }
}

// RFC 7523 §3: an assertion is accepted once, so the record of used ones must not be evicted.
function requireReplayProtection({ clients, issuers }: BrokerConfig, { eviction }: SharedState, log: Logger): void {
  if (eviction === 'impossible') return
  if (eviction === 'unknown') {
    log.warn(
      'the Redis server does not report its maxmemory-policy, or does not respond: unless it is noeviction, records can be evicted. If it is, set maxmemoryPolicy: noeviction in store to confirm it',
    )
  } else if (clients.every(({ keys }) => keys === undefined) && !issuers.some(({ isOnce }) => isOnce)) {
    log.warn(
      'the maxmemory-policy of the Redis server can evict records, so that users have to sign in again: set noeviction',
    )
  } else {
    const message =
      'The maxmemory-policy of the Redis server can evict used assertions of clients, which could then be replayed.'
    const hint =
      'Set maxmemory-policy noeviction in Redis. Or give the clients secrets instead of jwks, and remove replay: once.'
    throw new OktaConnectError('store_failed', message, { hint })
  }
}

// A client that receives a token can send any request with it.
function warnAboutTokens({ clients }: BrokerConfig, log: Logger): void {
  for (const { name, requests, access } of clients) {
    if (requests === undefined || !access.has('token')) continue
    log.warn(
      { client: name },
      'requests does not limit what this client does with a token: remove token from its access',
    )
  }
}

// Okta does not know a new key until it has fetched it.
function warnAboutVolatileKeys({ connections }: BrokerConfig, { isVolatile }: SharedState, log: Logger): void {
  const managed = connections.filter(({ managedKey }) => managedKey !== undefined).map(({ name }) => name)
  if (!isVolatile || managed.length === 0) return
  log.warn(
    { connections: managed },
    'Redis loses the managed keys of these connections when it restarts: set appendonly yes in Redis',
  )
}

function warnAboutIdentities({ clients }: BrokerConfig, log: Logger): void {
  for (const client of clients) {
    for (const { issuer, warning } of identityWarnings(client)) log.warn({ client: client.name, issuer }, warning)
  }
}

// A static API token has all rights of the user who created it, so the scopes of a client would not limit it.
function requireEffectiveScopes({ clients, connections }: BrokerConfig): void {
  const withApiToken = new Set(connections.filter(({ options }) => isApiToken(options)).map(({ name }) => name))
  for (const { name, scopes, connections } of clients) {
    const unlimited = scopes && [...connections].find(one => withApiToken.has(one))
    if (unlimited === undefined) continue
    throw configInvalid(`clients.${name}: scopes has no effect on ${unlimited}, which uses a static API token.`)
  }
}
