import { type AccessToken, OktaConnectError, type OktaSession } from '@connect-okta/core'
import type { TokenOptions } from '@connect-okta/core/types'
import type { Terminal } from '../output/terminal.js'

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

/** The output of a credential plugin for kubectl. */
export interface ExecCredential {
  readonly apiVersion: string
  readonly kind: 'ExecCredential'
  readonly status: { readonly token: string; readonly expirationTimestamp: string }
}

/**
 * The credential for a Kubernetes API server: the ID token of the user who signed in, or the access token of a custom
 * authorization server, also one of a broker. Only Okta can validate an access token of the org's own authorization server.
 *
 * @param token a valid token of the session.
 * @throws {@link OktaConnectError} `options_invalid` if the sign-in has neither
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export async function execCredential(
  session: OktaSession,
  token: AccessToken,
  { minValidityMs = 0 }: Pick<TokenOptions, 'minValidityMs'>,
  { io, signal }: Terminal,
): Promise<ExecCredential> {
  const apiVersion = requestedVersion(io.environment.variables.KUBERNETES_EXEC_INFO)
  const isExpired = (idToken: string) => expiryOf(idToken).getTime() - io.now() <= Math.max(minValidityMs, 60_000)
  if (token.idToken !== undefined) {
    // An ID token may expire before the access token that was issued with it.
    const { idToken } = isExpired(token.idToken)
      ? await session.token({ minValidityMs, signal, forceRefresh: true })
      : token
    if (idToken === undefined || isExpired(idToken)) throw idTokenExpired()
    return credential(apiVersion, idToken, expiryOf(idToken))
  }
  // A broker does not say which authorization server its connection has.
  const mayBeValidated = (session.authorizationServer ?? session.broker) !== undefined
  if (mayBeValidated && token.type === 'Bearer' && token.expiresAt !== null) {
    return credential(apiVersion, token.value, token.expiresAt)
  }
  throw new OktaConnectError('options_invalid', 'A Kubernetes API server cannot verify the token of this sign-in.', {
    hint:
      token.type === 'DPoP'
        ? 'The token is bound to a key (DPoP). Use an app without DPoP, and sign in as a user or specify a custom authorization server.'
        : 'Only the APIs of Okta accept it. Sign in as a user, or specify a custom authorization server: --authorization-server ID',
  })
}

function credential(apiVersion: string, token: string, expiresAt: Date): ExecCredential {
  const expirationTimestamp = expiresAt.toISOString().replace(/\.\d+Z$/, 'Z')
  return { apiVersion, kind: 'ExecCredential', status: { token, expirationTimestamp } }
}

function idTokenExpired(): OktaConnectError {
  return new OktaConnectError('login_required', 'The ID token has expired, and Okta did not return a new one.', {
    hint: 'Run connect-okta login --force to sign in again.',
  })
}

// RFC 7519 §4.1.4. The core has validated the token when it got it.
function expiryOf(idToken: string): Date {
  const [, claims = ''] = idToken.split('.')
  return new Date(Number(JSON.parse(Buffer.from(claims, 'base64url').toString()).exp) * 1000)
}

/**
 * Returns whether a user can be asked.
 *
 * @param execInfo the variable `KUBERNETES_EXEC_INFO`, with which kubectl calls a credential plugin.
 * @see https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-ExecCredentialSpec
 */
export function isInteractive(execInfo: string | undefined): boolean {
  try {
    return JSON.parse(execInfo ?? '{}')?.spec?.interactive !== false
  } catch {
    return true
  }
}

// kubectl requests a version of the credential in KUBERNETES_EXEC_INFO.
function requestedVersion(execInfo: string | undefined): string {
  const [newest = ''] = versions
  if (execInfo === undefined) return newest
  try {
    const { apiVersion } = JSON.parse(execInfo)
    if (versions.includes(apiVersion)) return apiVersion
  } catch {}
  throw new OktaConnectError('options_invalid', 'kubectl requests an unsupported version of ExecCredential.', {
    hint: `Set apiVersion to ${newest} in the exec section of the kubeconfig.`,
  })
}
