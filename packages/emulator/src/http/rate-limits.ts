import type { RateLimitBucket, RateLimitConfig } from '../config/options.js'
import type { Clock } from '../org/clock.js'
import { pathPattern } from './path-pattern.js'

/** Who asks for what. */
export interface LimitedRequest {
  readonly path: string
  /** The client, its address and its device in one. */
  readonly caller: string
}

/** What a bucket says to a request. Call `done` when the answer is complete. */
export interface Permit {
  readonly allowed: boolean
  readonly headers: Readonly<Record<string, string | string[]>>
  done(): void
}

interface Bucket {
  startedAt: number
  used: number
  running: number
}

const SHOWN_LIMIT = 600
const NO_LIMITS: Permit = { allowed: true, headers: {}, done() {} }

/**
 * Counts requests by bucket (reference/rl2-limits). A path of the API that has no bucket gets headers as if it had a
 * generous one; nothing is refused by it.
 */
export class RateLimits {
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()
  #config: RateLimitConfig = {}
  #patterns: readonly { readonly name: string; readonly pattern: RegExp; readonly rules: RateLimitBucket }[] = []

  constructor(clock: Clock, config: RateLimitConfig | undefined) {
    this.#clock = clock
    this.set(config)
  }

  /** Changes the limits; what was used is forgotten. */
  set(config: RateLimitConfig = {}): void {
    this.#config = config
    this.#buckets.clear()
    this.#patterns = Object.entries(config.buckets ?? {}).map(([name, rules]) => ({
      name,
      pattern: pathPattern(name),
      rules,
    }))
  }

  take({ path, caller }: LimitedRequest): Permit {
    const found = this.#patterns.find(({ pattern }) => pattern.test(path))
    if (found === undefined && !path.startsWith('/api/')) return NO_LIMITS
    const { name, rules } = found ?? { name: path, rules: {} }
    const { windowSeconds = 60, limit = SHOWN_LIMIT, concurrency } = rules
    const bucket = this.#bucket(rules.perClient ? `${name} ${caller}` : name, windowSeconds)

    const reset = bucket.startedAt + windowSeconds
    // Too many at once: limit and remaining are 0, and the reset is a hint (reference/rl-additional-limits).
    if (concurrency !== undefined && bucket.running >= concurrency) {
      return { allowed: false, headers: this.#headers(0, 0, reset), done() {} }
    }
    const allowed = rules.limit === undefined || bucket.used < rules.limit
    bucket.used += 1
    if (!allowed) return { allowed, headers: this.#headers(limit, 0, reset), done() {} }
    bucket.running += 1
    return {
      allowed,
      headers: this.#headers(limit, Math.max(0, limit - bucket.used), reset),
      done: () => {
        bucket.running -= 1
      },
    }
  }

  #bucket(key: string, windowSeconds: number): Bucket {
    const now = this.#clock.seconds()
    const bucket = this.#buckets.get(key) ?? { startedAt: now, used: 0, running: 0 }
    if (now >= bucket.startedAt + windowSeconds) Object.assign(bucket, { startedAt: now, used: 0 })
    this.#buckets.set(key, bucket)
    return bucket
  }

  #headers(limit: number, remaining: number, reset: number): Permit['headers'] {
    const values = Object.entries({ Limit: limit, Remaining: remaining, Reset: reset })
    return Object.fromEntries(
      values.map(([name, value]) => [
        `X-Rate-Limit-${name}`,
        this.#config.doubledHeaders ? [String(value), String(value)] : String(value),
      ]),
    )
  }
}
