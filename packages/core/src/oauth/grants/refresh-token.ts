import { processRefreshTokenResponse, refreshTokenGrantRequest } from 'oauth4webapi'
import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import type { TokenRecord } from '../../stores/token-record.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
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
  connection: Attempt,
  { refreshToken, grantedScopes }: Pick<TokenRecord, 'grantedScopes'> & { readonly refreshToken: string },
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenAnswer> {
  // A refresh may ask for no more than the sign-in was granted (RFC 6749 §6).
  const scope = signInScope(connection, { offlineAccess: true, profile: grantedScopes.includes('profile') })
  const answer = await requestToken(
    connection,
    {
      send: (server, client, authentication, options) =>
        refreshTokenGrantRequest(server, client, authentication, refreshToken, {
          ...options,
          additionalParameters: { scope },
        }),
      read: processRefreshTokenResponse,
      // An answer that was lost on the way may have held the next refresh token. For a short while Okta takes the old
      // one once more; later that would look like theft, and end the login.
      patience: { tries: 2, withinMs: 10_000, repeatsLost: true },
    },
    dpop,
    deps,
  )
  return { ...answer, refreshToken: answer.refreshToken ?? refreshToken }
}
