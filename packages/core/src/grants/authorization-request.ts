import { calculatePKCECodeChallenge } from 'oauth4webapi'
import type { Attempt, AuthorizationCodeGrant, Connection } from '../connection.js'

/** The secrets of one authorization request, to be found again in its answer. */
export interface RequestSecrets {
  /** Ties the callback to this request (RFC 6749 §10.12). */
  readonly state: string
  /** Ties the ID token to this request (OpenID Connect Core §3.1.2.1). */
  readonly nonce: string
  /** Ties the code to this process (RFC 7636). */
  readonly codeVerifier: string
}

/**
 * The URL that the browser opens.
 *
 * @see RFC 6749 §4.1.1, RFC 7636 §4.3
 */
export async function authorizationUrl(
  connection: Attempt,
  { redirectUri, loginHint, wantsProfile }: AuthorizationCodeGrant,
  { state, nonce, codeVerifier }: RequestSecrets,
  wanted: { readonly offlineAccess: boolean },
): Promise<URL> {
  const url = new URL(connection.endpoints.authorize)
  const parameters = {
    response_type: 'code',
    client_id: connection.login.clientId,
    redirect_uri: redirectUri,
    scope: [signInScope(connection, wanted), ...(wantsProfile ? ['profile'] : [])].join(' '),
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(loginHint !== undefined && { login_hint: loginHint }),
    ...(connection.forceLogin && { prompt: 'login' }),
  }
  url.search = new URLSearchParams(parameters).toString()
  return url
}

/** What a person's sign-in asks for: `openid` for the ID token, `offline_access` for a refresh token, and the rest. */
export function signInScope({ login }: Connection, { offlineAccess }: { readonly offlineAccess: boolean }): string {
  return ['openid', ...(offlineAccess ? ['offline_access'] : []), ...login.scopes].join(' ')
}
