import { isIP } from 'node:net'
import type { AppContext } from '../app-env.js'
import type { BrokerConfig } from '../config/broker-config.js'
import { plainAddress, proxyList } from './networks.js'

/** Where a request comes from. */
export interface ClientAddress {
  readonly address: string
  /** Whether a proxy forwarded the request, so that its own address tells nothing about the client. */
  readonly isForwarded: boolean
}

/**
 * Finds the address of the client: the one that is connected or, behind proxies, the one that the outermost of these has
 * seen. Each proxy appends to `X-Forwarded-For`; whatever stands before that was written by the client.
 *
 * A proxy that sends no valid header stands for all of its clients. Otherwise a client whose proxy can be made to drop the
 * header (by naming it in `Connection`, RFC 9110 §7.6.1) could guess secrets without limit.
 *
 * @returns `undefined` for a request without a socket, as in a test.
 */
export function clientAddressFinder({ behindProxy }: Pick<BrokerConfig, 'behindProxy'>) {
  const forwardedIn = typeof behindProxy === 'number' ? byCount(behindProxy) : byAddress(behindProxy)
  return (c: AppContext): ClientAddress | undefined => {
    const incoming = c.env?.incoming
    const peer = incoming?.socket.remoteAddress
    if (incoming === undefined || peer === undefined) return undefined
    const given = String(incoming.headers['x-forwarded-for'] ?? '')
    const named = given.split(',').map(one => plainAddress(withoutPort(one.trim())))
    const { isForwarded, client = '' } = forwardedIn(peer, named)
    return { address: isForwarded && isIP(client) !== 0 ? client : peer, isForwarded }
  }
}

type Forwarded = { readonly isForwarded: boolean; readonly client?: string | undefined }

function byAddress(proxies: readonly string[]) {
  const isProxy = proxyList(proxies)
  return (peer: string, named: readonly string[]): Forwarded =>
    isProxy?.(peer) ? { isForwarded: true, client: named.findLast(one => !isProxy(one)) } : { isForwarded: false }
}

// Any peer may be the proxy: which one it is cannot be recognized.
function byCount(proxies: number) {
  return (_peer: string, named: readonly string[]): Forwarded => ({ isForwarded: true, client: named.at(-proxies) })
}

// Some proxies append the port too.
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](:\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(text)?.[1] ?? text
}
