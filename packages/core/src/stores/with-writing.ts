import type { StoreRecord } from './token-record.js'
import type { TokenSlot, TokenStore } from './token-store.js'

/**
 * A store that does something else where a record is written.
 *
 * @param write does the writing too, by `slot.write`.
 */
export function withWriting(
  store: TokenStore,
  write: (record: StoreRecord, slot: TokenSlot) => Promise<void>,
): TokenStore {
  // Each member by name: a store of somebody else's may be an object of a class.
  return {
    location: store.location,
    read: recordKey => store.read(recordKey),
    list: () => store.list(),
    exclusive: (recordKey, use, options) =>
      store.exclusive(
        recordKey,
        slot =>
          use({
            read: () => slot.read(),
            reserve: () => slot.reserve(),
            write: record => write(record, slot),
            remove: () => slot.remove(),
            confirm: () => slot.confirm(),
            announce: text => slot.announce(text),
          }),
        options,
      ),
  }
}
