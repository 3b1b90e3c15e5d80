import { isIP } from 'node:net'
import type { AppContext } from '../app-env.js'
import type { BrokerConfig } from '../config/broker-config.js'
import { plainAddress, proxyList } from './networks.js'

/** The address that a request comes from. */
export interface ClientAddress {
  readonly address: string
  /** Whether a proxy forwarded the request. */
  readonly isForwarded: boolean
}

/**
 * Returns a function that finds the address of the client: the peer of the connection or, behind proxies, the peer of the
 * outermost proxy. Each proxy appends to `X-Forwarded-For`; the client may have forged everything before that.
 *
 * Without a valid header, the address is the one of the proxy. Otherwise a client that makes its proxy drop the header (by
 * naming it in `Connection`, RFC 9110 §7.6.1) could guess secrets without limit.
 *
 * @returns `undefined` for a request without a socket, as in a test.
 */
export function clientAddressFinder({ behindProxy }: Pick<BrokerConfig, 'behindProxy'>) {
  const forwardedFor = typeof behindProxy === 'number' ? byCount(behindProxy) : byAddress(behindProxy)
  return (c: AppContext): ClientAddress | undefined => {
    const incoming = c.env?.incoming
    const peer = incoming?.socket.remoteAddress
    if (incoming === undefined || peer === undefined) return undefined
    const given = String(incoming.headers['x-forwarded-for'] ?? '')
    const forwarded = given.split(',').map(one => plainAddress(withoutPort(one.trim())))
    const { isForwarded, client = '' } = forwardedFor(peer, forwarded)
    return { address: isForwarded && isIP(client) !== 0 ? client : peer, isForwarded }
  }
}

type Forwarded = { readonly isForwarded: boolean; readonly client?: string | undefined }

function byAddress(proxies: readonly string[]) {
  const isProxy = proxyList(proxies)
  return (peer: string, forwarded: readonly string[]): Forwarded =>
    isProxy?.(peer) ? { isForwarded: true, client: forwarded.findLast(one => !isProxy(one)) } : { isForwarded: false }
}

// Any peer may be the proxy: its address is not known.
function byCount(proxies: number) {
  return (_peer: string, forwarded: readonly string[]): Forwarded => ({
    isForwarded: true,
    client: forwarded.at(-proxies),
  })
}

const forwardingHeaders = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']

/** Whether a request has a header that proxies add. */
export function hasForwardingHeader(c: AppContext): boolean {
  return forwardingHeaders.some(name => c.req.header(name) !== undefined)
}

/** Whether a proxy may have forwarded a request, also one that adds no header: nginx uses HTTP/1.0 by default. */
export function mayBeForwarded(c: AppContext): boolean {
  return hasForwardingHeader(c) || c.env?.incoming?.httpVersion === '1.0'
}

// Some proxies append the port.
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](:\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(text)?.[1] ?? text
}
