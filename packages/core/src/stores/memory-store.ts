import { KeyQueue } from './key-queue.js'
import { infoOf, type StoreRecord } from './token-record.js'
import type { TokenStore } from './token-store.js'

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** The maximum number of records. If there are more, the least recently used ones are removed. Default: 10,000. */
  readonly maxRecords?: number
}

/**
 * Creates a store in memory. Its tokens are lost when the process exits.
 *
 * @example
 * const session = await connect(options, { store: createMemoryStore() })
 */
export function createMemoryStore({ maxRecords = 10_000 }: MemoryStoreOptions = {}): TokenStore {
  // In the order of their last use: a map has the order in which its keys were inserted.
  const records = new Map<string, StoreRecord>()
  const queue = new KeyQueue()

  function use(recordKey: string): StoreRecord | undefined {
    const record = records.get(recordKey)
    if (record !== undefined) put(recordKey, record)
    return record
  }

  function put(recordKey: string, record: StoreRecord): void {
    records.delete(recordKey)
    records.set(recordKey, record)
    for (const oldest of records.keys()) {
      if (records.size <= maxRecords) return
      records.delete(oldest)
    }
  }

  return {
    location: 'memory',
    async read(recordKey) {
      return use(recordKey)
    },
    exclusive(recordKey, act, { signal } = {}) {
      const slot = {
        read: async () => use(recordKey),
        reserve: async () => {},
        write: async (record: StoreRecord) => put(recordKey, record),
        remove: async () => void records.delete(recordKey),
        confirm: async () => {},
        // The callers that wait are in this process, and its user sees the sign-in.
        announce: async () => {},
      }
      return queue.run(recordKey, () => act(slot), signal)
    },
    async *list() {
      // A copy, because using a record during the iteration moves it to the end.
      for (const [recordKey, record] of [...records]) if (record.kind === 'token') yield infoOf(recordKey, record)
    },
  }
}
