import { resourceNotFound } from '../../http/errors/errors.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import type { Factor } from '../../org/users/factors.js'
import type { User } from '../../org/users/user.js'

/**
 * Returns the user in the path. The factor API accepts only an ID: its OpenAPI file has `userId`, "ID of an existing Okta
 * user", where the users API has `id`, "An ID, login, or login shortname". The error for a login is inferred.
 */
export function requestedUser(exchange: Exchange): User {
  const userId = pathParameter(exchange, 'userId')
  const user = exchange.org.directory.find(userId)
  if (user === undefined) throw resourceNotFound(userId, 'User')
  return user
}

/** Returns the user and the factor in the path. */
export function requestedFactor(exchange: Exchange): { readonly user: User; readonly factor: Factor } {
  const user = requestedUser(exchange)
  const factorId = pathParameter(exchange, 'factorId')
  const factor = exchange.org.factors.find(user.id, factorId)
  if (factor === undefined) throw resourceNotFound(factorId, 'UserFactor')
  return { user, factor }
}
