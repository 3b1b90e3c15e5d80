import { clientCredentialsGrantRequest, processClientCredentialsResponse } from 'oauth4webapi'
import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import { requestToken, type TokenResponse } from '../token-endpoint.js'

/**
 * Headless: the client requests a token for itself (RFC 6749 §4.4).
 *
 * @throws {@link OktaConnectError} as {@link requestToken}
 * @see https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/
 */
export async function clientCredentials(attempt: Attempt, dpop: DpopNegotiation, deps: Deps): Promise<TokenResponse> {
  const { scopes, connection } = attempt.login
  const parameters = {
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(connection !== undefined && { connection }),
  }
  return await requestToken(
    attempt,
    {
      send: (server, client, authentication, options) =>
        clientCredentialsGrantRequest(server, client, authentication, parameters, options),
      read: processClientCredentialsResponse,
      retry: { maxAttempts: 3, maxDurationMs: 30_000, retriesNetworkErrors: 'reset' },
    },
    dpop,
    deps,
  )
}
