import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../app-env.js'
import { HttpError, invalidRequest } from '../http/http-error.js'
import { isLoopback, proxyList } from '../http/networks.js'
import { requestHeader } from '../http/request-header.js'
import type { RouteDeps } from '../route-deps.js'

/**
 * On loopback, rejects requests for other host names: a page that rebinds its own name to this address has another one (DNS
 * rebinding). Behind proxies with known addresses, rejects requests that come from neither a proxy nor this machine.
 *
 * @see RFC 9110 §7.4
 */
export function guardHost({ config }: RouteDeps): MiddlewareHandler<AppEnv> {
  const { hosts, behindProxy } = config
  const isProxy = typeof behindProxy === 'number' ? undefined : proxyList(behindProxy)
  return (c, next) => {
    const host = requestHeader(c, 'host') ?? ''
    if (hosts !== undefined && !hosts.has(host.toLowerCase())) {
      throw new HttpError(421, 'misdirected_request', 'The Host header does not match this server.')
    }
    // Node and the router accept text that no URL can contain, such as xn--a. HTTP/1.0 does not require the header.
    if (hosts === undefined && host !== '' && !isHost(host)) throw invalidRequest('The Host header is not valid.')
    const incoming = c.env?.incoming
    const peer = incoming?.socket.remoteAddress ?? ''
    const isOutsider = isProxy !== undefined && incoming !== undefined && !isProxy(peer) && !isLoopback(peer)
    // Metrics have their own list of addresses.
    if (isOutsider && c.req.path !== '/metrics') {
      throw new HttpError(403, 'access_denied', 'Requests must come through the proxy.')
    }
    return next()
  }
}

function isHost(text: string): boolean {
  return /^[^/?#@\\]+$/.test(text) && URL.canParse(`http://${text}/`)
}
