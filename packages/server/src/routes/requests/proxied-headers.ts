type Fields = Record<string, string>

// What Okta's API reads. Not by exclusion: what the client says about itself, or asks of a server in between (such as
// X-HTTP-Method-Override or X-Original-URL), would go around its policy.
const toOrg = new Set([
  ...['accept', 'accept-language', 'cache-control', 'content-language', 'content-type', 'prefer', 'range'],
  ...['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'],
  ...['user-agent', 'x-okta-user-agent-extended', 'x-device-fingerprint'],
])
// What describes the answer. The rest is about the org's own host, or an instruction to a browser or to a server in between
// (such as Refresh, X-Accel-Redirect or X-Sendfile).
const toClient = new Set([
  ...['content-type', 'content-length', 'content-language', 'content-disposition', 'content-range', 'accept-ranges'],
  ...['age', 'allow', 'cache-control', 'date', 'etag', 'expires', 'last-modified', 'pragma', 'vary'],
  ...['link', 'location', 'retry-after', 'www-authenticate', 'deprecation', 'sunset'],
  ...['x-okta-request-id', 'x-rate-limit-limit', 'x-rate-limit-remaining', 'x-rate-limit-reset'],
])

/**
 * The headers of a client that are sent to the org.
 *
 * @param given names in lower case.
 */
export function requestHeaders(given: Iterable<readonly [string, string | readonly string[] | undefined]>): Fields {
  const headers: Fields = {}
  for (const [name, value] of given) {
    if (value !== undefined && toOrg.has(name)) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  // The bytes go through as they are.
  headers['accept-encoding'] = 'identity'
  return headers
}

/** What the headers of an answer are adapted to. */
export interface Proxied {
  readonly orgUrl: URL
  /** The address of the proxy that stands for the org, without a slash at the end. */
  readonly base: string
  /** The token that the request was sent with. */
  readonly token: string
}

/**
 * The headers of the org that go back to the client: its rate limits among them, and addresses of the org as addresses of
 * the proxy, so that the next page is found here too.
 */
export function responseHeaders(given: Headers, { orgUrl, base, token }: Proxied): Fields {
  const headers: Fields = {}
  for (const [name, value] of given) {
    // An org that repeats what it was sent would hand the token out.
    if (toClient.has(name) && !value.includes(token)) headers[name] = value
  }
  // fetch has decoded the body already, so the length is another one.
  if (given.has('content-encoding')) delete headers['content-length']
  const { link, location } = headers
  // Also without the origin, which would be that of the broker.
  if (link !== undefined) {
    headers.link = link.replaceAll(`<${orgUrl.origin}/`, `<${base}/`).replace(/<\/(?!\/)/g, `<${base}/`)
  }
  if (location?.startsWith(`${orgUrl.origin}/`)) headers.location = base + location.slice(orgUrl.origin.length)
  else if (location !== undefined && /^\/(?!\/)/.test(location)) headers.location = base + location
  // A page of the org is no page of the broker.
  headers['content-security-policy'] = "sandbox; default-src 'none'"
  headers['x-content-type-options'] = 'nosniff'
  return headers
}
