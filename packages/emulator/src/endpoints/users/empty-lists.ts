import type { Exchange } from '../../http/exchange.js'
import { linkHeaders } from '../../paging/link-headers.js'
import { LISTS } from '../../paging/list-kinds.js'
import { takePage } from '../../paging/take-page.js'
import { accepted, refused } from '../table/parameters.js'
import { requestedUser } from './requested-user.js'

export const EMPTY_LIST = [
  accepted('limit', 'The list is empty.'),
  accepted('after', 'The list is empty.'),
  refused('scopeId'),
  refused('expand'),
]

/** `GET /api/v1/users/{userId}/grants`: no user of the emulator has given a consent. Recorded with a link to itself. */
export function noGrants(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange, 'userId')
  const page = takePage<{ id: string }>([], () => true, {}, LISTS.userGrants)
  ctx.set('Link', linkHeaders(new URL(`/api/v1/users/${user.id}/grants`, org.url), page, {}, LISTS.userGrants))
  ctx.body = []
}

/** `DELETE /api/v1/users/{userId}/grants`: there is nothing to revoke. */
export function deleteGrants(exchange: Exchange): void {
  requestedUser(exchange, 'userId')
  exchange.ctx.status = 204
}

/** A list of things that users of the emulator do not have: consents, tokens of apps by user, and identity providers. */
export function emptyList(exchange: Exchange): void {
  requestedUser(exchange, 'userId')
  exchange.ctx.body = []
}
