import { OktaConnectError, type OktaSession } from '@connect-okta/core'
import type { TokenOptions } from '@connect-okta/core/types'

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

/** What kubectl reads from a plugin. */
export interface ExecCredential {
  readonly apiVersion: string
  readonly kind: 'ExecCredential'
  readonly status: { readonly token: string; readonly expirationTimestamp: string }
}

/**
 * The credential for a Kubernetes API server, which has to be able to check it: the ID token of whoever signed in, or the
 * access token of a custom authorization server. The access token of an org can be checked by Okta alone.
 *
 * @param execInfo what kubectl says in `KUBERNETES_EXEC_INFO`: the version that it wants.
 * @throws {@link OktaConnectError} `options_invalid` where the login has neither
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export async function execCredential(
  session: OktaSession,
  execInfo: string | undefined,
  options: TokenOptions,
  now: () => number,
): Promise<ExecCredential> {
  const apiVersion = wantedVersion(execInfo)
  const found = await session.token(options)
  if (found.idToken !== undefined) {
    const idToken = isOver(found.idToken, options, now) ? await renewedIdToken(session, options, now) : found.idToken
    return credential(apiVersion, idToken, expiryOf(idToken))
  }
  if (session.authorizationServer !== undefined && found.type === 'Bearer' && found.expiresAt !== null) {
    return credential(apiVersion, found.value, found.expiresAt)
  }
  throw new OktaConnectError('options_invalid', 'No Kubernetes API server can check a token of this login.', {
    hint:
      found.type === 'DPoP'
        ? 'It is bound to a key. Use an app without DPoP, where a person signs in or a custom authorization server is named.'
        : "It is the org's own, for Okta's APIs alone. Sign in as a person, or name a custom authorization server with --authorization-server.",
  })
}

function credential(apiVersion: string, token: string, expiresAt: Date): ExecCredential {
  const expirationTimestamp = expiresAt.toISOString().replace(/\.\d+Z$/, 'Z')
  return { apiVersion, kind: 'ExecCredential', status: { token, expirationTimestamp } }
}

// It may end before the access token that came with it.
async function renewedIdToken(session: OktaSession, options: TokenOptions, now: () => number): Promise<string> {
  const { idToken } = await session.token({ ...options, forceRefresh: true })
  if (idToken !== undefined && !isOver(idToken, options, now)) return idToken
  throw new OktaConnectError('login_required', 'The ID token of this login has run out, and no new one came.', {
    hint: 'Sign in again: connect-okta login --force.',
  })
}

function isOver(idToken: string, { minValidityMs = 0 }: TokenOptions, now: () => number): boolean {
  return expiryOf(idToken).getTime() - now() <= Math.max(minValidityMs, 60_000)
}

// Checked when it came; here it is only read (RFC 7519 §4.1.4).
function expiryOf(idToken: string): Date {
  const [, claims = ''] = idToken.split('.')
  return new Date(Number(JSON.parse(Buffer.from(claims, 'base64url').toString()).exp) * 1000)
}

function wantedVersion(execInfo: string | undefined): string {
  const [newest = ''] = versions
  if (execInfo === undefined) return newest
  try {
    const { apiVersion } = JSON.parse(execInfo)
    if (versions.includes(apiVersion)) return apiVersion
  } catch {}
  throw new OktaConnectError('options_invalid', 'kubectl asks for a version that this program does not know.', {
    hint: `Set apiVersion to ${newest} in the exec section of the kubeconfig.`,
  })
}
