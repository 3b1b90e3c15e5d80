import type { RateLimitBucket, RateLimitConfig } from '../../config/options.js'
import type { Clock } from '../../org/clock.js'
import { pathPattern } from '../path-pattern.js'

/** A request to count. */
export interface LimitedRequest {
  readonly path: string
  /** Identifies the client, its IP address and its device. */
  readonly clientKey: string
}

/** Whether a request is allowed. Call `done` when its response is complete. */
export interface RateLimitResult {
  readonly allowed: boolean
  readonly headers: Readonly<Record<string, string | string[]>>
  done(): void
}

interface Bucket {
  startedAt: number
  used: number
  running: number
}

const DEFAULT_LIMIT = 600
/** The result for a request that is not counted. */
export const NO_LIMITS: RateLimitResult = { allowed: true, headers: {}, done() {} }

/**
 * Counts requests by bucket (reference/rl2-limits). Responses of the API and of OAuth endpoints without a configured
 * bucket have the headers of a default limit, which is not enforced.
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

  /** Changes the limits and resets all counters. */
  set(config: RateLimitConfig = {}): void {
    this.#config = config
    this.#buckets.clear()
    this.#patterns = Object.entries(config.buckets ?? {}).map(([name, rules]) => ({
      name,
      pattern: pathPattern(name),
      rules,
    }))
  }

  take({ path, clientKey }: LimitedRequest): RateLimitResult {
    const found = this.#patterns.find(({ pattern }) => pattern.test(path))
    if (found === undefined && !/^\/(api|oauth2|\.well-known)\//.test(path)) return NO_LIMITS
    const { name, rules } = found ?? { name: path, rules: {} }
    const { windowSeconds = 60, limit = DEFAULT_LIMIT, concurrency } = rules
    const bucket = this.#bucket(rules.perClient ? `${name} ${clientKey}` : name, windowSeconds)

    const reset = bucket.startedAt + windowSeconds
    // When the concurrency limit is exceeded, Okta returns 0 for limit and remaining (reference/rl-additional-limits).
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

  #headers(limit: number, remaining: number, reset: number): RateLimitResult['headers'] {
    const values = Object.entries({ limit, remaining, reset })
    return Object.fromEntries(
      values.map(([name, value]) => [
        `x-rate-limit-${name}`,
        this.#config.doubledHeaders ? [String(value), String(value)] : String(value),
      ]),
    )
  }
}
