import { optionsInvalid } from '../errors.js'
import { sha256 } from '../keys/digest.js'
import { shareNotices } from './store-notices.js'
import type { TokenStore } from './token-store.js'

/**
 * Returns the part of a store that belongs to one user of a server: a sign-in in it neither replaces nor is found by that of another
 * user. Of a Redis store or a file store, every process of the server gets the same part for the same ID.
 *
 * @param id identifies the user, such as the ID of the browser session. Only its digest is stored.
 * @throws {@link OktaConnectError} `options_invalid` if the ID is empty
 * @example
 * const users = createMemoryStore()
 * const storeOf = (browserSession: { id: string }) => userStore(users, browserSession.id)
 */
export function userStore(store: TokenStore, id: string): TokenStore {
  if (typeof id !== 'string' || id === '') {
    throw optionsInvalid('The ID of the user is missing.', 'Use the ID of the browser session, for example.')
  }
  // A record key has at most 100 characters.
  const prefix = `u-${sha256(id).slice(0, 24)}-`
  return shareNotices(store, {
    location: store.location,
    read: recordKey => store.read(prefix + recordKey),
    exclusive: (recordKey, use, options) => store.exclusive(prefix + recordKey, use, options),
    async *list() {
      for await (const info of store.list()) {
        if (info.recordKey.startsWith(prefix)) yield { ...info, recordKey: info.recordKey.slice(prefix.length) }
      }
    },
  })
}
