import { OauthError } from '../../http/errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/**
 * The refresh token belongs to the app, and the DPoP proof is signed by the key that it is bound to (RFC 9449 §5). Each use
 * restarts the idle time of seven days (guides/refresh-tokens). oidc-provider detects reuse after rotation.
 */
export const refreshTokenValid: Check = exchange => {
  const { form, server } = exchange
  if (form.get('grant_type') !== 'refresh_token') return
  const value = form.get('refresh_token')
  if (value === null) {
    throw new OauthError('invalid_request', "The token request must provide a 'refresh_token' value.")
  }
  const record = server.tokens.find('RefreshToken', value)
  if (record === undefined || record.clientId !== requireApp(exchange).clientId) {
    throw new OauthError('invalid_grant', 'The refresh token is invalid or expired.')
  }
  const boundTo = record.grantId === undefined ? undefined : server.boundGrants.get(record.grantId)
  if (boundTo !== undefined && boundTo !== exchange.proof?.thumbprint) {
    throw new OauthError('invalid_dpop_proof', 'The DPoP proof JWT is not signed by the key of the refresh token.')
  }
  server.tokens.extend('RefreshToken', value, server.refreshTokenIdleSeconds)
}
