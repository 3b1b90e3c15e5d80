import { OktaConnectError, optionsInvalid } from '../errors.js'
import { hasPlaceholder } from '../placeholder.js'
import { mayBeSecret, quoted } from '../safe-text.js'
import { unquoted } from '../unquoted.js'

/** The endpoints of an authorization server. Okta's have fixed paths, so a token needs no discovery request. */
export interface Endpoints {
  /** The `iss` of the server: the org URL itself, or `https://ORG/oauth2/ID`. */
  readonly issuer: string
  readonly token: URL
  // Servers that are not Okta's may lack these.
  readonly authorize: URL | undefined
  readonly revoke: URL | undefined
  readonly deviceAuthorization: URL | undefined
}

// A host name of RFC 1123 with at least two labels, or an IPv4 address.
const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])
const adminConsole = /^(?<org>[a-z0-9-]+)-admin(?<domain>\.(okta|oktapreview|okta-emea|okta-gov)\.com|\.okta\.mil)$/

// Pages and endpoints of every org, which people copy from the address bar.
const orgPath = /^\/(admin|app|enduser|home|login|signin|user|api\/v1|oauth2\/v1|\.well-known)(\/|$)|^\/oauth2\/?$/
const customServerPath = /^\/oauth2\/(?<id>[A-Za-z0-9_-]+)(\/|$)/

/**
 * Converts a tenant to the org URL, an origin. Removes quotes, a damaged scheme, a trailing dot, and the path of an Okta
 * page.
 *
 * @param tenant `example.okta.com`, a custom domain, or a full URL. `http:` is allowed for loopback only.
 * @throws {@link OktaConnectError} `options_invalid`. A host that the hint names is valid.
 * @see https://developer.okta.com/docs/concepts/okta-organizations/
 * @example
 * parseTenant('Example.okta.com').origin // 'https://example.okta.com'
 */
export function parseTenant(tenant: string | URL): URL {
  const text = tenant instanceof URL ? tenant.href : typeof tenant === 'string' ? copied(tenant) : ''
  if (text === '') throw tenantMissing()
  rejectPlaceholder(text, 'tenant')
  const url = asUrl(text)
  if (url === undefined) throw malformed(text)

  if (url.username !== '' || url.password !== '') {
    // The text is not shown, because it contains a password.
    throw optionsInvalid('The tenant contains a username or password.', 'Use only the host: example.okta.com.')
  }
  url.hostname = url.hostname.replace(/(?<=\..*)\.$/, '')
  if (!isLoopback(url) && !hostName.test(url.hostname)) throw malformed(text)
  const admin = adminConsole.exec(url.hostname)?.groups
  const org = admin === undefined ? url.host : `${admin.org}${admin.domain}`
  const server = customServerPath.exec(url.pathname)?.groups?.id
  if (server !== undefined && server !== 'v1' && !mayBeSecret(url.pathname)) {
    throw optionsInvalid(
      `The tenant has the path of a custom authorization server: ${quoted(text)}.`,
      `Use ${org} as the tenant, and ${server} as the authorization server.`,
    )
  }
  if (admin !== undefined) {
    throw optionsInvalid(`${url.hostname} is the Admin Console, not the org.`, `Use ${org} instead.`)
  }
  const isOrgPage = url.pathname === '/' ? url.search === '' && url.hash === '' : orgPath.test(url.pathname)
  if (!isOrgPage) {
    throw optionsInvalid(
      `The tenant has a path or a query: ${quoted(text)}.`,
      `Use only the org${mayBeSecret(text) ? '' : `: ${org}`}. A custom authorization server is a separate option.`,
    )
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw optionsInvalid(`The tenant ${url.origin} does not use HTTPS.`, `Use https://${org} instead.`)
  }
  return new URL(url.origin)
}

/** Rejects a value that contains a placeholder of a shell, a pipeline or documentation. */
export function rejectPlaceholder(text: string, name: string): void {
  if (!hasPlaceholder(text)) return
  const what = `The ${name} contains an unresolved placeholder`
  throw optionsInvalid(
    `${what}${text.length > 60 || mayBeSecret(text) ? '' : `: ${quoted(text)}`}.`,
    'Use the actual value.',
  )
}

/**
 * Returns the endpoints of an org authorization server, or of a custom one.
 *
 * @param orgUrl the org URL, from {@link parseTenant}.
 * @param authorizationServer the id of a custom authorization server, such as `default`, or the issuer of another one.
 * @returns `undefined` for one that is not Okta's: request its metadata.
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
 * Returns an endpoint that not every authorization server has.
 *
 * @throws {@link OktaConnectError} `oauth_failed`
 */
export function requiredEndpoint(endpoints: Endpoints, name: 'authorize' | 'revoke' | 'deviceAuthorization'): URL {
  const endpoint = endpoints[name]
  if (endpoint !== undefined) return endpoint
  throw new OktaConnectError(
    'oauth_failed',
    `The authorization server ${endpoints.issuer} has no endpoint for this request.`,
    {
      hint: 'Use another grant: this server does not support it.',
    },
  )
}

/** Returns whether a text is the issuer of an authorization server (RFC 8414 §2), not an id at Okta. */
export function isIssuer(text: string): boolean {
  if (!/^https?:\/\/[^\s?#]+$/.test(text) || !URL.canParse(text)) return false
  const url = new URL(text)
  return url.username === '' && url.password === '' && (url.protocol === 'https:' || isLoopback(url))
}

/** Returns whether a URL is on this machine, where an emulator may use plain HTTP. */
export function isLoopback(url: URL): boolean {
  return loopbackHosts.has(url.hostname)
}

/** The error for options without a tenant. */
export function tenantMissing(): OktaConnectError {
  return optionsInvalid('The tenant is missing.', 'Use the host of your org, such as example.okta.com.')
}

// A mail or a sentence puts an address into angle brackets, or a comma or a period behind it.
function copied(text: string): string {
  return unquoted(text)
    .replace(/^<([^<>]+\.[^<>]+)>$/, '$1')
    .replace(/(?<=\w)[,;]$/, '')
}

function asUrl(text: string): URL | undefined {
  // A browser shows https:/host and https//host after an edit in the address bar; a page may have //host.
  const [scheme = ''] = /^https?(:\/*|\/\/+)|^\/\/+/i.exec(text) ?? []
  const isHttp = /^http[:/]/i.test(scheme)
  const rest = text.slice(scheme.length)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(rest)) return undefined
  // The URL parser removes tabs and line ends, and treats a backslash as a slash.
  if (/[\s\\]/.test(text)) return undefined
  try {
    return new URL(`${isHttp ? 'http' : 'https'}://${rest}`)
  } catch {
    return undefined
  }
}

function malformed(text: string): Error {
  // A key that was pasted here by mistake is not shown.
  const shown = text.length > 60 || /[{}"]/.test(text) ? '' : `: ${quoted(text)}`
  const named = `${text.toLowerCase().replace(/-admin$/, '')}.okta.com`
  const example = shown !== '' && /^[a-z0-9-]+$/i.test(text) && hostName.test(named) ? named : 'example.okta.com'
  return optionsInvalid(
    `The tenant is not a host name${shown}.`,
    `Use the host of your org, such as ${example}, or its full https:// URL.`,
  )
}
