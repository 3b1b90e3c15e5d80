import type { MiddlewareHandler } from 'hono'
import type { AppEnv, World } from '../app-env.js'
import { headerOf } from '../header-of.js'
import { proxyList } from '../networks.js'
import { Refusal } from '../refusal.js'

/**
 * Answers to its own names alone, where nobody but this machine is meant: a page whose name was bent to this address has
 * another one (DNS rebinding). Behind a proxy, answers to that alone.
 *
 * @see RFC 9110 §7.4
 */
export function guardHost({ config }: World): MiddlewareHandler<AppEnv> {
  const { hosts, behindProxy } = config
  const proxies = proxyList(behindProxy)
  return (c, next) => {
    const incoming = c.env?.incoming
    const host = headerOf(c, 'host') ?? ''
    if (hosts !== undefined && !hosts.has(host.toLowerCase())) {
      throw new Refusal(421, 'misdirected_request', 'This host name is not the one of this server.')
    }
    if (incoming !== undefined && countHosts(incoming.rawHeaders) > 1) {
      throw new Refusal(400, 'invalid_request', 'There is more than one Host.')
    }
    if (proxies !== undefined && incoming !== undefined && !proxies(incoming.socket.remoteAddress ?? '')) {
      throw new Refusal(403, 'access_denied', 'Requests come through the proxy.')
    }
    return next()
  }
}

// RFC 9112 §3.2: Node takes the first of several, somebody in front may have taken the last.
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count
}
