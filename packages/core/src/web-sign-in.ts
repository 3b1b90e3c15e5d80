import type { AuthorizationCodeOptions, CommonOptions } from './config/connect-options.js'
import type { AuthorizationCodeGrant, ParsedOptions } from './config/connection.js'
import { isRedirectUri } from './config/option-values.js'
import { parseOptions } from './config/parse-options.js'
import { type Deps, withDefaults } from './deps.js'
import { OktaConnectError } from './errors.js'
import { locate } from './oauth/discovery.js'
import { makeCurrent } from './session/logins.js'
import type { OktaSession } from './session/okta-session.js'
import { factsOf, LiveSession } from './session/session.js'
import { TokenSource } from './session/token-source.js'
import type { Account } from './stores/account.js'

/** What a sign-in takes whose answer comes to a web server. */
export interface SignInOptions
  extends CommonOptions,
    Pick<AuthorizationCodeOptions, 'loginHint' | 'offlineAccess' | 'grant' | 'accept'> {
  /** Where Okta sends the browser back to, exactly as registered with the app: by HTTPS, or on this machine. */
  readonly redirectUri: string
}

/**
 * What has to be kept until the browser comes back, where nobody else can read it: it ties the answer to this browser's
 * session. Plain JSON.
 */
export interface PendingSignIn {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/**
 * Begins a sign-in in a browser that comes back to a web server, where {@link connect} would listen itself. Sends
 * nothing to Okta.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 * @see RFC 6749 §4.1.1
 * @example
 * const { authorizationUrl, pending } = await beginSignIn(options)
 * browserSession.pending = pending
 * return redirect(authorizationUrl)
 */
export async function beginSignIn(
  options: SignInOptions,
  deps?: Partial<Deps>,
): Promise<{ readonly authorizationUrl: URL; readonly pending: PendingSignIn }> {
  const { connection, grant, signal, forceLogin } = await parseSignIn(options)
  const endpoints = await locate(connection, signal, withDefaults(deps))
  const { authorizationUrl, newRequestSecrets } = await import('./oauth/grants/authorization-request.js')
  const secrets = newRequestSecrets()
  const { redirectUri } = options
  const attempt = { ...connection, endpoints, signal, forceLogin }
  const url = await authorizationUrl(attempt, { ...grant, redirectUri }, secrets)
  return { authorizationUrl: url, pending: { redirectUri, ...secrets } }
}

/**
 * Completes a sign-in with the address at which the browser came back. The login is stored, and becomes the current one
 * of the store.
 *
 * @param options the same as at the beginning.
 * @param pending what {@link beginSignIn} gave: use it once, then forget it.
 * @throws {@link OktaConnectError} `state_mismatch`, `login_denied`; else what {@link connect} throws.
 * @see RFC 6749 §4.1.2, §4.1.3
 * @example
 * const { session, account } = await completeSignIn(options, browserSession.pending, new URL(request.url), { store })
 */
export async function completeSignIn(
  options: SignInOptions,
  pending: PendingSignIn,
  callbackUrl: URL,
  deps?: Partial<Deps>,
): Promise<{ readonly session: OktaSession; readonly account: Account | undefined }> {
  const { connection, signal } = await parseSignIn(options)
  const world = withDefaults(deps)
  const { redirectUri, ...secrets } = pending
  const answer = { type: 'sign_in_answer', redirectUri, parameters: callbackUrl.searchParams, secrets } as const
  const signIn = new TokenSource({ ...connection, runnable: answer }, world)
  const { record } = await signIn.logIn({ signal, forceLogin: true })
  await makeCurrent(signIn.recordKey, world.store)
  // The answer works once: when the login has run out, somebody has to begin again.
  const tokens = new TokenSource({ ...connection, runnable: { type: 'none' } }, world, record.account)
  return { session: new LiveSession(factsOf(connection), tokens, world), account: record.account }
}

async function parseSignIn(
  options: SignInOptions,
): Promise<ParsedOptions & { readonly grant: AuthorizationCodeGrant }> {
  const parsed = await parseOptions({ ...options, grant: 'authorization_code', manual: true })
  const { runnable } = parsed.connection
  if (runnable.type === 'authorization_code' && isRedirectUri(options.redirectUri))
    return { ...parsed, grant: runnable }
  throw new OktaConnectError('options_invalid', 'The redirect URI is missing.', {
    hint: 'Give the one of the web server that is registered with the app.',
  })
}
