import { type Check, requireApp } from '../../http/exchange.js'
import { oauthError } from '../../http/oauth-errors.js'

/**
 * The refresh token belongs to the app, and the DPoP proof is signed by the key that it is bound to (RFC 9449 §5). Each use
 * restarts the idle time of seven days (guides/refresh-tokens). oidc-provider detects reuse after rotation.
 */
export const refreshTokenValid: Check = exchange => {
  const { form, server, org } = exchange
  if (form.get('grant_type') !== 'refresh_token') return
  const value = form.get('refresh_token')
  if (value === null) {
    throw oauthError('missing_token_request_parameter', { value: 'refresh_token' })
  }
  const record = server.tokens.find('RefreshToken', value)
  if (record === undefined || record.clientId !== requireApp(exchange).clientId) {
    throw oauthError('invalid_refresh_token')
  }
  const user = org.activeUser(record.accountId)
  if (user === undefined) throw oauthError('invalid_refresh_token')
  if (!org.isAssigned(requireApp(exchange), user)) throw oauthError('user_not_assigned')
  const boundTo = record.grantId === undefined ? undefined : server.boundGrants.get(record.grantId)
  if (boundTo !== undefined && boundTo !== exchange.proof?.thumbprint) {
    throw oauthError('invalid_dpop_proof_invalid_public_key_binding')
  }
  const granted = record.scope?.split(' ') ?? []
  const denied = (form.get('scope') ?? '').split(' ').filter(scope => scope !== '' && !granted.includes(scope))
  if (denied.length > 0) throw oauthError('refresh_scopes_denied', { value: denied.join(', ') })
  server.tokens.extend('RefreshToken', value, server.refreshTokenIdleSeconds)
}
