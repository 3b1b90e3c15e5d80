import { oauthError } from '../http/errors/oauth-errors.js'
import type { Check } from '../http/exchange.js'
import { UNSUPPORTED } from './authorize/authorize-request.js'

/** The parameters of the OAuth endpoints. */
const PARAMETERS: ReadonlySet<string> = new Set([
  ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'grant_type', 'scope'],
  ...['code', 'code_verifier', 'redirect_uri', 'refresh_token', 'device_code', 'token', 'token_type_hint'],
  ...['response_type', 'response_mode', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'prompt'],
  ...['max_age', 'login_hint', 'id_token_hint', 'request_uri', 'post_logout_redirect_uri'],
  ...UNSUPPORTED,
])

/**
 * No parameter is given more than once, in the query and the form together (RFC 6749 §3.1 and §3.2). Unknown ones are ignored:
 * MSAL sends its `client-request-id` in both.
 */
export const noDuplicates: Check = ({ form }) => {
  const names = [...form.keys()].filter(name => PARAMETERS.has(name))
  if (new Set(names).size < names.length) throw oauthError('duplicate_oauth_params')
}
