import { infoOf, type StoreRecord } from '../token-record.js'
import { KeyQueue } from './key-queue.js'
import type { TokenStore } from './token-store.js'

/**
 * A store that ends with the process. Nothing is written anywhere.
 *
 * @example
 * const session = await connect(options, { store: createMemoryStore() })
 */
export function createMemoryStore(): TokenStore {
  const records = new Map<string, StoreRecord>()
  const queue = new KeyQueue()
  return {
    location: 'memory',
    async read(recordKey) {
      return records.get(recordKey)
    },
    exclusive(recordKey, use, signal) {
      const slot = {
        read: async () => records.get(recordKey),
        write: async (record: StoreRecord) => {
          records.set(recordKey, record)
        },
        remove: async () => {
          records.delete(recordKey)
        },
      }
      return queue.run(recordKey, () => use(slot), signal)
    },
    async *list() {
      for (const [recordKey, record] of records) if (record.kind === 'token') yield infoOf(recordKey, record)
    },
  }
}
