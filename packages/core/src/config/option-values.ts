import { type OktaConnectError, optionsInvalid } from '../errors.js'
import { quoted } from '../safe-text.js'
import { unquoted } from '../unquoted.js'
import type { DpopMode } from './connect-options.js'
import { dpopModes } from './connect-options.js'
import type { Accept } from './connection.js'
import { parseList } from './parse-list.js'
import { isScopeToken } from './scope-token.js'
import { isIssuer, isLoopback, rejectPlaceholder } from './tenant.js'

/** The redirect URI that Okta suggests for a new app. */
export const defaultRedirectUri = 'http://localhost:8080/login/callback'

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

/** The client ID, without surrounding spaces and quotes. */
export function parseClientId(clientId: string): string {
  const text = typeof clientId === 'string' ? unquoted(clientId) : ''
  if (text === '') throw clientIdMissing()
  rejectPlaceholder(text, 'client ID')
  // VSCHAR of RFC 6749 appendix A.1, without the space.
  if (!/^[\x21-\x7e]{1,255}$/.test(text)) {
    throw optionsInvalid('The client ID contains invalid characters.', 'Copy it again, without spaces.')
  }
  return text
}

/** The error for options without a client ID. */
export function clientIdMissing(): OktaConnectError {
  return optionsInvalid('The client ID is missing.', 'Copy it from Applications > your app > General > Client ID.')
}

/**
 * The scopes of the token: sorted, each once, without those of a sign-in.
 *
 * @param isUser whether a user signs in: then `openid` alone is enough, for an ID token.
 */
export function parseScopes(scopes: readonly string[], isUser: boolean): readonly string[] {
  const all = splitScopes(scopes)
  const wanted = all.filter(scope => !signInScopes.has(scope))
  if (wanted.length > 0) return wanted
  if (isUser && all.includes('openid')) return ['openid']
  throw optionsInvalid(
    isUser || all.length === 0
      ? 'The scopes are missing.'
      : `The client credentials grant does not support OpenID Connect scopes: ${all.join(' ')}.`,
    'Use at least one scope of the API, such as okta.users.read.',
  )
}

/** All scopes: sorted, each once. A text with several scopes is a common mistake, and is accepted. */
export function splitScopes(scopes: readonly string[]): readonly string[] {
  if (!Array.isArray(scopes)) throw optionsInvalid('The scopes are not a list.', "Use a list: ['okta.users.read'].")
  const named = scopes.flatMap(scope => (typeof scope === 'string' ? parseList(scope) : [scope]))
  const invalid = named.findIndex(scope => typeof scope !== 'string' || !isScopeToken(scope))
  for (const scope of named) if (typeof scope === 'string') rejectPlaceholder(scope, 'scope')
  if (invalid === -1) return [...new Set(named)].sort()
  throw optionsInvalid(`The scope ${quoted(named[invalid])} is invalid.`, 'Use scopes such as okta.users.read.')
}

/**
 * The ID of a custom authorization server of Okta, or the issuer of another one. For a server of the org, its issuer and its
 * metadata address are replaced by its id.
 *
 * @param orgUrl the org, if it is known.
 * @returns `undefined` for the org authorization server.
 */
export function parseAuthorizationServer(text: string, orgUrl?: URL): string | undefined {
  const plain = typeof text === 'string' ? unquoted(text) : ''
  rejectPlaceholder(plain, 'authorization server')
  if (/^[A-Za-z0-9_-]{1,100}$/.test(plain)) return plain
  const path = isOfOrg(plain, orgUrl) ? new URL(plain).pathname : plain
  const inOrg = /^\/?oauth2\/(?<id>[A-Za-z0-9_-]{1,100})(\/v1)?(\/.*)?$/.exec(path)?.groups?.id
  if (inOrg !== undefined && inOrg !== 'v1') return inOrg
  if (path !== plain && /^\/oauth2(\/v1(\/.*)?)?\/?$/.test(path)) return undefined
  const issuer = plain.replace(/\/\.well-known\/(openid-configuration|oauth-authorization-server)(?=\/|$)/, '')
  if (isIssuer(issuer)) return issuer
  throw optionsInvalid(
    'The authorization server is neither an ID nor an issuer.',
    'Use its ID, such as default or aus1a2b3c4: Security > API > Authorization Servers.',
  )
}

function isOfOrg(text: string, orgUrl: URL | undefined): boolean {
  if (orgUrl === undefined || !isIssuer(text)) return false
  const { host } = new URL(text)
  return host === orgUrl.host || host.replace('-admin.', '.') === orgUrl.host
}

/** The secret of a client. */
export function parseClientSecret(clientSecret: string): string {
  const where = 'Copy it from Applications > your app > General > Client Credentials.'
  return parseSecret(clientSecret, 'The client secret', where)
}

/** A static API token, also with the name of its authentication scheme. */
export function parseApiToken(apiToken: string): string {
  const text = typeof apiToken === 'string' ? unquoted(apiToken).replace(/^(Authorization: *)?SSWS +/i, '') : ''
  return parseSecret(text, 'The API token', 'Create one at Security > API > Tokens.')
}

// A JWK, PEM, DER or a JWT, also in Base64. Secrets and API tokens of Okta begin with other characters, or are shorter.
const keyOrToken = /^\{|-BEGIN |^eyJ[\w-]{8}|^LS0tLS1CRUdJ|^M(I[A-J]|HcC)[A-Za-z0-9+/]{100}/

// The text is not shown, because it is the secret.
function parseSecret(text: string, name: string, where: string): string {
  const secret = typeof text === 'string' ? unquoted(text) : ''
  // It would be sent to the server.
  if (keyOrToken.test(secret)) {
    throw optionsInvalid(
      `${name} looks like a private key or a JWT.`,
      `Set a private key with its own option. ${where}`,
    )
  }
  if (/^[\x21-\x7e]{1,1000}$/.test(secret)) return secret
  throw optionsInvalid(
    `${name} is ${secret === '' ? 'missing' : 'invalid: it contains characters that are not allowed'}.`,
    where,
  )
}

/** When to bind tokens to a key. */
export function parseDpop(dpop: DpopMode = 'auto'): DpopMode {
  if (dpopModes.includes(dpop)) return dpop
  throw optionsInvalid(
    typeof dpop === 'string' ? `There is no DPoP mode named ${quoted(dpop)}.` : 'The option dpop is not a string.',
    `Use 'auto', 'always' or 'never'.`,
  )
}

/** The username to fill in, without surrounding spaces; `undefined` if it is empty. */
export function parseLoginHint(loginHint: string | undefined): string | undefined {
  if (loginHint === undefined || typeof loginHint === 'string') return loginHint?.trim() || undefined
  throw optionsInvalid('The login hint is not a string.', 'Use a username, such as ann@example.com.')
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

/**
 * A redirect URI as it is registered. Okta compares it character by character, so nothing but quotes and a missing scheme is
 * changed.
 *
 * @param isManual whether the user pastes the callback URL: then it may be on any machine.
 */
export function parseRedirectUri(text: unknown, isManual: boolean): string {
  const plain = typeof text === 'string' ? unquoted(text) : ''
  rejectPlaceholder(plain, 'redirect URI')
  const uri = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/i.test(plain) ? `http://${plain}` : plain
  const url = URL.canParse(uri) && !/\s/.test(uri) ? new URL(uri) : undefined
  // RFC 6749 §3.1.2, RFC 8252 §7.3
  const isUsable = url !== undefined && url.hash === '' && url.port !== '0'
  if (isUsable && url.protocol === 'http:' && isLoopback(url)) return uri
  if (isUsable && url.protocol === 'https:' && isManual) return uri
  const isHttpsHere = isUsable && url.protocol === 'https:' && isLoopback(url)
  throw optionsInvalid(
    `The redirect URI ${quoted(text)} is not a loopback address.`,
    isHttpsHere
      ? `The callback listener does not support HTTPS. Register ${uri.replace(/^https/i, 'http')} and use it.`
      : `Register a loopback redirect URI, such as ${defaultRedirectUri}, and use it.`,
  )
}
