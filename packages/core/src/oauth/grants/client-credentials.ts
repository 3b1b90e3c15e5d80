import { clientCredentialsGrantRequest, processClientCredentialsResponse } from 'oauth4webapi'
import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import { requestToken, type TokenAnswer } from '../token-endpoint.js'

/**
 * Headless: the client itself is the subject, and its key the proof (RFC 6749 §4.4).
 *
 * @throws {@link OktaConnectError} as {@link requestToken} does.
 * @see https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/
 */
export async function clientCredentials(connection: Attempt, dpop: DpopNegotiation, deps: Deps): Promise<TokenAnswer> {
  const parameters = { scope: connection.login.scopes.join(' ') }
  return await requestToken(
    connection,
    {
      send: (server, client, authentication, options) =>
        clientCredentialsGrantRequest(server, client, authentication, parameters, options),
      read: processClientCredentialsResponse,
      patience: { tries: 3, withinMs: 30_000, repeatsLost: false },
    },
    dpop,
    deps,
  )
}
