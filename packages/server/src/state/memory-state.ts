import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { maxOncePerOwner, type Once, type SharedState, StateUnavailable } from './shared-state.js'

const maxEntries = 100_000
const sweepIntervalMs = 1_000

/**
 * A {@link SharedState} for a broker of one process.
 *
 * @param now the time, in milliseconds since 1970, by which assertions expire.
 * @param monotonicNow measures all other lifetimes.
 */
export function createMemoryState(now: () => number, monotonicNow: () => number = now): SharedState {
  // Not `max`, which allocates memory for all entries in advance.
  const limit = { maxSize: maxEntries, sizeCalculation: () => 1 }
  const clock = { ttlResolution: 0, perf: { now: monotonicNow } }
  const entries = new LRUCache<string, string>({ ...limit, ...clock })
  // Separate, so that no one can evict an entry with requests that are counted.
  const counters = new LRUCache<string, { hits: number }>({ ...limit, ...clock })
  const once = createOnceMap(now, monotonicNow)
  const encryptionKey = randomBytes(32)

  return {
    eviction: 'impossible',
    isVolatile: false,
    async get(key) {
      return entries.get(key)
    },
    async set(key, value, lifeMs) {
      entries.set(key, value, { ttl: lifeMs })
    },
    async remove(key) {
      entries.delete(key)
      counters.delete(key)
    },
    addOnce: once.add,
    async count(key, windowMs) {
      const counter = counters.get(key) ?? { hits: 0 }
      if (counter.hits === 0) counters.set(key, counter, { ttl: windowMs })
      counter.hits += 1
      return { hits: counter.hits, resetsInMs: counters.getRemainingTTL(key) }
    },
    encryptionKey: async () => encryptionKey,
    async check() {},
    async close() {},
  }
}

/**
 * Stores keys until their lifetime ends. Not a cache: when an owner has too many keys, it accepts no more, because a key that is
 * evicted could be used again.
 */
export function createOnceMap(now: () => number, monotonicNow: () => number, max = maxOncePerOwner) {
  // Keys that were added before the process started are not known. Assertions have their time in seconds.
  const since = Math.floor(now() / 1000) * 1000
  const owners = new Map<string, { readonly endsAt: Map<string, number>; sweptAt: number }>()

  return {
    async add(owner: string, key: string, lifeMs: number): Promise<Once> {
      const keys = owners.get(owner) ?? { endsAt: new Map(), sweptAt: Number.NEGATIVE_INFINITY }
      owners.set(owner, keys)
      const { endsAt } = keys
      const end = endsAt.get(key)
      if (end !== undefined && end > now()) return { isFirst: false, since }
      if (endsAt.size >= max && monotonicNow() - keys.sweptAt >= sweepIntervalMs) {
        keys.sweptAt = monotonicNow()
        for (const [key, end] of endsAt) if (end <= now()) endsAt.delete(key)
      }
      if (endsAt.size >= max) throw new StateUnavailable('The memory of used assertions is full.')
      endsAt.set(key, now() + lifeMs)
      return { isFirst: true, since }
    },
  }
}
