import type { AuthorizationCodeOptions, CommonOptions } from './connect-options.js'
import { type AuthorizationCodeGrant, factsOf, type ParsedOptions } from './connection.js'
import { type Deps, withDefaults } from './deps.js'
import { locate } from './discovery.js'
import { OktaConnectError } from './errors.js'
import { makeCurrent } from './logins.js'
import type { OktaSession } from './okta-session.js'
import { isRedirectUri } from './option-values.js'
import { parseOptions } from './options.js'
import { revokeLogin } from './revoke-login.js'
import { LiveSession } from './session.js'
import type { TokenStore } from './stores/token-store.js'
import { withWriting } from './stores/with-writing.js'
import type { TokenRecord } from './token-record.js'
import { TokenSource } from './token-source.js'

/** What a sign-in takes whose answer comes to a web server. */
export interface SignInOptions
  extends CommonOptions,
    Pick<AuthorizationCodeOptions, 'loginHint' | 'offlineAccess' | 'grant'> {
  /** Where Okta sends the browser back to, exactly as registered with the app: by HTTPS, or on this machine. */
  readonly redirectUri: string
  /**
   * Whether somebody may sign in here, asked before their login is stored. Who may not is refused (`login_denied`), and
   * their token is revoked. Default: everybody may whom Okta lets in.
   */
  readonly accept?: (subject: Subject) => boolean
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

/** Who signed in, as the ID token says (OpenID Connect Core §5.1). */
export interface Subject {
  /** The id of the user at Okta. */
  readonly sub: string
  /** With the scope `profile`. */
  readonly preferredUsername: string | undefined
  /** With the scope `email`. */
  readonly email: string | undefined
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
  const { authorizationUrl, newRequestSecrets } = await import('./grants/authorization-request.js')
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
 * const { session, subject } = await completeSignIn(options, browserSession.pending, new URL(request.url), { store })
 */
export async function completeSignIn(
  options: SignInOptions,
  pending: PendingSignIn,
  callbackUrl: URL,
  deps?: Partial<Deps>,
): Promise<{ readonly session: OktaSession; readonly subject: Subject }> {
  const { connection, signal } = await parseSignIn(options)
  const world = withDefaults(deps)
  const { redirectUri, ...secrets } = pending
  const answer = { type: 'sign_in_answer', redirectUri, parameters: callbackUrl.searchParams, secrets } as const
  const store = guarded(world.store, async record => {
    if (options.accept?.(subjectOf(record.idToken)) ?? true) return
    await revokeLogin(record, connection, world)
    throw notAccepted()
  })
  const signIn = new TokenSource({ ...connection, runnable: answer }, { ...world, store })
  const { record } = await signIn.logIn({ signal, forceLogin: true })
  await makeCurrent(signIn.recordKey, world.store)
  // The answer works once: when the login has run out, somebody has to begin again.
  const tokens = new TokenSource({ ...connection, runnable: { type: 'none' } }, world)
  return { session: new LiveSession(factsOf(connection), tokens, world), subject: subjectOf(record.idToken) }
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

// Whoever is refused is never in the store, not even for a moment: others may be using the login that is there.
function guarded(store: TokenStore, check: (record: TokenRecord) => Promise<void>): TokenStore {
  return withWriting(store, async (record, slot) => {
    if (record.kind === 'token') await check(record)
    await slot.write(record)
  })
}

function notAccepted(): OktaConnectError {
  return new OktaConnectError('login_denied', 'This person may not sign in here.', {
    hint: 'Sign in as somebody else, or have the one who runs this server add them.',
  })
}

// Checked already, when it came from the token endpoint (OpenID Connect Core §3.1.3.7).
function subjectOf(idToken = ''): Subject {
  const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8'))
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return { sub: String(claims.sub), preferredUsername: text(claims.preferred_username), email: text(claims.email) }
}
