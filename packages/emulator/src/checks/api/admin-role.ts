import { ApiError } from '../../http/errors/errors.js'
import type { Check } from '../../http/exchange.js'
import { acceptedToken } from './api-token.js'

/**
 * The app or user of the token has an admin role. A scope is not sufficient: Okta issues a token with all granted scopes,
 * and the API rejects it when the role is missing (guides/implement-oauth-for-okta).
 */
export const adminRole: Check = exchange => {
  if (acceptedToken(exchange).isAdmin) return
  throw new ApiError('E0000006', 'You do not have permission to perform the requested action', { status: 403 })
}
