import { LRUCache } from 'lru-cache'

// Each set of scopes has its own token, at Okta and in the store, and n scopes have 2^n - 1 sets.
const maxSets = 10
const lifeMs = 60 * 60_000

/** The narrower sets of scopes that each client has used within an hour. */
export class NarrowerSets {
  readonly #monotonicNow: () => number
  readonly #sets = new Map<string, LRUCache<string, true>>()

  constructor({ monotonicNow }: { monotonicNow(): number }) {
    this.#monotonicNow = monotonicNow
  }

  /** Whether a client may use a set: it has used few others within an hour. */
  tryUse(client: string, set: string): boolean {
    const sets = this.#sets.get(client) ?? this.#newSets()
    this.#sets.set(client, sets)
    sets.purgeStale()
    if (!sets.has(set) && sets.size >= maxSets) return false
    sets.set(set, true)
    return true
  }

  #newSets(): LRUCache<string, true> {
    return new LRUCache({ max: maxSets, ttl: lifeMs, ttlResolution: 0, perf: { now: this.#monotonicNow } })
  }
}
