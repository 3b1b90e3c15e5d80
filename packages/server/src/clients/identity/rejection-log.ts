import { printable } from '@connect-okta/core/api'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'

/** Why an identity token does not authenticate a client. Never sent to the client. */
export interface Rejection {
  readonly reason: string
  /** The claim that does not match, and the values that do. */
  readonly claim?: string | undefined
  readonly expected?: readonly string[] | undefined
  /** Only of a token whose signature was verified. */
  readonly actual?: unknown
}

const intervalMs = 10_000
const maxEntries = 1_000
const maxLength = 200

/** Logs why clients were rejected, at most once in ten seconds for the same reason, with the number of lines that were left out. */
export class RejectionLog {
  readonly #log: Logger
  readonly #now: () => number
  readonly #recent = new LRUCache<string, { readonly until: number; suppressed: number }>({ max: maxEntries })

  constructor({ log, monotonicNow }: { readonly log: Logger; monotonicNow(): number }) {
    this.#log = log
    this.#now = monotonicNow
  }

  /** @param client its name; `undefined` for a name that the configuration does not have, which may be a misplaced secret. */
  add(client: string | undefined, issuer: string | undefined, rejection: Rejection, requestId: string): void {
    const { reason, claim, expected, actual } = rejection
    const value = actual === undefined ? undefined : printable(String(JSON.stringify(actual)).slice(0, maxLength))
    const key = JSON.stringify([client, issuer, reason, claim])
    const recent = this.#recent.get(key)
    if (recent !== undefined && this.#now() < recent.until) {
      recent.suppressed += 1
      return
    }
    this.#recent.set(key, { until: this.#now() + intervalMs, suppressed: 0 })
    const suppressed = recent?.suppressed || undefined
    this.#log.warn({ requestId, client, issuer, reason, claim, expected, actual: value, suppressed }, 'client rejected')
  }
}
