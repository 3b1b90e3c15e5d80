import * as oauth from 'oauth4webapi'
import type { Attempt, Connection, RequestSecrets } from '../../config/connection.js'
import { requiredEndpoint } from '../../config/tenant.js'
import type { Notify } from '../../notice.js'

/** The parameters of one authorization request. */
interface RequestOptions {
  readonly redirectUri: string
  readonly loginHint: string | undefined
  readonly offlineAccess: boolean
}

/** An authorization request. Its secrets are needed to validate the response. */
export interface AuthorizationRequest {
  /** The URL that the browser opens. */
  readonly url: URL
  readonly redirectUri: string
  readonly secrets: RequestSecrets
}

/**
 * Creates an authorization request, with secrets of its own.
 *
 * @see RFC 6749 §4.1.1, RFC 7636 §4.3
 */
export async function newAuthorizationRequest(
  attempt: Attempt,
  { redirectUri, loginHint, offlineAccess }: RequestOptions,
): Promise<AuthorizationRequest> {
  const secrets = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
  }
  const url = new URL(requiredEndpoint(attempt.endpoints, 'authorize'))
  const parameters = {
    response_type: 'code',
    client_id: attempt.login.clientId,
    redirect_uri: redirectUri,
    scope: signInScope(attempt, { offlineAccess }),
    state: secrets.state,
    nonce: secrets.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(secrets.codeVerifier),
    code_challenge_method: 'S256',
    ...(loginHint !== undefined && { login_hint: loginHint }),
    ...(attempt.forceLogin && { prompt: 'login' }),
  }
  url.search = new URLSearchParams(parameters).toString()
  return { url, redirectUri, secrets }
}

/**
 * Returns whether to repeat the request without `offline_access`: Okta rejected a scope, and does not report which one.
 * Most often it is this one, because the app lacks the Refresh Token grant.
 */
export function shouldOmitOfflineAccess(response: URLSearchParams, offlineAccess: boolean): boolean {
  return offlineAccess && response.get('error') === 'invalid_scope'
}

/** Notifies that there is no refresh token, if the request without `offline_access` succeeded. */
export function notifyNoRefreshToken(response: URLSearchParams, notify: Notify): void {
  if (response.has('error')) return
  notify({
    code: 'offline_access_refused',
    message:
      'Okta issues no refresh token to this app: sign in again when the token expires, or select Refresh Token at ' +
      'Applications > your app > General > Grant type.',
  })
}

interface SignInScopes {
  readonly offlineAccess: boolean
  readonly profile?: boolean
}

/**
 * Returns the `scope` of a sign-in: `openid` for the ID token, `profile` for the username in it, `offline_access` for a
 * refresh token, and the requested scopes.
 */
export function signInScope({ login }: Connection, { offlineAccess, profile = true }: SignInScopes): string {
  const scopes = [
    'openid',
    ...(profile ? ['profile'] : []),
    ...(offlineAccess ? ['offline_access'] : []),
    ...login.scopes,
  ]
  return [...new Set(scopes)].join(' ')
}
