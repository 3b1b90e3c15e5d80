import { oauthError, unsupportedParameter } from '../../http/errors/oauth-errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** The response modes of Okta. Without one, a code is in the query. */
export const RESPONSE_MODES: readonly string[] = ['query', 'fragment', 'form_post', 'okta_post_message']

/** The parameters that Okta documents for `/authorize` and that the emulator does not implement. */
export const UNSUPPORTED: readonly string[] = [
  'acr_values',
  'enroll_amr_values',
  'idp',
  'idp_scope',
  'interclient_token',
  'request',
  'sessionToken',
]
const PROMPTS = ['none', 'login', 'consent']
const MAX_AGE_LIMIT = 2 ** 31 - 1

/** The app has the authorization code grant, and requests a code. */
export const codeRequested: Check = exchange => {
  const { form } = exchange
  const { grantTypes } = requireApp(exchange)
  if (!RESPONSE_MODES.includes(form.get('response_mode') ?? 'query')) throw oauthError('unsupported_response_mode')
  if (!grantTypes.includes('authorization_code')) {
    throw oauthError('unauthorized_client', { value: grantTypes.join(', ') })
  }
  if (form.get('response_type') !== 'code') throw oauthError('unsupported_response_type', { value: 'code' })
}

/** Okta requires `state`, which RFC 6749 §4.1.1 only recommends (API reference of `/authorize`). */
export const statePresent: Check = ({ form }) => {
  if ((form.get('state') ?? '') === '') throw oauthError('invalid_state')
}

/** `prompt` and `max_age` have a valid value, and no parameter is ignored that Okta would use. */
export const promptValid: Check = ({ form }) => {
  const prompts = (form.get('prompt') ?? '').split(' ').filter(prompt => prompt !== '')
  const isNoneWithOthers = prompts.includes('none') && prompts.length > 1
  if (isNoneWithOthers || prompts.some(prompt => !PROMPTS.includes(prompt)))
    throw oauthError('invalid_prompt', { value: PROMPTS.join(', ') })
  const maxAge = form.get('max_age')
  if (maxAge !== null && !(/^\d+$/.test(maxAge) && Number(maxAge) <= MAX_AGE_LIMIT)) throw oauthError('invalid_max_age')
  const unsupported = UNSUPPORTED.find(name => form.has(name))
  if (unsupported !== undefined) throw unsupportedParameter(unsupported)
}
