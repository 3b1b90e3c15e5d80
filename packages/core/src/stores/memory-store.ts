import { KeyQueue } from './key-queue.js'
import { infoOf, type StoreRecord } from './token-record.js'
import type { TokenStore } from './token-store.js'

/** What {@link createMemoryStore} takes. */
export interface MemoryStoreOptions {
  /** How many records are kept; of more, those are forgotten that were not used for longest. Default: 10,000. */
  readonly maxRecords?: number
}

/**
 * A store that ends with the process. Nothing is written anywhere.
 *
 * @example
 * const session = await connect(options, { store: createMemoryStore() })
 */
export function createMemoryStore({ maxRecords = 10_000 }: MemoryStoreOptions = {}): TokenStore {
  // In the order of their last use: a map keeps the order in which its keys were put in.
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
        // Who waits is in this process, and sees what this one shows.
        announce: async () => {},
      }
      return queue.run(recordKey, () => act(slot), signal)
    },
    async *list() {
      // A copy: whoever uses a record while they go through the list puts it at the end.
      for (const [recordKey, record] of [...records]) if (record.kind === 'token') yield infoOf(recordKey, record)
    },
  }
}
