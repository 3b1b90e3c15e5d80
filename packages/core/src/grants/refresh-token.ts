import { processRefreshTokenResponse, refreshTokenGrantRequest } from 'oauth4webapi'
import type { Connection } from '../connection.js'
import type { Deps } from '../deps.js'
import type { DpopNegotiation } from '../dpop.js'
import { requestToken, type TokenAnswer } from '../token-endpoint.js'
import { signInScope } from './authorization-request.js'

/**
 * Renews the token of a person without asking them (RFC 6749 §6). Okta may leave a new refresh token out of the answer:
 * the old one goes on then.
 *
 * @throws {@link OktaConnectError} `grant_rejected` with `oauth.error` `invalid_grant` when the refresh token has
 * ended; else as {@link requestToken} does.
 * @see https://developer.okta.com/docs/guides/refresh-tokens/
 */
export async function refresh(
  connection: Connection,
  refreshToken: string,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenAnswer> {
  const additionalParameters = { scope: signInScope(connection, { offlineAccess: true }) }
  const answer = await requestToken(
    connection,
    {
      send: (server, client, authentication, options) =>
        refreshTokenGrantRequest(server, client, authentication, refreshToken, { ...options, additionalParameters }),
      read: processRefreshTokenResponse,
    },
    dpop,
    deps,
  )
  return { ...answer, refreshToken: answer.refreshToken ?? refreshToken }
}
