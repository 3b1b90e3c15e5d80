import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

// RFC 9110 §7.6.1
const ofConnection = [
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['proxy-authorization', 'proxy-authenticate'],
]
// The credentials of the client are for this proxy. The body is sent as it arrives.
const notToOrg = new Set([
  ...ofConnection,
  ...['host', 'authorization', 'dpop', 'cookie', 'origin', 'expect', 'content-length', 'accept-encoding'],
])
// The nonce is for the key of the session, and cookies are for browsers.
const notToClient = new Set([...ofConnection, 'set-cookie', 'dpop-nonce'])

/** The headers that are sent to the org. */
export function requestHeaders(given: IncomingHttpHeaders): [string, string][] {
  const named = listed(given.connection)
  const headers = Object.entries(given).flatMap(([name, value]): [string, string][] =>
    value === undefined || notToOrg.has(name) || named.includes(name) ? [] : [[name, [value].flat().join(', ')]],
  )
  return [...headers, ['accept-encoding', 'identity']]
}

/**
 * The headers that are returned to the client. URLs of the org become those of the proxy, so that the next page comes through it.
 *
 * @param origin where the client reaches the proxy.
 */
export function responseHeaders(given: Headers, orgUrl: URL, origin: string): OutgoingHttpHeaders {
  const named = listed(given.get('connection'))
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of given) {
    if (!notToClient.has(name) && !named.includes(name)) headers[name] = value
  }
  // fetch has decoded the body, whose length differs.
  if (given.has('content-encoding')) {
    delete headers['content-encoding']
    delete headers['content-length']
  }
  const [link, location] = [given.get('link'), given.get('location')]
  // Okta sends one header for each link. The SDK for Go reads no list of links.
  if (link !== null)
    headers.link = link.split(/,\s*(?=<)/).map(one => one.replace(/<([^>]*)>/, (_all, url) => `<${moved(url)}>`))
  if (location !== null) headers.location = moved(location)
  return headers

  function moved(url: string): string {
    const [of] = /^https?:\/\/[^/?#]*/i.exec(url) ?? []
    return of !== undefined && URL.canParse(of) && new URL(of).origin === orgUrl.origin
      ? origin + url.slice(of.length)
      : url
  }
}

function listed(connection: string | null | undefined): readonly string[] {
  return (connection ?? '').split(',').map(name => name.trim().toLowerCase())
}
