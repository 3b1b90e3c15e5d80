import * as oauth from 'oauth4webapi'
import type { Attempt, SignInAnswer } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { printable } from '../../safe-text.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import { meaningOf } from '../oauth-error.js'
import { requestToken, type TokenAnswer } from '../token-endpoint.js'

/**
 * Exchanges what the browser came back with for a token: checks that it is the answer to the request, and the ID token
 * that comes with the token.
 *
 * @throws {@link OktaConnectError} `login_denied`, `state_mismatch`; else as {@link requestToken} does.
 * @see RFC 6749 §4.1.2, §4.1.3, RFC 9207, OpenID Connect Core §3.1.3.7
 */
export async function exchangeCode(
  connection: Attempt,
  { redirectUri, parameters, secrets }: Omit<SignInAnswer, 'type'>,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenAnswer> {
  const { clientId } = connection.login
  const valid = validate(connection, parameters, secrets.state)
  return await requestToken(
    connection,
    {
      send: (server, client, authentication, options) =>
        oauth.authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          valid,
          redirectUri,
          secrets.codeVerifier,
          options,
        ),
      read: (server, _client, response) =>
        // A minute of difference between two clocks is no attack.
        oauth.processAuthorizationCodeResponse(server, { client_id: clientId, [oauth.clockTolerance]: 60 }, response, {
          expectedNonce: secrets.nonce,
          requireIdToken: true,
        }),
      // A code works once; sent again it ends the tokens that it gave (RFC 6749 §4.1.2).
      patience: { tries: 1, withinMs: 0, repeatsLost: false },
    },
    dpop,
    deps,
  )
}

function validate(connection: Attempt, parameters: URLSearchParams, state: string): URLSearchParams {
  const server = { issuer: connection.endpoints.issuer }
  try {
    // Checks `iss` too, when it is there (RFC 9207).
    const valid = oauth.validateAuthResponse(server, { client_id: connection.login.clientId }, parameters, state)
    const [code, another] = valid.getAll('code')
    if (code && another === undefined) return valid
    throw new Error('there is no code, or more than one')
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) throw refused(error, connection)
    throw new OktaConnectError('state_mismatch', 'The answer of the browser is not the answer to this sign-in.', {
      hint: 'Sign in again. If it happens again, somebody may be tampering with the sign-in.',
    })
  }
}

function refused(error: oauth.AuthorizationResponseError, connection: Attempt): OktaConnectError {
  const details = { error: printable(error.error), description: printable(error.error_description), status: 302 }
  const words = details.description === '' ? details.error : details.description
  const [code, hint] = meaningOf(details, connection)
  return new OktaConnectError(code, `Okta refused the sign-in: ${words}`, { hint, oauth: details })
}
