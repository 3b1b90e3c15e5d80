import type { ClockSetting, JwksCacheSetting, RateLimitConfig } from '../config/options.js'
import { problemsOfFault } from '../faults/check-fault.js'
import type { FaultHandle, FaultSpec } from '../faults/faults.js'
import { describeApp, type EmulatorClient } from '../org/apps/app.js'
import { type ClientChanges, updateApp } from '../org/apps/update-app.js'
import { type Org, type OrgFeatures, resetOrg } from '../org/org.js'
import type { Snapshot } from '../org/snapshot.js'

/** Changes to an org while it runs. */
export interface Controls {
  /**
   * Injects a fault.
   *
   * @throws {TypeError} when the fault has an unknown member or an invalid value
   * @returns a handle that removes the fault; a fault with `times` is removed after its last use
   * @example
   * using _ = okta.fault({ endpoint: '/oauth2/v1/token', status: 503, retryAfterSeconds: 1, times: 2 })
   */
  fault(spec: FaultSpec): FaultHandle
  /** Sets the clock of the org. Without a setting, resets it to the system clock. */
  setClock(setting?: ClockSetting): void
  /** Moves the clock of the org forward. */
  advanceClock(ms: number): void
  /** Rotates the DPoP nonce. Previous nonces stay valid unless `keepPrevious` is false. */
  rotateDpopNonce(options?: { readonly keepPrevious?: boolean }): void
  /** Changes the rate limits. Without a configuration, no limit is enforced. */
  limitRate(config?: RateLimitConfig): void
  /**
   * Changes the settings of an app. Its credentials stay the same unless `changes` contains new ones. A `jwksUri` deletes
   * the saved keys, and the reverse, as in Okta.
   *
   * @throws {Error} when the org has no such app, or the resulting configuration is invalid
   */
  update(clientId: string, changes: ClientChanges): Promise<EmulatorClient>
  /** Changes how long key sets at a `jwksUri` are cached. Without a setting, restores the defaults. */
  setJwksCache(setting?: JwksCacheSetting): void
  /** Deletes the cached key sets, so that the next assertion fetches them again. */
  clearJwksCache(): void
  /** Changes the features of the org. */
  setFeatures(features: OrgFeatures): void
  /**
   * Stops listening and closes all connections, until the outage is removed.
   *
   * @param options `forMs`: ends the outage after this time
   */
  unreachable(options?: { readonly forMs?: number | undefined }): Promise<Outage>
  /** Takes a snapshot of the state, as JSON with secrets. */
  snapshot(): Promise<Snapshot>
  /**
   * Restores a snapshot, also one of another emulator. Tokens and sessions are restored only in an org with the same URL.
   *
   * @throws {Error} when it is not a snapshot of this version
   */
  restore(snapshot: Snapshot): Promise<void>
  /**
   * Resets the org to its state after the start: no faults, tokens, sessions or logged requests, and apps, rate limits and
   * clock as configured. IDs and keys stay the same.
   */
  reset(): Promise<void>
}

/** An outage of the org. */
export interface Outage extends AsyncDisposable {
  /** Ends the outage: the org listens again at the same address. */
  remove(): Promise<void>
}

/** The listener of an org. */
export interface Listener {
  stop(): Promise<void>
  resume(): Promise<void>
  /** Aborted when the org is closed. */
  readonly ended: AbortSignal
  /** Applies changed settings of apps. */
  reload(): Promise<void>
}

/** Creates the controls of an org. */
export function controlsOf(org: Org, listener: Listener): Controls {
  const outages = new Set<() => Promise<void>>()
  return {
    fault(spec) {
      const problems = problemsOfFault(spec)
      if (problems.length > 0) throw new TypeError(`Invalid fault: ${problems.join('; ')}`)
      const id = org.faults.add(spec)
      const remove = () => {
        org.faults.remove(id)
      }
      return { remove, [Symbol.dispose]: remove }
    },
    setClock(setting = {}) {
      checkNames('setClock', setting, ['offsetMs', 'fixedAt'])
      org.clock.set(setting)
    },
    advanceClock(ms) {
      if (!Number.isFinite(ms)) throw new TypeError(`advanceClock: ${ms} is not a number of milliseconds.`)
      org.clock.advance(ms)
    },
    rotateDpopNonce: rotation => {
      org.nonces.rotate(rotation)
    },
    limitRate(config) {
      checkNames('limitRate', config, ['buckets', 'doubledHeaders'])
      for (const bucket of Object.values(config?.buckets ?? {})) {
        checkNames('limitRate', bucket, ['limit', 'windowSeconds', 'concurrency', 'perClient'])
      }
      org.rateLimits.set(config)
    },
    async update(clientId, changes) {
      const { clientChanges } = await import('../config/config-schema.js')
      const result = clientChanges.safeParse(changes)
      if (!result.success) throw new TypeError(`Invalid changes of ${clientId}: ${messagesOf(result.error)}`)
      const app = await updateApp(org, clientId, changes)
      await listener.reload()
      return describeApp(app)
    },
    setJwksCache: setting => org.jwksCache.set(setting),
    clearJwksCache: () => org.jwksCache.clear(),
    setFeatures: features => {
      org.features = features
    },
    async unreachable({ forMs } = {}) {
      await listener.stop()
      let ending: Promise<void> | undefined
      const remove = () => {
        clearTimeout(timer)
        ending ??= listener.resume()
        return ending
      }
      // Keeps the process of okta-emulator running, which has nothing else to do during the outage.
      const timer = forMs === undefined ? undefined : setTimeout(() => void remove(), forMs)
      listener.ended.addEventListener('abort', () => clearTimeout(timer))
      outages.add(remove)
      return { remove, [Symbol.asyncDispose]: remove }
    },
    async snapshot() {
      const { takeSnapshot } = await import('../org/snapshot.js')
      return takeSnapshot(org)
    },
    async restore(snapshot) {
      const { restoreSnapshot } = await import('../org/snapshot.js')
      restoreSnapshot(org, snapshot)
      await listener.reload()
    },
    async reset() {
      for (const remove of outages) await remove()
      outages.clear()
      resetOrg(org)
      await listener.reload()
    },
  }
}

/** A misspelt name would be ignored, and a test would pass for the wrong reason. */
function checkNames(method: string, value: object | undefined, names: readonly string[]): void {
  const unknown = Object.keys(value ?? {}).find(name => !names.includes(name))
  if (unknown !== undefined) throw new TypeError(`${method}: ${unknown} is unknown. Known: ${names.join(', ')}.`)
}

function messagesOf({ issues }: { readonly issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  return issues.map(({ path, message }) => [...path.map(String), message].join(': ')).join('; ')
}
