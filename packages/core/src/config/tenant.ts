import { OktaConnectError, optionsInvalid } from '../errors.js'
import { mayBeSecret, quoted } from '../safe-text.js'

/** Where an authorization server listens. Okta fixes the paths, so a token needs no discovery request. */
export interface Endpoints {
  /** The `iss` of the server: the org URL itself, or `https://ORG/oauth2/ID`. */
  readonly issuer: string
  readonly token: URL
  // What a server that is not Okta's may lack.
  readonly authorize: URL | undefined
  readonly revoke: URL | undefined
  readonly deviceAuthorization: URL | undefined
}

// A host name of RFC 1123 with two labels or more, an IPv4 address among them.
const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])
const adminConsole = /^(?<org>[a-z0-9-]+)-admin(?<domain>\.(okta|oktapreview|okta-emea|okta-gov)\.com|\.okta\.mil)$/

/**
 * Turns what a user types into the org URL, an origin.
 *
 * @param tenant `example.okta.com`, a custom domain, or a full URL. `http:` is for loopback alone.
 * @throws {@link OktaConnectError} `options_invalid` with the rule that the text breaks.
 * @see https://developer.okta.com/docs/concepts/okta-organizations/
 * @example
 * parseTenant('Example.okta.com').origin // 'https://example.okta.com'
 */
export function parseTenant(tenant: string | URL): URL {
  const text = tenant instanceof URL ? tenant.href : typeof tenant === 'string' ? tenant.trim() : ''
  if (text === '') throw tenantMissing()
  const url = asUrl(text)
  if (url === undefined) throw malformed(text)

  if (url.username !== '' || url.password !== '') {
    // The text is not repeated: it holds somebody's password.
    throw optionsInvalid('The tenant contains a user name or password.', 'Give the host alone: example.okta.com.')
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw optionsInvalid(
      `The tenant has a path or a query: ${quoted(text)}.`,
      `Give only the org${mayBeSecret(text) ? '' : `: ${url.host}`}. A custom authorization server is an option of its own.`,
    )
  }
  const admin = adminConsole.exec(url.hostname)?.groups
  if (admin !== undefined) {
    throw optionsInvalid(
      `${url.hostname} is the admin console, not the org.`,
      `Use ${admin.org}${admin.domain} instead.`,
    )
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw optionsInvalid(`The tenant ${url.origin} is not encrypted.`, `Use https://${url.host} instead.`)
  }
  if (!isLoopback(url) && !hostName.test(url.hostname)) throw malformed(text)
  return new URL(url.origin)
}

/**
 * The endpoints of an org's own authorization server, or of a custom one.
 *
 * @param orgUrl the org URL, from {@link parseTenant}.
 * @param authorizationServer the id of a custom authorization server, such as `default`, or the issuer of another one.
 * @returns `undefined` for one that is not Okta's: it has to be asked.
 * @see https://developer.okta.com/docs/concepts/auth-servers/
 */
export function endpointsOf(orgUrl: URL, authorizationServer?: string): Endpoints | undefined {
  if (authorizationServer !== undefined && isIssuer(authorizationServer)) return undefined
  const issuer =
    authorizationServer === undefined
      ? orgUrl.origin
      : `${orgUrl.origin}/oauth2/${encodeURIComponent(authorizationServer)}`
  const base = authorizationServer === undefined ? `${issuer}/oauth2/v1` : `${issuer}/v1`
  return {
    issuer,
    token: new URL(`${base}/token`),
    authorize: new URL(`${base}/authorize`),
    revoke: new URL(`${base}/revoke`),
    deviceAuthorization: new URL(`${base}/device/authorize`),
  }
}

/**
 * An endpoint that not every authorization server has.
 *
 * @throws {@link OktaConnectError} `oauth_failed`
 */
export function requiredEndpoint(endpoints: Endpoints, name: 'authorize' | 'revoke' | 'deviceAuthorization'): URL {
  const endpoint = endpoints[name]
  if (endpoint !== undefined) return endpoint
  throw new OktaConnectError('oauth_failed', `The authorization server ${endpoints.issuer} has no such endpoint.`, {
    hint: 'Use another grant: this server does not offer it.',
  })
}

/** Whether an authorization server is named by its issuer (RFC 8414 §2), and not by an id at Okta. */
export function isIssuer(text: string): boolean {
  if (!/^https?:\/\/[^\s?#]+$/.test(text) || !URL.canParse(text)) return false
  const url = new URL(text)
  return url.username === '' && url.password === '' && (url.protocol === 'https:' || isLoopback(url))
}

/** Whether a URL stays on this machine, the one place where Okta's stand-in may speak plain HTTP. */
export function isLoopback(url: URL): boolean {
  return loopbackHosts.has(url.hostname)
}

/** The error for options without a tenant. */
export function tenantMissing(): OktaConnectError {
  return optionsInvalid('The tenant is missing.', 'Give the host of your org, such as example.okta.com.')
}

function asUrl(text: string): URL | undefined {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  if (hasScheme && !/^https?:\/\//i.test(text)) return undefined
  // The URL parser drops tabs and line ends silently, and reads a backslash as a slash.
  if (/[\s\\]/.test(text)) return undefined
  try {
    return new URL(hasScheme ? text : `https://${text}`)
  } catch {
    return undefined
  }
}

function malformed(text: string): Error {
  // A key that was put here by a slip is not repeated.
  const shown = text.length > 60 || /[{}"]/.test(text) ? '' : `: ${quoted(text)}`
  return optionsInvalid(
    `The tenant is not a host name${shown}.`,
    'Give the host of your org, such as example.okta.com, or its full https:// URL.',
  )
}
