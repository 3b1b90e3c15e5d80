import { EndingMap } from './ending-map.js'
import type { SharedState } from './shared-state.js'

const most = 100_000

/**
 * A {@link SharedState} for a broker of one process.
 *
 * @param now the time, in milliseconds since 1970.
 */
export function createMemoryState(now: () => number): SharedState {
  const entries = new EndingMap<{ readonly value: string; readonly endsAt: number }>(most, now)
  // Apart: who has ever more things counted pushes no used assertion out.
  const counters = new EndingMap<{ hits: number; readonly endsAt: number }>(most, now)

  return {
    async get(key) {
      return entries.get(key)?.value
    },
    async set(key, value, lifeMs) {
      entries.put(key, { value, endsAt: now() + lifeMs })
    },
    async take(key) {
      const entry = entries.get(key)
      entries.delete(key)
      return entry?.value
    },
    async remove(key) {
      entries.delete(key)
      counters.delete(key)
    },
    async addOnce(key, lifeMs) {
      if (entries.get(key) !== undefined) return false
      entries.put(key, { value: '', endsAt: now() + lifeMs })
      return true
    },
    async count(key, windowMs) {
      const counter = counters.get(key) ?? counters.put(key, { hits: 0, endsAt: now() + windowMs })
      counter.hits += 1
      return { hits: counter.hits, resetsAt: new Date(counter.endsAt) }
    },
    async ping() {},
    async close() {},
  }
}
