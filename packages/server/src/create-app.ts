import { type Deps, OktaConnectError } from '@connect-okta/core'
import { openStore, type TokenStore } from '@connect-okta/core/stores'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import { routesOf } from './app.js'
import type { AppEnv } from './app-env.js'
import { FailedAttempts } from './clients/failed-attempts.js'
import type { BrokerConfig } from './config/broker-config.js'
import { configInvalid } from './config/config-file.js'
import { answeredHosts, issuerOf, type ListenAddress } from './config/listen-address.js'
import { callersOf, connectionsOf, type FoundConfig, isApiToken } from './config/load-config.js'
import { ownCaller } from './config/profiles-config.js'
import { Connections } from './connections/connections.js'
import type { Logs } from './operations/log.js'
import { createMetrics, type Metrics } from './operations/metrics.js'
import { openState } from './state/open-state.js'
import type { SharedState } from './state/shared-state.js'

/** What an app needs from its surroundings. */
export interface AppDeps extends Logs {
  readonly store: TokenStore
  readonly state: SharedState
  readonly metrics: Metrics
  /** Sends requests to Okta. Default: as the core does. */
  readonly fetch?: Deps['fetch']
  now(): number
  /** Measures intervals, in milliseconds. Default: `performance.now`. */
  monotonicNow?(): number
  isDraining?(): boolean
  /** Default: none so far. */
  readonly failures?: FailedAttempts
  /** The connections of an app before this one: what has not changed goes on with its tokens. */
  readonly before?: Connections
}

/** A broker's routes, and the connections that they use. */
export interface App {
  readonly routes: OpenAPIHono<AppEnv>
  readonly connections: Connections
}

/**
 * Makes a broker without a port: for a server of one's own, or a test.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 * @example
 * const { routes } = await createApp(config, deps)
 * await routes.request('/healthz')
 */
export async function createApp(config: BrokerConfig, deps: AppDeps): Promise<App> {
  const { store, state, now, monotonicNow = () => performance.now(), log, auditLog, isLogFailing, metrics } = deps
  requireEffectiveScopes(config)
  requireReplayMemory(config, state, log)
  warnOfTokens(config, log)
  const coreDeps = {
    store,
    now,
    monotonicNow,
    ...(deps.fetch !== undefined && { fetch: deps.fetch }),
    notify: noticesTo(log),
  }
  const connections = await Connections.open(config.connections, coreDeps, deps.before)
  const callers = new Map(config.callers.map(caller => [caller.name, caller]))
  const isDraining = deps.isDraining ?? (() => false)
  const failures = deps.failures ?? new FailedAttempts({ state, log, monotonicNow })
  const shared = { store, state, failures, metrics, log, auditLog, isLogFailing, now, monotonicNow, isDraining }
  return { routes: routesOf({ config, callers, connections, coreDeps, ...shared }), connections }
}

// RFC 7523 §3: an assertion works once, so what was used must not be forgotten.
function requireReplayMemory({ callers }: BrokerConfig, { eviction }: SharedState, log: Logger): void {
  if (eviction === 'impossible') return
  if (eviction === 'unknown') {
    log.warn('the Redis does not tell its maxmemory-policy: with another one than noeviction, records may get lost')
  } else if (callers.every(({ keys }) => keys === undefined)) {
    log.warn('the maxmemory-policy of the Redis may evict records, so that users have to sign in again: set noeviction')
  } else {
    const message = 'The maxmemory-policy of the Redis may evict used assertions of clients, which would work again.'
    const hint = 'Set maxmemory-policy noeviction in the Redis, or give the clients secrets instead of jwks.'
    throw new OktaConnectError('store_failed', message, { hint })
  }
}

// Requests are limited only where the broker sends them, or signs the headers for one.
function warnOfTokens({ callers }: BrokerConfig, log: Logger): void {
  for (const { name, requests, ways } of callers) {
    if (requests === undefined || !ways.has('token')) continue
    log.warn(
      { caller: name },
      'requests does not limit what this client does with a token: leave token out of its ways',
    )
  }
}

// The token of such a connection has all rights of the user who created it, whatever scopes a client is limited to.
function requireEffectiveScopes({ callers, connections }: BrokerConfig): void {
  const withApiToken = new Set(connections.filter(({ options }) => isApiToken(options)).map(({ name }) => name))
  for (const { name, scopes, connections } of callers) {
    const found = scopes && [...connections].find(one => withApiToken.has(one))
    if (found === undefined) continue
    throw configInvalid(`callers.${name}: scopes has no effect on ${found}, which uses a static API token.`)
  }
}

/** What a broker is made from, with every secret read. */
export async function brokerConfigOf(found: FoundConfig, address: ListenAddress, { log }: Logs): Promise<BrokerConfig> {
  const { file } = found
  const issuer = issuerOf(file, address)
  const callers = await callersOf(found)
  if (callers.length === 0) throw configInvalid(`${found.place}: there are no callers.`)
  return {
    issuer,
    callers,
    shownCaller: 'secret' in found ? ownCaller : undefined,
    connections: await connectionsOf(found, noticesTo(log)),
    behindProxy: file.behindProxy ?? [],
    metricsFrom: file.metricsFrom,
    hosts: answeredHosts(issuer, address),
    logRequests: file.log.requests,
  }
}

/** The time, and what measures intervals. */
export interface Clocks {
  now(): number
  monotonicNow(): number
}

/** Opens what outlives a change of the configuration. */
export async function openWorld(file: FoundConfig['file'], logs: Logs, clocks: Clocks): Promise<AppDeps> {
  const { now, monotonicNow } = clocks
  const state = await openState(file.store, now, monotonicNow)
  return {
    ...logs,
    store: openStore(file.store, { notify: noticesTo(logs.log) }),
    state,
    failures: new FailedAttempts({ state, log: logs.log, monotonicNow }),
    metrics: createMetrics(),
    now,
    monotonicNow,
  }
}

function noticesTo(log: Logger): Deps['notify'] {
  return ({ code, message }) => log.warn({ notice: code }, message)
}
