import { acceptedToken } from '../../checks/api/api-token.js'
import { resourceNotFound } from '../../http/errors/errors.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import type { User } from '../../org/users/user.js'

/**
 * Returns the user in the path: by ID, login, or the part of the login before the `@` if no other user has it. `me` is the
 * user of the token.
 */
export function requestedUser(exchange: Exchange, name = 'id'): User {
  const { directory } = exchange.org
  const requested = pathParameter(exchange, name)
  if (requested === 'me') return userOfToken(exchange)
  const user = directory.find(requested) ?? directory.findByLogin(requested) ?? directory.findByShortName(requested)
  if (user === undefined) throw resourceNotFound(requested, 'User')
  return user
}

/** Returns the user of the token. A token of a service app has none. */
export function userOfToken(exchange: Exchange): User {
  const user = exchange.org.directory.find(acceptedToken(exchange).userId)
  if (user === undefined) throw resourceNotFound('me', 'User')
  return user
}
