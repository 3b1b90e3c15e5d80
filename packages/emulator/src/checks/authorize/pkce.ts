import { OauthError } from '../../http/errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** A public app uses PKCE with S256 (RFC 7636). For a confidential app, PKCE is optional. */
export const codeChallenge: Check = exchange => {
  const { form } = exchange
  const challenge = form.get('code_challenge')
  if (challenge === null) {
    if (requireApp(exchange).authentication !== 'none') return
    // This message is in the recorded responses of okta-idx-java and okta-idx-swift.
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
