import * as oauth from 'oauth4webapi'
import type { Attempt, Connection, RequestSecrets } from '../../config/connection.js'
import { requiredEndpoint } from '../../config/tenant.js'

/** What a sign-in asks for, besides what the connection says. */
export interface AuthorizationRequest {
  readonly redirectUri: string
  readonly loginHint: string | undefined
  readonly offlineAccess: boolean
}

/** Fresh secrets, for one request. */
export function newRequestSecrets(): RequestSecrets {
  return {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
  }
}

/**
 * The URL that the browser opens.
 *
 * @see RFC 6749 §4.1.1, RFC 7636 §4.3
 */
export async function authorizationUrl(
  connection: Attempt,
  { redirectUri, loginHint, offlineAccess }: AuthorizationRequest,
  { state, nonce, codeVerifier }: RequestSecrets,
): Promise<URL> {
  const url = new URL(requiredEndpoint(connection.endpoints, 'authorize'))
  const parameters = {
    response_type: 'code',
    client_id: connection.login.clientId,
    redirect_uri: redirectUri,
    scope: signInScope(connection, { offlineAccess }),
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(loginHint !== undefined && { login_hint: loginHint }),
    ...(connection.forceLogin && { prompt: 'login' }),
  }
  url.search = new URLSearchParams(parameters).toString()
  return url
}

/**
 * The `scope` of a sign-in: `openid` for the ID token, `profile` for the user name in it, `offline_access` for a refresh
 * token, and what the token is for.
 */
export function signInScope({ login }: Connection, { offlineAccess, profile = true }: SignInScopes): string {
  return [
    'openid',
    ...(profile ? ['profile'] : []),
    ...(offlineAccess ? ['offline_access'] : []),
    ...login.scopes,
  ].join(' ')
}

interface SignInScopes {
  readonly offlineAccess: boolean
  readonly profile?: boolean
}
