import { oauthError } from '../http/errors/oauth-errors.js'
import type { Check } from '../http/exchange.js'

/** No parameter is given more than once, in the query and the form together (RFC 6749 §3.1 and §3.2). */
export const noDuplicates: Check = ({ form }) => {
  const names = [...form.keys()]
  if (new Set(names).size < names.length) throw oauthError('duplicate_oauth_params')
}
