import { randomBytes } from 'node:crypto'
import { ExpiringMap } from './expiring-map.js'
import { maxOncePerOwner, type Once, type SharedState, StateUnavailable } from './shared-state.js'

const maxEntries = 100_000
const sweepEveryMs = 1_000

/**
 * A {@link SharedState} for a broker of one process.
 *
 * @param now the time, in milliseconds since 1970: by it assertions expire.
 * @param monotonicNow measures all other lifetimes.
 */
export function createMemoryState(now: () => number, monotonicNow: () => number = now): SharedState {
  const entries = new ExpiringMap<{ readonly value: string; readonly endsAt: number }>(maxEntries, monotonicNow)
  // Apart, so that no one can push out an entry by having others counted.
  const counters = new ExpiringMap<{ hits: number; readonly endsAt: number }>(maxEntries, monotonicNow)
  const once = createOnceMap(now, monotonicNow)
  const sealKey = randomBytes(32)

  return {
    eviction: 'impossible',
    async get(key) {
      return entries.get(key)?.value
    },
    async set(key, value, lifeMs) {
      entries.put(key, { value, endsAt: monotonicNow() + lifeMs })
    },
    async remove(key) {
      entries.delete(key)
      counters.delete(key)
    },
    addOnce: once.add,
    async count(key, windowMs) {
      const counter = counters.get(key) ?? counters.put(key, { hits: 0, endsAt: monotonicNow() + windowMs })
      counter.hits += 1
      return { hits: counter.hits, resetsInMs: counter.endsAt - monotonicNow() }
    },
    sealKey: async () => sealKey,
    async check() {},
    async close() {},
  }
}

/** Remembers what was added until its lifetime is over. When an owner has too many it adds no more: it forgets nothing. */
export function createOnceMap(now: () => number, monotonicNow: () => number, max = maxOncePerOwner) {
  const owners = new Map<string, { readonly endsAt: Map<string, number>; sweptAt: number }>()

  return {
    async add(owner: string, key: string, lifeMs: number): Promise<Once> {
      const found = owners.get(owner) ?? { endsAt: new Map(), sweptAt: Number.NEGATIVE_INFINITY }
      owners.set(owner, found)
      const { endsAt } = found
      const end = endsAt.get(key)
      // This memory begins with the process.
      const since = Number.NEGATIVE_INFINITY
      if (end !== undefined && end > now()) return { isFirst: false, since }
      if (endsAt.size >= max && monotonicNow() - found.sweptAt >= sweepEveryMs) {
        found.sweptAt = monotonicNow()
        for (const [key, end] of endsAt) if (end <= now()) endsAt.delete(key)
      }
      if (endsAt.size >= max) throw new StateUnavailable('The memory of used assertions is full.')
      endsAt.set(key, now() + lifeMs)
      return { isFirst: true, since }
    },
  }
}
