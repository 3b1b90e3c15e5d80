import { oauthError } from '../../http/errors/oauth-errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** A request that redeems a code has all parameters, and comes from the app that got the code (RFC 6749 §4.1.3). */
export const authorizationCode: Check = exchange => {
  const { form, server } = exchange
  if (form.get('grant_type') !== 'authorization_code') return
  for (const name of ['code', 'redirect_uri']) {
    if ((form.get(name) ?? '') === '') throw oauthError('missing_token_request_parameter', { value: name })
  }
  const record = server.tokens.find('AuthorizationCode', form.get('code') ?? '')
  if (record !== undefined && record.clientId !== requireApp(exchange).clientId) throw oauthError('mismatched_client')
  const verifier = form.get('code_verifier')
  // RFC 7636 §4.1
  if (verifier !== null && !/^[\w.~-]{43,128}$/.test(verifier)) throw oauthError('pkce_verification_failed')
}
