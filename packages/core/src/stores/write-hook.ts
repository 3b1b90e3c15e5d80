import type { StoreRecord } from './token-record.js'
import type { TokenSlot, TokenStore } from './token-store.js'

/**
 * Returns a store that calls a function in place of each write.
 *
 * @param write has to call `slot.write` itself.
 */
export function withWriteHook(
  store: TokenStore,
  write: (record: StoreRecord, slot: TokenSlot) => Promise<void>,
): TokenStore {
  // Not a spread: a store of the caller may be an instance of a class.
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
