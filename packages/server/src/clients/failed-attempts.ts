import { hash } from 'node:crypto'
import type { Logger } from 'pino'
import { Refusal } from '../http/http-error.js'
import { ExpiringMap } from '../state/expiring-map.js'
import { type SharedState, StateUnavailable } from '../state/shared-state.js'

/** Who tries to prove that it is a caller. */
export interface Attempt {
  /** Where a request is from; `undefined` where nobody can tell. */
  readonly network: string | undefined
  /** The caller that it says it is. */
  readonly name: string
}

const windowMs = 60_000
// 256 bits are guessed at no rate; a secret that a person chose is not guessed at this one.
const maxPerName = 10
const maxPerNetwork = 100
const maxWindows = 10_000

interface Window {
  hits: number
  endsAt: number
}

/** What counting failed attempts needs. */
export interface FailedAttemptsDeps {
  readonly state: SharedState
  readonly log: Logger
  monotonicNow(): number
}

/**
 * Counts failed attempts over all processes, and tells who makes too many to wait. Not by `hono-rate-limiter`: it counts a
 * request before anybody knows whether it is right, so that many callers at one address would hold back each other.
 *
 * @see RFC 6585 §4
 */
export class FailedAttempts {
  readonly #state: SharedState
  readonly #log: Logger
  readonly #now: () => number
  // As far as this process knows: who calls as they should costs no question to a Redis.
  readonly #windows: ExpiringMap<Window>
  #lastEnd = 0

  constructor({ state, log, monotonicNow }: FailedAttemptsDeps) {
    this.#state = state
    this.#log = log
    this.#now = monotonicNow
    this.#windows = new ExpiringMap(maxWindows, monotonicNow)
  }

  /** Whether nobody has failed in the last minute: then there is nobody to look for. */
  get areNone(): boolean {
    return this.#lastEnd <= this.#now()
  }

  /**
   * To be called before a proof is looked at. Only a name on its network is held back so: whoever guesses elsewhere, or at
   * another name, locks no caller out.
   *
   * @throws {@link Refusal} 429
   */
  requireFew(attempt: Attempt): void {
    if (attempt.network === undefined) return
    const own = this.#windows.get(keyOf(attempt))
    if (own === undefined || own.hits < maxPerName) return
    const all = this.#windows.get(attempt.network)
    throw this.#tooMany(all !== undefined && all.hits >= maxPerNetwork ? all : own)
  }

  /**
   * Counts one more.
   *
   * @param wrong what to answer as long as there were few.
   * @returns what to answer: the same for callers that there are not.
   */
  async add({ network, name }: Attempt, wrong: Refusal): Promise<Refusal> {
    if (network === undefined) return wrong
    const [all, own] = await Promise.all([this.#count(network), this.#count(keyOf({ network, name }))])
    if (all.hits === maxPerNetwork || own.hits === maxPerName) {
      this.#log.warn({ network }, 'too many failed attempts from there: held back for a minute')
    }
    if (all.hits > maxPerNetwork) return this.#tooMany(all)
    return own.hits > maxPerName ? this.#tooMany(own) : wrong
  }

  async #count(key: string): Promise<Window> {
    // Here at once: those that come together with it find it.
    const window = this.#windows.get(key) ?? this.#windows.put(key, { hits: 0, endsAt: this.#now() + windowMs })
    window.hits += 1
    this.#lastEnd = Math.max(this.#lastEnd, window.endsAt)
    try {
      const { hits, resetsInMs } = await this.#state.count(`failed:${key}`, windowMs)
      window.hits = Math.max(window.hits, hits)
      window.endsAt = this.#now() + resetsInMs
      return { hits, endsAt: window.endsAt }
    } catch (error) {
      if (!(error instanceof StateUnavailable)) throw error
      // Without their Redis each process counts for itself.
      return { ...window }
    }
  }

  #tooMany({ endsAt }: Window): Refusal {
    const seconds = Math.max(1, Math.ceil((endsAt - this.#now()) / 1000))
    return new Refusal(429, 'temporarily_unavailable', 'Too many failed attempts from this address: see Retry-After.', {
      'retry-after': String(seconds),
    })
  }
}

// Not the name itself, which may be a secret in the wrong place. A few digits of its digest, for known and unknown names
// alike: made-up names have only so many counters at each address.
function keyOf({ network, name }: Attempt): string {
  return `${network} ${hash('sha256', name).slice(0, 3)}`
}
