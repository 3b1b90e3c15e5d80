import type { MiddlewareHandler } from 'hono'
import type { AppEnv, World } from '../app-env.js'
import { headerOf } from '../http/header-of.js'
import { Refusal } from '../http/http-error.js'
import { isLoopback, proxyList } from '../http/networks.js'

/**
 * Answers only to its own names on loopback: a page whose name was bound to this address has another one (DNS rebinding).
 * Behind proxies with known addresses, answers only to these and to this machine.
 *
 * @see RFC 9110 §7.4
 */
export function guardHost({ config }: World): MiddlewareHandler<AppEnv> {
  const { hosts, behindProxy } = config
  const isProxy = typeof behindProxy === 'number' ? undefined : proxyList(behindProxy)
  return (c, next) => {
    const host = headerOf(c, 'host') ?? ''
    if (hosts !== undefined && !hosts.has(host.toLowerCase())) {
      throw new Refusal(421, 'misdirected_request', 'This host name is not the one of this server.')
    }
    // Node and the router pass on text that no URL can have, such as xn--a. HTTP/1.0 needs none.
    if (hosts === undefined && host !== '' && !isHost(host))
      throw new Refusal(400, 'invalid_request', 'The Host header is not valid.')
    const incoming = c.env?.incoming
    const peer = incoming?.socket.remoteAddress ?? ''
    const isUnknown = isProxy !== undefined && incoming !== undefined && !isProxy(peer) && !isLoopback(peer)
    // Metrics have a list of their own.
    if (isUnknown && c.req.path !== '/metrics') {
      throw new Refusal(403, 'access_denied', 'Requests must come through the proxy.')
    }
    return next()
  }
}

function isHost(text: string): boolean {
  return /^[^/?#@\\]+$/.test(text) && URL.canParse(`http://${text}/`)
}
