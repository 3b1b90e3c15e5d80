import { OauthError } from '../../http/errors.js'
import { type Check, knownApp } from '../../http/exchange.js'

/**
 * A refresh needs a refresh token of this app, and the DPoP key that the first token was bound to (RFC 9449 §5).
 * Using one starts its seven idle days anew (guides/refresh-tokens). Reuse after rotation is oidc-provider's to see.
 */
export const refreshTokenGiven: Check = exchange => {
  const { form, server } = exchange
  if (form.get('grant_type') !== 'refresh_token') return
  const value = form.get('refresh_token')
  if (value === null) {
    throw new OauthError('invalid_request', "The token request must provide a 'refresh_token' value.")
  }
  const record = server.tokens.find('RefreshToken', value)
  if (record === undefined || record.clientId !== knownApp(exchange).clientId) {
    throw new OauthError('invalid_grant', 'The refresh token is invalid or expired.')
  }
  const boundTo = record.grantId === undefined ? undefined : server.boundGrants.get(record.grantId)
  if (boundTo !== undefined && boundTo !== exchange.proof?.thumbprint) {
    throw new OauthError('invalid_dpop_proof', 'The DPoP proof JWT is not signed by the key of the refresh token.')
  }
  server.tokens.extend('RefreshToken', value, server.refreshTokenIdleSeconds)
}
