// RFC 9110 §7.6.1, and what old clients still send.
const hopByHop = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]
// The caller's own: who it is, for whom it asks, and what is between it and the broker.
const requestOnly = [
  ...['authorization', 'cookie', 'dpop', 'expect', 'forwarded', 'host', 'origin', 'referer', 'via', 'x-real-ip'],
  ...[
    'x-okta-request-id',
    'accept-encoding',
    'content-length',
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
  ],
]
// What the org says about its own host, and to a browser of its own.
const responseOnly = [
  ...['set-cookie', 'strict-transport-security', 'alt-svc', 'clear-site-data', 'public-key-pins', 'dpop-nonce'],
  ...['content-security-policy', 'report-to', 'nel', 'x-frame-options', 'p3p'],
]

/** What goes on to the org of the headers of a caller. */
export function requestHeaders(given: Headers): Headers {
  const headers = without(given, requestOnly)
  for (const name of [...headers.keys()]) if (name.startsWith('x-forwarded-')) headers.delete(name)
  // The bytes go through as they are.
  headers.set('accept-encoding', 'identity')
  return headers
}

/**
 * What goes back to the caller of the headers of the org: its rate limits among them, and addresses of the org as
 * addresses of the proxy, so that the next page is found here too.
 *
 * @param base the address of the proxy that stands for the org, without a slash at the end.
 */
export function responseHeaders(given: Headers, orgUrl: URL, base: string): Headers {
  const headers = without(given, responseOnly)
  for (const name of [...headers.keys()]) if (name.startsWith('access-control-')) headers.delete(name)
  // fetch has decoded the body already.
  if (headers.has('content-encoding')) {
    headers.delete('content-encoding')
    headers.delete('content-length')
  }
  const link = headers.get('link')
  if (link !== null) headers.set('link', link.replaceAll(`<${orgUrl.origin}/`, `<${base}/`))
  const location = headers.get('location')
  if (location?.startsWith(`${orgUrl.origin}/`)) headers.set('location', base + location.slice(orgUrl.origin.length))
  // A page of the org is no page of the broker.
  headers.set('content-security-policy', "sandbox; default-src 'none'")
  headers.set('x-content-type-options', 'nosniff')
  return headers
}

function without(given: Headers, names: readonly string[]): Headers {
  const headers = new Headers(given)
  const connection = (given.get('connection') ?? '').split(',').map(name => name.trim().toLowerCase())
  for (const name of [...hopByHop, ...names, ...connection]) if (isName(name)) headers.delete(name)
  return headers
}

function isName(text: string): boolean {
  return /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(text)
}
