import { checkOptions } from './config/check-options.js'
import type { AuthorizationCodeOptions, CommonOptions } from './config/connect-options.js'
import type { AuthorizationCodeGrant, ParsedOptions } from './config/connection.js'
import { parseOptions } from './config/parse-options.js'
import { type Deps, withDefaults } from './deps.js'
import { OktaConnectError } from './errors.js'
import { resolveEndpoints } from './oauth/discovery.js'
import { makeCurrent } from './session/logins.js'
import type { OktaSession } from './session/okta-session.js'
import { sessionOf } from './session/session-of.js'
import { TokenSource } from './session/tokens/token-source.js'
import type { Account } from './stores/account.js'
import { createMemoryStore } from './stores/memory-store.js'

/** The options of a sign-in whose callback goes to a web server. */
export interface SignInOptions
  extends Pick<AuthorizationCodeOptions, keyof CommonOptions | 'loginHint' | 'offlineAccess' | 'grant' | 'accept'> {
  /** Where Okta redirects the browser, exactly as registered with the app: an HTTPS URL, or a URL on this machine. */
  readonly redirectUri: string
  /**
   * Whether the sign-in can replace that of another account in the store. Sessions of the replaced account then end, or use the new
   * account if {@link UserGrantOptions.accept} allows that. Only for a server that has one account for all of its users. Default: false.
   */
  readonly replaceAccount?: boolean
}

/**
 * The pending sign-in, as plain JSON. Store it in the server session of the browser until the callback, and keep it secret: it
 * binds the callback to that session.
 */
export interface PendingSignIn {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/**
 * Starts a sign-in whose callback goes to your web server. ({@link connect} starts its own callback listener instead.) It sends no
 * request to Okta.
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
  const endpoints = await resolveEndpoints(connection, signal, withDefaults(deps))
  const { newAuthorizationRequest } = await import('./oauth/grants/authorization-request.js')
  const { redirectUri } = options
  const attempt = { ...connection, endpoints, signal, forceLogin }
  const { url, secrets } = await newAuthorizationRequest(attempt, { ...grant, redirectUri })
  return { authorizationUrl: url, pending: { redirectUri, ...secrets } }
}

/**
 * Completes a sign-in with the URL of the callback. The sign-in is stored, and becomes the current one of the store.
 *
 * A store can have the sign-in of only one account for the same app and scopes. Use {@link userStore} to give each user a part of the store of
 * the server. Default: a new memory store for each call.
 *
 * @param options the same as for {@link beginSignIn}.
 * @param pending what {@link beginSignIn} returned. Use it once, then delete it.
 * @throws {@link OktaConnectError} `state_mismatch`, `login_denied`; `options_invalid` if the store has the sign-in of another account;
 * and the errors of {@link connect}
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
  // Users of a server must not share the store of the process.
  const allDeps = withDefaults({ ...deps, store: deps?.store ?? createMemoryStore() })
  const { redirectUri, ...secrets } = pending
  const response = {
    type: 'authorization_response',
    redirectUri,
    parameters: callbackUrl.searchParams,
    secrets,
    canReplaceAccount: options.replaceAccount === true,
  } as const
  const signIn = new TokenSource({ ...connection, grantRequest: response }, allDeps)
  const { record } = await signIn.logIn({ signal, forceLogin: true })
  await makeCurrent(signIn.recordKey, allDeps.store)
  // The code works once: when the sign-in has expired, the user has to sign in again.
  const tokens = new TokenSource({ ...connection, grantRequest: { type: 'none' } }, allDeps, record)
  return { session: await sessionOf(connection, tokens, allDeps), account: record.account }
}

async function parseSignIn(
  options: SignInOptions,
): Promise<ParsedOptions & { readonly grant: AuthorizationCodeGrant }> {
  const { replaceAccount: _ofStore, ...others }: SignInOptions = Object(options)
  checkOptions(others)
  const parsed = await parseOptions({ ...others, grant: 'authorization_code', manual: true })
  const { grantRequest } = parsed.connection
  if (grantRequest.type === 'authorization_code' && typeof options.redirectUri === 'string')
    return { ...parsed, grant: grantRequest }
  throw new OktaConnectError('options_invalid', 'The redirect URI is missing.', {
    hint: 'Use the one of the web server, as registered with the app.',
  })
}
