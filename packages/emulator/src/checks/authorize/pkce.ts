import { type Check, requireApp } from '../../http/exchange.js'
import { oauthError } from '../../http/oauth-errors.js'

/** A public app uses PKCE with S256 (RFC 7636). For a confidential app, PKCE is optional, unless its settings require it. */
export const codeChallenge: Check = exchange => {
  const { form } = exchange
  const challenge = form.get('code_challenge')
  if (challenge === null) {
    if (!requireApp(exchange).pkceRequired) return
    throw oauthError('pkce_missing_challenge')
  }
  if (form.get('code_challenge_method') !== 'S256') {
    throw oauthError('pkce_unsupported_code_challenge_method', { value: 'S256' })
  }
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) {
    throw oauthError('pkce_invalid_challenge')
  }
}
