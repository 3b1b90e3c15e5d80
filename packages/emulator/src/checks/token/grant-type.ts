import { DEVICE_CODE } from '../../config/options.js'
import { OauthError } from '../../http/errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

const SUPPORTED = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE]

/** The authorization server supports the grant type (RFC 6749 §5.2). */
export const grantTypeSupported: Check = ({ form }) => {
  const grantType = form.get('grant_type')
  if (grantType === null) throw new OauthError('invalid_request', "The token request must specify a 'grant_type'.")
  if (!SUPPORTED.includes(grantType)) {
    throw new OauthError(
      'unsupported_grant_type',
      `The authorization grant type is not supported by the authorization server. Configured grant types: [${SUPPORTED.join(', ')}].`,
    )
  }
}

/** The grant type is enabled for the app. */
export const grantTypeAllowed: Check = exchange => {
  const { grantTypes } = requireApp(exchange)
  if (!grantTypes.includes(exchange.form.get('grant_type') ?? '')) {
    throw new OauthError(
      'unauthorized_client',
      `The client is not authorized to use the provided grant type. Configured grant types: [${grantTypes.join(', ')}].`,
    )
  }
}
