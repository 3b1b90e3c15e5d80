type Fields = Record<string, string>

// The headers that Okta's API reads. An allowlist: headers that instruct a server in between (such as X-HTTP-Method-Override or
// X-Original-URL) would bypass the policy of the client.
const toOrg = new Set([
  ...['accept', 'accept-language', 'cache-control', 'content-language', 'content-type', 'prefer', 'range'],
  ...['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'],
  ...['user-agent', 'x-okta-user-agent-extended', 'x-device-fingerprint'],
])
// The headers that describe the response. The others concern the org's own host, or instruct a browser or a server in between
// (such as Refresh, X-Accel-Redirect or X-Sendfile).
const toClient = new Set([
  ...['content-type', 'content-length', 'content-language', 'content-disposition', 'content-range', 'accept-ranges'],
  ...['age', 'allow', 'cache-control', 'date', 'etag', 'expires', 'last-modified', 'pragma', 'vary'],
  ...['link', 'location', 'retry-after', 'www-authenticate', 'deprecation', 'sunset'],
  ...['x-okta-request-id', 'x-rate-limit-limit', 'x-rate-limit-remaining', 'x-rate-limit-reset'],
])

/**
 * The headers that are forwarded to the org.
 *
 * @param given names in lower case.
 */
export function requestHeaders(given: Iterable<readonly [string, string | readonly string[] | undefined]>): Fields {
  const headers: Fields = {}
  for (const [name, value] of given) {
    if (value !== undefined && toOrg.has(name)) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  // The body is forwarded as it is.
  headers['accept-encoding'] = 'identity'
  return headers
}

/** What {@link responseHeaders} adapts the headers to. */
export interface Proxied {
  readonly orgUrl: URL
  /** The URL of the proxy that replaces the org URL, without a trailing slash. */
  readonly base: string
  /** The token of the request. */
  readonly token: string
}

/** The headers of a response. */
export interface ResponseHeaders {
  readonly headers: Fields
  /** The values of the `Link` headers, one for each link. The SDK for Go reads a header as one link. */
  readonly links: readonly string[]
}

/**
 * The headers that are returned to the client, such as rate limits. URLs of the org become URLs of the proxy, so that the client
 * follows links to the next page through the proxy.
 */
export function responseHeaders(given: Headers, { orgUrl, base, token }: Proxied): ResponseHeaders {
  const headers: Fields = {}
  for (const [name, value] of given) {
    // A server that echoes request headers would reveal the token.
    if (toClient.has(name) && !value.includes(token)) headers[name] = value
  }
  // fetch has decoded the body, so its length differs.
  if (given.has('content-encoding')) delete headers['content-length']
  const { link, location } = headers
  delete headers.link
  if (location !== undefined) headers.location = throughProxy(location, orgUrl, base)
  // HTML of the org must not run as a page of the broker.
  headers['content-security-policy'] = "sandbox; default-src 'none'"
  headers['x-content-type-options'] = 'nosniff'
  // fetch joins the headers of one name.
  const links = (link?.split(/,\s*(?=<)/) ?? []).map(one =>
    one.replace(/<([^>]*)>/, (_all, url) => `<${throughProxy(url, orgUrl, base)}>`),
  )
  return { headers, links }
}

// Relative URLs with a slash too: they would point to the broker. Only the origin is parsed: parsing a URL changes its path.
function throughProxy(url: string, orgUrl: URL, base: string): string {
  const [origin] = /^(?:https?:)?\/\/[^/?#\\]*/i.exec(url) ?? []
  if (origin === undefined) return url.startsWith('/') ? base + url : url
  if (!URL.canParse(origin, orgUrl.href) || new URL(origin, orgUrl).origin !== orgUrl.origin) return url
  const path = url.slice(origin.length)
  return base + (path.startsWith('/') ? path : `/${path}`)
}
