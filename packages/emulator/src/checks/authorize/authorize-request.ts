import { OauthError } from '../../http/errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** The app has the authorization code grant, and requests a code in the query or the fragment. */
export const codeRequested: Check = exchange => {
  const { grantTypes } = requireApp(exchange)
  if (!grantTypes.includes('authorization_code')) {
    throw new OauthError(
      'unauthorized_client',
      `The client is not authorized to use the provided grant type. Configured grant types: [${grantTypes.join(', ')}].`,
    )
  }
  if (exchange.form.get('response_type') !== 'code') {
    throw new OauthError(
      'unsupported_response_type',
      'The response type is not supported by the authorization server. Configured response types: [code].',
    )
  }
  if (!['query', 'fragment'].includes(exchange.form.get('response_mode') ?? 'query')) {
    throw new OauthError('invalid_request', 'The response mode is not supported by the authorization server.')
  }
}

/** Okta requires `state`, which RFC 6749 §4.1.1 only recommends (API reference of `/authorize`). */
export const statePresent: Check = ({ form }) => {
  if ((form.get('state') ?? '') === '') {
    throw new OauthError('invalid_request', "The authentication request has an invalid 'state' parameter.")
  }
}
