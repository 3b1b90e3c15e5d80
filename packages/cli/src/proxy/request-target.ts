/** What of the org a request is for. */
export interface RequestTarget {
  /** Begins with a slash, as it was sent, with its query. */
  readonly path: string
  /** The origin that the client has sent the request to, which it can send the next one to. */
  readonly origin: string
}

/** What a request may name. */
export interface ProxyHosts {
  readonly orgUrl: URL
  readonly port: number
}

/**
 * Reads the target of a request: a path, or an absolute URL as clients of an HTTP proxy send it (RFC 9112 §3.2).
 *
 * @param host the header. A page that rebinds its own name to this address sends another one (DNS rebinding).
 * @returns `undefined` if the request is neither for this proxy nor for the org
 */
export function requestTarget(url: string, host: string | undefined, hosts: ProxyHosts): RequestTarget | undefined {
  if (url.startsWith('/')) {
    if (host === undefined || !isOwnHost(host, hosts.port)) return undefined
    return { path: url, origin: `http://${host}` }
  }
  // RFC 9112 §3.2.2: the Host header does not count. Browsers send this form only to a proxy that is configured.
  const [, origin = '', path = ''] = /^(https?:\/\/[^/?#\\@]+)([/?].*)?$/is.exec(url) ?? []
  if (!URL.canParse(origin)) return undefined
  const { hostname } = new URL(origin)
  // The SDK for Go drops the port.
  if (hostname !== hosts.orgUrl.hostname && !isLoopback(hostname)) return undefined
  return { path: path.startsWith('/') ? path : `/${path}`, origin: origin.replace(/^https:/i, 'http:') }
}

function isOwnHost(host: string, port: number): boolean {
  const [, name = '', given = ''] = /^(.*):(\d+)$/.exec(host.toLowerCase()) ?? []
  return isLoopback(name) && Number(given) === port
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}
