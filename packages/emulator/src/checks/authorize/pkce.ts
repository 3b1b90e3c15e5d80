import { OauthError } from '../../http/errors.js'
import { type Check, knownApp } from '../../http/exchange.js'

/** An app without a secret or a key uses PKCE with S256 (RFC 7636); an app with one may. */
export const codeChallenge: Check = exchange => {
  const { form } = exchange
  const challenge = form.get('code_challenge')
  if (challenge === null) {
    if (knownApp(exchange).authentication !== 'none') return
    // okta-idx-java's and okta-idx-swift's recorded answers have these words.
    throw new OauthError(
      'invalid_request',
      "PKCE code challenge is required when the token endpoint authentication method is 'NONE'.",
    )
  }
  if (form.get('code_challenge_method') !== 'S256') {
    throw new OauthError('invalid_request', "The 'code_challenge_method' must be 'S256'.")
  }
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) {
    throw new OauthError('invalid_request', "The 'code_challenge' is invalid.")
  }
}
