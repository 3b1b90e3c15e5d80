import { processRefreshTokenResponse, refreshTokenGrantRequest } from 'oauth4webapi'
import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import type { TokenRecord } from '../../stores/token-record.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import { requestToken, type TokenResponse } from '../token-endpoint.js'
import { signInScope } from './authorization-request.js'

/**
 * Renews the token of a user who is not asked again (RFC 6749 §6). If the response has no new refresh token, the old one stays
 * valid.
 *
 * @throws {@link OktaConnectError} `grant_rejected` with `oauth.error` `invalid_grant` if the refresh token is no
 * longer valid; else as {@link requestToken}
 * @see https://developer.okta.com/docs/guides/refresh-tokens/
 */
export async function refreshToken(
  attempt: Attempt,
  { refreshToken: old, grantedScopes }: Pick<TokenRecord, 'grantedScopes'> & { readonly refreshToken: string },
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenResponse> {
  // A refresh may not request more than the sign-in was granted (RFC 6749 §6).
  const scope = signInScope(attempt, { offlineAccess: true, profile: grantedScopes.includes('profile') })
  const response = await requestToken(
    attempt,
    {
      send: (server, client, authentication, options) =>
        refreshTokenGrantRequest(server, client, authentication, old, {
          ...options,
          additionalParameters: { scope },
        }),
      read: processRefreshTokenResponse,
      // A response that was lost may have contained the next refresh token. Okta accepts the old one for a short time; later
      // it would revoke all tokens of the sign-in, because reuse indicates theft.
      retry: { maxAttempts: 2, maxDurationMs: 10_000, retriesNetworkErrors: true },
    },
    dpop,
    deps,
  )
  return { ...response, refreshToken: response.refreshToken ?? old }
}
