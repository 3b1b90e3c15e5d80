import { DEVICE_CODE } from '../../config/defaults.js'
import { oauthError } from '../../http/errors/oauth-errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

const SUPPORTED = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE]

/** The authorization server supports the grant type (RFC 6749 §5.2). */
export const grantTypeSupported: Check = ({ form }) => {
  const grantType = form.get('grant_type')
  if (grantType === null) throw oauthError('token_request_missing_grant_type', { value: SUPPORTED.join(', ') })
  if (!SUPPORTED.includes(grantType)) throw oauthError('unsupported_grant_type', { value: SUPPORTED.join(', ') })
}

/** The grant type is enabled for the app. */
export const grantTypeAllowed: Check = exchange => {
  const { grantTypes } = requireApp(exchange)
  if (grantTypes.includes(exchange.form.get('grant_type') ?? '')) return
  throw oauthError('unauthorized_client', { value: grantTypes.join(', ') })
}
