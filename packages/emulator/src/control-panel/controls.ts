import type { ClockSetting, RateLimitConfig } from '../config/options.js'
import type { FaultHandle, FaultSpec } from '../faults/faults.js'
import { describeApp, type EmulatorClient } from '../org/app.js'
import { type Org, resetOrg } from '../org/org.js'
import { type ClientChanges, updateApp } from '../org/update-app.js'

/** What can be changed about an org while it runs. */
export interface Controls {
  /**
   * Lets something go wrong.
   *
   * @returns what takes it back; one with `times` ends by itself
   * @example
   * using _ = okta.fault({ endpoint: '/oauth2/v1/token', status: 503, retryAfterSeconds: 1, times: 2 })
   */
  fault(spec: FaultSpec): FaultHandle
  /** Sets the org's clock: ahead, behind, or standing still. Without a setting it is the machine's again. */
  setClock(setting?: ClockSetting): void
  /** Lets time pass for the org alone. */
  advanceClock(ms: number): void
  /** Renews the nonce for DPoP proofs at once. Proofs with an older one still pass unless `keepPrevious` is false. */
  rotateDpopNonce(options?: { readonly keepPrevious?: boolean }): void
  /** Changes the rate limits. Without any it enforces none. */
  limitRate(config?: RateLimitConfig): void
  /**
   * Changes the rules of an app; its keys and its secret stay, unless they are what changes.
   *
   * @throws {Error} when the org has no such app, or the app cannot be so
   */
  update(clientId: string, changes: ClientChanges): Promise<EmulatorClient>
  /**
   * Stops listening and drops every connection, so that nobody gets through, until taken back.
   *
   * @param options `forMs`: comes back by itself after so long
   */
  unreachable(options?: { readonly forMs?: number | undefined }): Promise<Outage>
  /**
   * Makes the org what it was after its start: no faults, no tokens, nobody signed in, an empty log, rules, limits and
   * clock as configured. Ids and keys stay.
   */
  reset(): Promise<void>
}

/** A time in which the org is not to be reached. */
export interface Outage extends AsyncDisposable {
  /** Listens again, at the same address. */
  remove(): Promise<void>
}

/** The listener, as far as it can be controlled. */
export interface Listener {
  leave(): Promise<void>
  comeBack(): Promise<void>
  /** Lets the new rules count. */
  renew(): Promise<void>
}

/** Controls of one org. */
export function controlsOf(org: Org, listener: Listener): Controls {
  return {
    fault(spec) {
      const id = org.faults.add(spec)
      const remove = () => {
        org.faults.remove(id)
      }
      return { remove, [Symbol.dispose]: remove }
    },
    setClock: (setting = {}) => org.clock.set(setting),
    advanceClock: ms => org.clock.advance(ms),
    rotateDpopNonce: rotation => {
      org.nonces.rotate(rotation)
    },
    limitRate: config => org.limits.set(config),
    async update(clientId, changes) {
      const app = await updateApp(org, clientId, changes)
      await listener.renew()
      return describeApp(app)
    },
    async unreachable({ forMs } = {}) {
      await listener.leave()
      let ending: Promise<void> | undefined
      const remove = () => {
        clearTimeout(timer)
        ending ??= listener.comeBack()
        return ending
      }
      const timer = forMs === undefined ? undefined : setTimeout(() => void remove(), forMs)
      return { remove, [Symbol.asyncDispose]: remove }
    },
    async reset() {
      resetOrg(org)
      await listener.renew()
    },
  }
}
