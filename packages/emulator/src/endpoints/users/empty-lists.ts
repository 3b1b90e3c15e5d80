import type { Exchange } from '../../http/exchange.js'
import { accepted, refused } from '../table/parameters.js'
import { requestedUser } from './requested-user.js'

export const EMPTY_LIST = [
  accepted('limit', 'The list is empty.'),
  accepted('after', 'The list is empty.'),
  refused('scopeId'),
  refused('expand'),
]

/** A list of things that users of the emulator do not have: consents, tokens of apps by user, and identity providers. */
export function emptyList(exchange: Exchange): void {
  requestedUser(exchange, 'userId')
  exchange.ctx.body = []
}
