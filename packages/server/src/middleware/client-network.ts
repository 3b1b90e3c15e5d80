import { isIP } from 'node:net'
import type { AppContext } from '../app-env.js'
import type { BrokerConfig } from '../config/broker-config.js'
import { networkOf, plainAddress, proxyList } from '../networks.js'

/**
 * Finds out where requests are from: the address that is connected or, behind a proxy, the last one that the proxies in front
 * have written down, since whoever calls writes what they like before it.
 *
 * @returns `undefined` where a proxy does not say for whom it asks: all who come through it would be held to be one.
 */
export function clientNetworkFinder({ behindProxy }: BrokerConfig): (c: AppContext) => string | undefined {
  const isProxy = proxyList(behindProxy)
  return c => {
    const incoming = c.env?.incoming
    const peer = incoming?.socket.remoteAddress
    if (incoming === undefined || peer === undefined) return undefined
    if (isProxy === undefined) return networkOf(peer)
    const named = String(incoming.headers['x-forwarded-for'] ?? '').split(',')
    const client = named.map(one => plainAddress(withoutPort(one.trim()))).findLast(one => !isProxy(one))
    return client === undefined || isIP(client) === 0 ? undefined : networkOf(client)
  }
}

// Some proxies write down the port too.
function withoutPort(text: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(text)?.[1] ?? text
}
