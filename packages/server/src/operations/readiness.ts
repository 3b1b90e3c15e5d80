import { randomUUID } from 'node:crypto'
import { type AccessToken, type ErrorCode, isOktaConnectError } from '@connect-okta/core'
import type { ManagedKeyInfo } from '@connect-okta/core/keys'
import type { TokenStore } from '@connect-okta/core/stores'
import type { Logger } from 'pino'
import type { Upstream } from '../connections/upstream.js'
import { requiresSignIn } from '../http/http-error.js'
import type { RouteDeps } from '../route-deps.js'
import { withTimeout } from './with-timeout.js'

/** The status of a connection when it was last checked. */
export type ConnectionStatus =
  | {
      readonly upstream: Upstream
      readonly status: 'ready'
      readonly tokenType: AccessToken['type']
      readonly expiresAt: Date | null
    }
  /** A user must sign in. */
  | { readonly upstream: Upstream; readonly status: 'signed_out' }
  | { readonly upstream: Upstream; readonly status: 'failing'; readonly code: ErrorCode }

/** The newest key of a connection that the broker created. */
export interface KeyStatus {
  readonly connection: string
  /** `undefined`: the keys cannot be read, or none was created yet. */
  readonly key: ManagedKeyInfo | undefined
}

const connectionsIntervalMs = 5_000
const storageIntervalMs = 1_000
const timeoutMs = 3_000

/**
 * Checks the connections, and whether the token store and the shared state can be read and written (a read-only replica can
 * only be read). The results are cached for a few seconds, because anyone can request them.
 */
export function createReadiness({ connections, metrics, state, store, isLogFailing, log, monotonicNow }: RouteDeps) {
  const storeKey = `readiness-${randomUUID()}`

  const report = changeReporter(log)

  const connectionStatuses = cached(connectionsIntervalMs, monotonicNow, async () => {
    const statuses = await Promise.all(connections.all.map(statusOf))
    metrics.setReady(statuses.map(({ upstream, status }) => [upstream.name, status === 'ready'] as const))
    return statuses
  })
  const keyStatuses = cached(connectionsIntervalMs, monotonicNow, async () => {
    const statuses = await Promise.all(connections.all.map(keyStatusOf))
    return statuses.filter(status => status !== undefined)
  })
  const storageFaults = cached(storageIntervalMs, monotonicNow, async () => {
    const [storeError, stateError] = await Promise.all([errorOf(checkStore(store, storeKey)), errorOf(state.check())])
    report('token store', storeError)
    // In the same Redis, for the same reason.
    if (storeError === undefined) report('shared state', stateError)
    const [isStored, isShared] = [storeError === undefined, stateError === undefined]
    return [
      ...(isStored ? [] : ['token store: unavailable']),
      ...(isShared ? [] : ['shared state: unavailable']),
      ...(state.eviction === 'possible' ? ['shared state: Redis can evict used assertions'] : []),
      ...(state.eviction === 'unknown' && isShared ? ['shared state: Redis does not report its maxmemory-policy'] : []),
      ...(state.isVolatile && connections.all.some(({ managedKeys }) => managedKeys !== undefined)
        ? ['managed keys: Redis loses them when it restarts']
        : []),
      ...(isLogFailing() ? ['log: lines cannot be written to stdout'] : []),
    ]
  })
  return {
    connectionStatuses: connectionStatuses.get,
    /** The keys that the broker creates. */
    keyStatuses: keyStatuses.get,
    /** Descriptions of the storage that is unavailable. */
    storageFaults: storageFaults.get,
    /** Checks the connections again at the next request: a user has signed in or out. */
    invalidate: connectionStatuses.invalidate,
  }
}

export type Readiness = ReturnType<typeof createReadiness>

function cached<T>(intervalMs: number, monotonicNow: () => number, check: () => Promise<T>) {
  let last: { readonly at: number; readonly result: Promise<T> } | undefined
  return {
    get(): Promise<T> {
      if (last === undefined || monotonicNow() - last.at > intervalMs) last = { at: monotonicNow(), result: check() }
      return last.result
    },
    invalidate(): void {
      last = undefined
    },
  }
}

async function checkStore(store: TokenStore, key: string): Promise<void> {
  await store.exclusive(key, async slot => {
    await slot.write({ schema: 2, kind: 'client', isRequired: false })
    await slot.read()
    await slot.remove()
  })
}

function errorOf(attempt: Promise<unknown>): Promise<unknown> {
  return withTimeout(attempt, timeoutMs).then(
    () => undefined,
    (error: unknown) => error,
  )
}

// /readyz can be read by anyone, so only the log has the reason, which names the address of the Redis server.
function changeReporter(log: Logger) {
  const reported = new Map<string, string>()
  return (part: string, error: unknown) => {
    const { message: reason, hint } = detailsOf(error)
    if (reported.get(part) === reason) return
    if (reason !== undefined) log.error({ reason, hint }, `the ${part} is unavailable`)
    else if (reported.has(part)) log.info(`the ${part} is available again`)
    if (reason === undefined) reported.delete(part)
    else reported.set(part, reason)
  }
}

function detailsOf(error: unknown): { readonly message?: string; readonly hint?: string } {
  if (error === undefined) return {}
  // The cause of StateUnavailable is an error of the core.
  const { message, cause } = error as Error
  return [error, cause].find(isOktaConnectError) ?? { message }
}

async function keyStatusOf({ name, managedKeys }: Upstream): Promise<KeyStatus | undefined> {
  if (managedKeys === undefined) return undefined
  try {
    const { keys } = await withTimeout(managedKeys.state(), timeoutMs)
    return { connection: name, key: keys[0] }
  } catch {
    return { connection: name, key: undefined }
  }
}

async function statusOf(upstream: Upstream): Promise<ConnectionStatus> {
  try {
    const failure = upstream.lastFailure?.error
    if (failure !== undefined && upstream.isPaused) return { upstream, status: 'failing', code: failure.code }
    const token = upstream.token({ scopes: undefined, minValidityMs: 0 })
    const { type, expiresAt } = await withTimeout(token, timeoutMs)
    return { upstream, status: 'ready', tokenType: type, expiresAt }
  } catch (error) {
    if (!isOktaConnectError(error))
      return { upstream, status: 'failing', code: upstream.isSigning ? 'signer_failed' : 'network_failed' }
    if (requiresSignIn(error.code)) return { upstream, status: 'signed_out' }
    return { upstream, status: 'failing', code: error.code }
  }
}
