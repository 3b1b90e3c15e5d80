import { type OktaConnectError, optionsInvalid } from '../errors.js'
import { quoted } from '../safe-text.js'
import type { DpopMode } from './connect-options.js'
import { dpopModes } from './connect-options.js'
import type { Accept } from './connection.js'
import { parseList } from './parse-list.js'
import { isScopeToken } from './scope-token.js'
import { isIssuer, isLoopback } from './tenant.js'

const defaultRequestTimeoutMs = 10_000
const maxTimeoutMs = 60 * 60_000
// Sign-in requests add these themselves, so they do not distinguish one sign-in from another.
const signInScopes = new Set(['openid', 'profile', 'offline_access'])

// Each function validates one option of any type, for callers without types, and throws `options_invalid`.

/** The function that decides which accounts may be used. */
export function parseAccept(accept: unknown): Accept | undefined {
  if (accept === undefined) return undefined
  if (typeof accept === 'function') return accept as Accept
  throw optionsInvalid('The option accept is not a function.', 'Use a function that takes an account, or omit it.')
}

/** The client id, without surrounding spaces. */
export function parseClientId(clientId: string): string {
  const text = typeof clientId === 'string' ? clientId.trim() : ''
  if (text === '') throw clientIdMissing()
  // VSCHAR of RFC 6749 appendix A.1, without the space.
  if (!/^[\x21-\x7e]{1,255}$/.test(text)) {
    throw optionsInvalid('The client id contains invalid characters.', 'Copy it again, without spaces.')
  }
  return text
}

/** The error for options without a client id. */
export function clientIdMissing(): OktaConnectError {
  return optionsInvalid('The client id is missing.', 'Copy it from Applications > your app > General > Client ID.')
}

/** The scopes of the token: sorted, each once, without those of a sign-in. */
export function parseScopes(scopes: readonly string[]): readonly string[] {
  const wanted = splitScopes(scopes).filter(scope => !signInScopes.has(scope))
  if (wanted.length > 0) return wanted
  throw optionsInvalid('There is no scope.', 'Use at least one scope of the API, such as okta.users.read.')
}

/** All scopes: sorted, each once. A text with several scopes is a common mistake, and is accepted. */
export function splitScopes(scopes: readonly string[]): readonly string[] {
  if (!Array.isArray(scopes)) throw optionsInvalid('The scopes are not a list.', "Use a list: ['okta.users.read'].")
  const named = scopes.flatMap(scope => (typeof scope === 'string' ? parseList(scope) : [scope]))
  const invalid = named.findIndex(scope => typeof scope !== 'string' || !isScopeToken(scope))
  if (invalid === -1) return [...new Set(named)].sort()
  throw optionsInvalid(`The scope ${quoted(named[invalid])} is invalid.`, 'Use scopes such as okta.users.read.')
}

/**
 * The id of a custom authorization server of Okta, or the issuer of another one.
 *
 * @param orgUrl the org, if it is known: for its own servers, the issuer is replaced by the id.
 */
export function parseAuthorizationServer(text: string, orgUrl?: URL): string {
  const inOrg = orgUrl === undefined ? '' : `${orgUrl.origin}/oauth2/`
  const id = typeof text === 'string' && inOrg !== '' && text.startsWith(inOrg) ? text.slice(inOrg.length) : text
  if (typeof id === 'string' && (/^[A-Za-z0-9_-]{1,100}$/.test(id) || isIssuer(id))) return id
  throw optionsInvalid(
    'The authorization server is neither an id nor an issuer.',
    'Use its id, such as default or aus1a2b3c4: Security > API > Authorization Servers.',
  )
}

/** The secret of a client. */
export function parseClientSecret(clientSecret: string): string {
  const where = 'Copy it from Applications > your app > General > Client Credentials.'
  return parseSecret(clientSecret, 'The client secret', where)
}

/** A static API token. */
export function parseApiToken(apiToken: string): string {
  return parseSecret(apiToken, 'The API token', 'Create one at Security > API > Tokens.')
}

// The text is not shown, because it is the secret.
function parseSecret(text: string, name: string, where: string): string {
  const secret = typeof text === 'string' ? text.trim() : ''
  if (/^[\x21-\x7e]{1,1000}$/.test(secret)) return secret
  throw optionsInvalid(
    `${name} is ${secret === '' ? 'missing' : 'invalid: it contains characters that are not allowed'}.`,
    where,
  )
}

/** When to bind tokens to a key. */
export function parseDpop(dpop: DpopMode = 'auto'): DpopMode {
  if (dpopModes.includes(dpop)) return dpop
  throw optionsInvalid(`There is no DPoP mode named ${quoted(dpop)}.`, 'Use auto, always or never.')
}

/** The user name to fill in, without surrounding spaces; `undefined` if it is empty. */
export function parseLoginHint(loginHint: string | undefined): string | undefined {
  if (loginHint === undefined || typeof loginHint === 'string') return loginHint?.trim() || undefined
  throw optionsInvalid('The login hint is not a text.', 'Use a user name, such as ann@example.com.')
}

/** How long an answer of the authorization server may take, in milliseconds. */
export function parseRequestTimeout(timeoutMs = defaultRequestTimeoutMs): number {
  return parseTimeout(timeoutMs)
}

/** A time to wait, in whole milliseconds. */
export function parseTimeout(timeoutMs: number): number {
  if (typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= maxTimeoutMs) return Math.ceil(timeoutMs)
  throw optionsInvalid(
    `A timeout of ${quoted(timeoutMs)} ms is invalid.`,
    'Use milliseconds, at most 3,600,000 (an hour).',
  )
}

/** The signal that cancels a request. */
export function parseSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal
  throw optionsInvalid('The signal is not an AbortSignal.', 'Use the signal of an AbortController: controller.signal.')
}

/** Returns whether a text can be a redirect URI: by HTTPS, or on this machine (RFC 6749 §3.1.2, RFC 8252 §7.3). */
export function isRedirectUri(text: string): boolean {
  // Okta compares it character by character, so it is not trimmed.
  if (typeof text !== 'string' || !URL.canParse(text) || /\s/.test(text)) return false
  const url = new URL(text)
  const isReachable = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
  return isReachable && url.hash === '' && url.port !== '0'
}

/** Returns whether a redirect URI can lead to a listener of this program. */
export function isLoopbackRedirectUri(text: string): boolean {
  return isRedirectUri(text) && new URL(text).protocol === 'http:'
}
