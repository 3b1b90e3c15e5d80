import * as oauth from 'oauth4webapi'
import type { Attempt, AuthorizationResponse } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { printable } from '../../safe-text.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import { authorizationError } from '../oauth-error.js'
import { requestToken, type TokenResponse } from '../token-endpoint.js'

/**
 * Exchanges the authorization code for a token: validates that the callback is the response to the request, and the ID token.
 *
 * @throws {@link OktaConnectError} `login_denied`, `state_mismatch`; else as {@link requestToken}
 * @see RFC 6749 §4.1.2, §4.1.3, RFC 9207, OpenID Connect Core §3.1.3.7
 */
export async function exchangeCode(
  attempt: Attempt,
  { redirectUri, parameters, secrets }: Omit<AuthorizationResponse, 'type'>,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenResponse> {
  const { clientId } = attempt.login
  const valid = validate(attempt, parameters, secrets.state)
  return await requestToken(
    attempt,
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
        // The clocks of the two machines may differ by a minute.
        oauth.processAuthorizationCodeResponse(server, { client_id: clientId, [oauth.clockTolerance]: 60 }, response, {
          expectedNonce: secrets.nonce,
          requireIdToken: true,
        }),
      // A code works once: if it is sent again, the server revokes the tokens of the first time (RFC 6749 §4.1.2).
      retry: { maxAttempts: 1, maxDurationMs: 0, retriesNetworkErrors: false },
    },
    dpop,
    deps,
  )
}

function validate(attempt: Attempt, parameters: URLSearchParams, state: string): URLSearchParams {
  const server = { issuer: attempt.endpoints.issuer }
  try {
    // Validates `iss` too, if it is present (RFC 9207).
    const valid = oauth.validateAuthResponse(server, { client_id: attempt.login.clientId }, parameters, state)
    const [code, another] = valid.getAll('code')
    if (code && another === undefined) return valid
    throw new Error('no code, or more than one')
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) throw rejected(error, attempt)
    throw new OktaConnectError('state_mismatch', 'The response of the browser does not match this sign-in.', {
      hint: 'Sign in again. If it happens again, someone may be tampering with the sign-in.',
    })
  }
}

function rejected(error: oauth.AuthorizationResponseError, attempt: Attempt): OktaConnectError {
  const details = { error: printable(error.error), description: printable(error.error_description), status: 302 }
  return authorizationError(details, attempt)
}
