// RFC 9110 §7.6.1, and what old clients still send.
const hopByHop = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]
// The caller's own: who it is, for whom it asks, and what is between it and the broker.
const notForOrg = new Set([
  ...hopByHop,
  ...['authorization', 'cookie', 'dpop', 'expect', 'forwarded', 'host', 'origin', 'referer', 'via', 'x-real-ip'],
  ...['accept-encoding', 'content-length', 'x-http-method-override', 'x-http-method', 'x-method-override'],
])
// What the org says about its own host, and to a browser of its own.
const notForCaller = new Set([
  ...hopByHop,
  ...['set-cookie', 'strict-transport-security', 'alt-svc', 'clear-site-data', 'public-key-pins', 'dpop-nonce'],
  ...['content-security-policy', 'report-to', 'nel', 'x-frame-options', 'p3p'],
])

type Fields = Record<string, string>

/**
 * What goes on to the org of the headers of a caller.
 *
 * @param given names in lower case.
 */
export function requestHeaders(given: Iterable<readonly [string, string | readonly string[] | undefined]>): Fields {
  const all = [...given]
  const named = namedByConnection(all.find(([name]) => name === 'connection')?.[1])
  const headers: Fields = {}
  for (const [name, value] of all) {
    if (value === undefined || notForOrg.has(name) || named?.has(name) || name.startsWith('x-forwarded-')) continue
    headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  // The bytes go through as they are.
  headers['accept-encoding'] = 'identity'
  return headers
}

/**
 * What goes back to the caller of the headers of the org: its rate limits among them, and addresses of the org as
 * addresses of the proxy, so that the next page is found here too.
 *
 * @param base the address of the proxy that stands for the org, without a slash at the end.
 */
export function responseHeaders(given: Headers, orgUrl: URL, base: string): Fields {
  const named = namedByConnection(given.get('connection') ?? undefined)
  // fetch has decoded the body already.
  const isDecoded = given.has('content-encoding')
  const headers: Fields = {}
  for (const [name, value] of given) {
    if (notForCaller.has(name) || named?.has(name) || name.startsWith('access-control-')) continue
    if (isDecoded && (name === 'content-encoding' || name === 'content-length')) continue
    headers[name] = value
  }
  const { link, location } = headers
  if (link !== undefined) headers.link = link.replaceAll(`<${orgUrl.origin}/`, `<${base}/`)
  if (location?.startsWith(`${orgUrl.origin}/`)) headers.location = base + location.slice(orgUrl.origin.length)
  // A page of the org is no page of the broker.
  headers['content-security-policy'] = "sandbox; default-src 'none'"
  headers['x-content-type-options'] = 'nosniff'
  return headers
}

// Whoever sends a header may say in Connection that it is for the next one alone.
function namedByConnection(value: string | readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || value === 'keep-alive') return undefined
  return new Set(
    String(value)
      .split(',')
      .map(name => name.trim().toLowerCase()),
  )
}
