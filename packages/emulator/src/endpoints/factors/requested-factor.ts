import { decodeSegment } from '../../http/decode-segment.js'
import { resourceNotFound } from '../../http/errors.js'
import type { Exchange } from '../../http/exchange.js'
import type { DirectoryUser } from '../../org/users/directory.js'
import type { Factor } from '../../org/users/factors.js'

/**
 * Returns the user in the path. The factor API accepts only an ID: its OpenAPI file has `userId`, "ID of an existing Okta
 * user", where the users API has `id`, "An ID, login, or login shortname". The error for a login is inferred.
 */
export function requestedUser({ ctx, org }: Exchange): DirectoryUser {
  const [, , , , userId = ''] = ctx.path.split('/')
  const user = org.directory.findById(userId)
  if (user === undefined) throw resourceNotFound(decodeSegment(userId), 'User')
  return user
}

/** Returns the user and the factor in the path. */
export function requestedFactor(exchange: Exchange): { readonly user: DirectoryUser; readonly factor: Factor } {
  const user = requestedUser(exchange)
  const [, , , , , , factorId = ''] = exchange.ctx.path.split('/')
  const factor = exchange.org.factors.find(user.id, factorId)
  // The name of the resource is inferred.
  if (factor === undefined) throw resourceNotFound(decodeSegment(factorId), 'UserFactor')
  return { user, factor }
}
