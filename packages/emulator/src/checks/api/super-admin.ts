import { requestedApp } from '../../endpoints/apps/requested-app.js'
import { ApiError } from '../../http/errors/errors.js'
import type { Check } from '../../http/exchange.js'
import { acceptedToken } from './api-token.js'

/**
 * Only a Super Admin can change the keys of a service app that has `okta.*` scopes (guides/implement-oauth-for-okta-serviceapp,
 * "only an admin with Super Admin role permissions can rotate the keys"), so a service app cannot rotate its own keys. The
 * emulator has one admin role, which stands for Super Admin when a user has it.
 */
export const superAdmin: Check = exchange => {
  const { kind, scopes } = requestedApp(exchange)
  const isProtected = kind === 'service' && scopes.some(scope => scope.startsWith('okta.'))
  if (!isProtected || acceptedToken(exchange).userId !== undefined) return
  throw new ApiError('E0000006', 'You do not have permission to perform the requested action', { status: 403 })
}
