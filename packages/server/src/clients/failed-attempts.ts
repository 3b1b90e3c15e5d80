import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { HttpError } from '../http/http-error.js'
import { type SharedState, StateUnavailable } from '../state/shared-state.js'

/** An attempt to authenticate as a client. */
export interface Attempt {
  /** The network of the request; `undefined` if it is not known. */
  readonly network: string | undefined
  /** The client that the credentials name; `undefined` for an identity token, which cannot be guessed. */
  readonly name: string | undefined
}

const windowMs = 60_000
// 256 bits cannot be guessed at any rate. A secret that a user chose cannot be guessed at this rate.
const maxPerName = 10
const maxPerNetwork = 100
const maxWindows = 10_000

interface Window {
  hits: number
  endsAt: number
}

/** The dependencies of {@link FailedAttempts}. */
export interface FailedAttemptsDeps {
  readonly state: SharedState
  readonly log: Logger
  monotonicNow(): number
}

/**
 * Counts failed attempts in all processes, and rejects further attempts after too many. `hono-rate-limiter` is not suitable: it
 * counts a request before its credentials are verified, so that clients at one address would use up each other's limit.
 *
 * @see RFC 6585 §4
 */
export class FailedAttempts {
  readonly #state: SharedState
  readonly #log: Logger
  readonly #now: () => number
  // What this process knows: requests with valid credentials need no request to a Redis.
  readonly #windows: LRUCache<string, Window>
  #lastEnd = 0

  constructor({ state, log, monotonicNow }: FailedAttemptsDeps) {
    this.#state = state
    this.#log = log
    this.#now = monotonicNow
    this.#windows = new LRUCache({ max: maxWindows, ttl: windowMs, ttlResolution: 0, perf: { now: monotonicNow } })
  }

  /** Whether no attempt has failed in the last minute. */
  get isEmpty(): boolean {
    return this.#lastEnd <= this.#now()
  }

  /**
   * Call before the credentials are verified. Only the combination of a name and a network is blocked: guessing from another
   * network, or another name, does not lock a client out.
   *
   * @throws {@link HttpError} 429
   */
  rejectIfTooMany(attempt: Attempt): void {
    const { network, name } = attempt
    if (network === undefined || name === undefined) return
    const own = this.#windows.get(keyOf(network, name))
    if (own === undefined || own.hits < maxPerName) return
    const all = this.#windows.get(network)
    throw this.#tooMany(all !== undefined && all.hits >= maxPerNetwork ? all : own)
  }

  /**
   * Counts a failed attempt.
   *
   * @param error the response as long as there were few.
   * @returns the response. It does not depend on whether the client exists.
   */
  async add({ network, name }: Attempt, error: HttpError): Promise<HttpError> {
    if (network === undefined) return error
    const [all, own] = await Promise.all([
      this.#count(network),
      ...(name === undefined ? [] : [this.#count(keyOf(network, name))]),
    ])
    if (all.hits === maxPerNetwork || own?.hits === maxPerName) {
      this.#log.warn({ network }, 'too many failed attempts from this network: blocked for a minute')
    }
    if (all.hits > maxPerNetwork) return this.#tooMany(all)
    return own !== undefined && own.hits > maxPerName ? this.#tooMany(own) : error
  }

  async #count(key: string): Promise<Window> {
    // Counted here before the request to a Redis, so that concurrent attempts see it.
    const window = this.#windows.get(key) ?? { hits: 0, endsAt: this.#now() + windowMs }
    if (window.hits === 0) this.#windows.set(key, window)
    window.hits += 1
    this.#lastEnd = Math.max(this.#lastEnd, window.endsAt)
    try {
      const { hits, resetsInMs } = await this.#state.count(`failed:${key}`, windowMs)
      window.hits = Math.max(window.hits, hits)
      window.endsAt = this.#now() + resetsInMs
      // lru-cache takes 0 for no time limit.
      this.#windows.set(key, window, { ttl: Math.max(1, resetsInMs) })
      return { hits, endsAt: window.endsAt }
    } catch (error) {
      if (!(error instanceof StateUnavailable)) throw error
      // Without their Redis, each process counts its own attempts.
      return { ...window }
    }
  }

  #tooMany({ endsAt }: Window): HttpError {
    const seconds = Math.max(1, Math.ceil((endsAt - this.#now()) / 1000))
    return new HttpError(
      429,
      'temporarily_unavailable',
      'Too many failed attempts from this address: see Retry-After.',
      { headers: { 'retry-after': String(seconds) } },
    )
  }
}

// Not the name itself, which may be a misplaced secret. Three digits of its digest, for known and unknown names alike: made-up
// names have a limited number of counters for each network.
function keyOf(network: string, name: string): string {
  return `${network} ${hash('sha256', name).slice(0, 3)}`
}
