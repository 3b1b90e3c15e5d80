import type { SharedState } from './shared-state.js'

interface Entry {
  value: string
  hits: number
  readonly endsAt: number
}

const mostEntries = 100_000

/**
 * A {@link SharedState} for a broker of one process.
 *
 * @param now the time, in milliseconds since 1970.
 */
export function createMemoryState(now: () => number): SharedState {
  // In the order in which they were put in.
  const entries = new Map<string, Entry>()

  function find(key: string): Entry | undefined {
    const entry = entries.get(key)
    if (entry === undefined || entry.endsAt > now()) return entry
    entries.delete(key)
    return undefined
  }

  function put(key: string, value: string, lifeMs: number): Entry {
    const entry = { value, hits: 0, endsAt: now() + lifeMs }
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > mostEntries) makeRoom()
    return entry
  }

  // What has ended goes first, then the oldest.
  function makeRoom(): void {
    for (const [key, { endsAt }] of entries) if (endsAt <= now()) entries.delete(key)
    for (const key of entries.keys()) {
      if (entries.size <= mostEntries * 0.9) return
      entries.delete(key)
    }
  }

  return {
    async get(key) {
      return find(key)?.value
    },
    async set(key, value, lifeMs) {
      put(key, value, lifeMs)
    },
    async take(key) {
      const entry = find(key)
      entries.delete(key)
      return entry?.value
    },
    async remove(key) {
      entries.delete(key)
    },
    async addOnce(key, lifeMs) {
      if (find(key) !== undefined) return false
      put(key, '', lifeMs)
      return true
    },
    async count(key, windowMs) {
      const entry = find(key) ?? put(key, '', windowMs)
      entry.hits += 1
      return { hits: entry.hits, resetsAt: new Date(entry.endsAt) }
    },
    async ping() {},
    async close() {},
  }
}
