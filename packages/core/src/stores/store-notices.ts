import type { Notify } from '../notice.js'
import type { TokenStore } from './token-store.js'

// For stores that were opened without a function for notices. It is known when a session uses the store.
const receivers = new WeakMap<TokenStore, { notify?: Notify }>()

/** Opens a store whose notices go to the first session that uses it. */
export function withLateNotify(open: (notify: Notify) => TokenStore): TokenStore {
  const receiver: { notify?: Notify } = {}
  const store = open(notice => receiver.notify?.(notice))
  receivers.set(store, receiver)
  return store
}

/** Sets the function for the notices of a store, unless the store has one. */
export function receiveNotices(store: TokenStore, notify: Notify): void {
  const receiver = receivers.get(store)
  if (receiver !== undefined) receiver.notify ??= notify
}

/** Makes the notices of a store go to the first session that uses it or a part of it. */
export function shareNotices(store: TokenStore, part: TokenStore): TokenStore {
  const receiver = receivers.get(store)
  if (receiver !== undefined) receivers.set(part, receiver)
  return part
}
