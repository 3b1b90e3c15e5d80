import { randomUUID } from 'node:crypto'
import { type AccessToken, type ErrorCode, errorCatalogue, isOktaConnectError } from '@connect-okta/core'
import type { TokenStore } from '@connect-okta/core/stores'
import type { World } from '../app-env.js'
import type { Upstream } from '../connections/upstream.js'

/** Whether a connection gives tokens now. */
export type ConnectionState =
  | {
      readonly upstream: Upstream
      readonly is: 'ready'
      readonly tokenType: AccessToken['type']
      readonly expiresAt: Date | null
    }
  /** A user has to sign in. */
  | { readonly upstream: Upstream; readonly is: 'signed_out' }
  | { readonly upstream: Upstream; readonly is: 'failing'; readonly code: ErrorCode }

const connectionsEveryMs = 5_000
const storageEveryMs = 1_000
const answerWithinMs = 3_000

/**
 * Checks what requests need: the connections, and whether the token store and the shared state can be read and written (a
 * read-only replica can only be read). Not more often than every few seconds, since anyone may ask.
 */
export function createReadiness({ connections, metrics, state, store, isLogFailing, monotonicNow }: World) {
  const storeKey = `readiness-${randomUUID()}`

  const states = remembered(connectionsEveryMs, monotonicNow, async () => {
    const states = await Promise.all(connections.all.map(stateOf))
    metrics.setReady(states.map(({ upstream, is }) => [upstream.name, is === 'ready'] as const))
    return states
  })
  const storage = remembered(storageEveryMs, monotonicNow, async () => {
    const [isStored, isShared] = await Promise.all([succeeds(checkStore(store, storeKey)), succeeds(state.check())])
    return [
      ...(isStored ? [] : ['token store: unavailable']),
      ...(isShared ? [] : ['shared state: unavailable']),
      ...(state.eviction === 'possible' ? ['shared state: the Redis may evict used assertions'] : []),
      ...(state.eviction === 'unknown' && isShared ? ['shared state: the Redis hides its maxmemory-policy'] : []),
      ...(isLogFailing() ? ['log: lines cannot be written to stdout'] : []),
    ]
  })
  return {
    states: states.get,
    /** What of the storage does not work, in words for people. */
    storageFaults: storage.get,
    /** Checks the connections again at the next request: a user has signed in or out. */
    forget: states.forget,
  }
}

export type Readiness = ReturnType<typeof createReadiness>

function remembered<T>(everyMs: number, monotonicNow: () => number, check: () => Promise<T>) {
  let last: { readonly at: number; readonly result: Promise<T> } | undefined
  return {
    get(): Promise<T> {
      if (last === undefined || monotonicNow() - last.at > everyMs) last = { at: monotonicNow(), result: check() }
      return last.result
    },
    forget(): void {
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

function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return inTime(attempt).then(
    () => true,
    () => false,
  )
}

async function stateOf(upstream: Upstream): Promise<ConnectionState> {
  try {
    const { type, expiresAt } = await inTime(upstream.token({ scopes: undefined, minValidityMs: 0 }))
    return { upstream, is: 'ready', tokenType: type, expiresAt }
  } catch (error) {
    if (!isOktaConnectError(error)) return { upstream, is: 'failing', code: 'network_failed' }
    const needsUser = errorCatalogue[error.code].exitCode === errorCatalogue.login_required.exitCode
    return needsUser ? { upstream, is: 'signed_out' } : { upstream, is: 'failing', code: error.code }
  }
}

async function inTime<T>(attempt: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('late')), answerWithinMs)
  })
  try {
    return await Promise.race([attempt, late])
  } finally {
    clearTimeout(timer)
    attempt.catch(() => {})
  }
}
