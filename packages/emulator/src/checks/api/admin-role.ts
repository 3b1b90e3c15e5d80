import { ApiError } from '../../http/errors.js'
import type { Check } from '../../http/exchange.js'
import { acceptedToken } from './api-token.js'

/**
 * The token's app or user has an admin role with the right. The scope alone is not enough: a token lists every granted
 * scope, also where the right is missing, and the refusal comes here (guides/implement-oauth-for-okta).
 */
export const adminRole: Check = exchange => {
  if (acceptedToken(exchange).isAdmin) return
  throw new ApiError('E0000006', 'You do not have permission to perform the requested action', { status: 403 })
}
