import type { ListKind } from './list-kinds.js'
import { parseLimit } from './parse-limit.js'

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  /** The effective limit. */
  readonly limit: number
  /** The cursor of this page. */
  readonly after: string | undefined
  /** The cursor of the next page. Undefined for the last one. */
  readonly next: string | undefined
}

/**
 * Returns the page after a cursor.
 *
 * @param all the resources in the order of the list. Include deleted ones, which `matches` excludes: a cursor then stays
 *   valid when a client deletes, or changes, what it has listed
 * @param matches selects the resources of the list
 * @param parameters the `after` and `limit` parameters of the request
 * @throws {ApiError} for an unknown cursor or a malformed limit
 * @example takePage(users, isActive, { limit: '2' }, LISTS.users)
 */
export function takePage<T extends { readonly id: string }>(
  all: readonly T[],
  matches: (item: T) => boolean,
  { after, limit: limitText }: { after?: string | undefined; limit?: string | undefined },
  list: ListKind,
): Page<T> {
  const limit = parseLimit(list.allowsMinusOne && limitText === '-1' ? undefined : limitText, list)
  const items: T[] = []
  for (let at = after === undefined ? 0 : indexAfter(after, all, list); at < all.length; at++) {
    const item = all[at]
    if (item === undefined || !matches(item)) continue
    if (items.length === limit) return { items, limit, after, next: nextCursor(items, list) }
    items.push(item)
  }
  return { items, limit, after, next: undefined }
}

function indexAfter(cursor: string, all: readonly { readonly id: string }[], list: ListKind): number {
  const { cursorDigit, hasPages } = list
  // Recorded cursors start with 0 or 2.
  const isValid = hasPages && (cursorDigit === undefined || /^\d/.test(cursor))
  const id = cursorDigit === undefined ? cursor : cursor.slice(1)
  const index = isValid ? all.findIndex(item => item.id === id) : -1
  if (index === -1) throw list.invalidCursor()
  return index + 1
}

function nextCursor(items: readonly { readonly id: string }[], { hasPages, cursorDigit = '' }: ListKind) {
  return hasPages ? cursorDigit + items.at(-1)?.id : undefined
}
