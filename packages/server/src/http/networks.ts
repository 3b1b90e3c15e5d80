import { BlockList, isIP } from 'node:net'
import { configInvalid } from '../config/config-file.js'

/**
 * Returns a function that reports whether an address is in one of the networks.
 *
 * @param networks addresses, or networks such as `10.0.0.0/8`.
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function networkList(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const [index, network] of networks.entries()) {
    const [address = '', bits] = network.split('/', 2)
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    try {
      if (bits === undefined) list.addAddress(address, family)
      else list.addSubnet(address, Number(bits), family)
    } catch (cause) {
      // Not the value itself: it may be a misplaced secret.
      throw configInvalid(
        `metricsFrom: entry ${index + 1} is neither an address nor a network such as 10.0.0.0/8.`,
        cause,
      )
    }
  }
  return text => {
    const address = plainAddress(text)
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }
}

/** Whether an address is a loopback address. */
export const isLoopback = networkList(['127.0.0.0/8', '::1'])

/**
 * Returns a function that reports whether an address belongs to a proxy in front of the broker.
 *
 * @returns `undefined` when there is no proxy.
 * @throws {@link OktaConnectError} `options_invalid` for a network: every machine in it could forge the address that it is
 * identified by.
 */
export function proxyList(addresses: readonly string[]): ((address: string) => boolean) | undefined {
  if (addresses.some(address => isIP(address) === 0)) {
    throw configInvalid('behindProxy: list single addresses, such as 10.0.0.5, or give the number of proxies.')
  }
  if (addresses.length === 0) return undefined
  // A proxy on this machine may connect from either loopback address.
  return networkList(addresses.some(isLoopback) ? [...addresses, '127.0.0.1', '::1'] : addresses)
}

/** An address without the prefix `::ffff:`, which a socket for both families adds to an IPv4 address. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

/**
 * The network that failed attempts are counted for: an IPv4 address, or the first half of an IPv6 address, because each site has
 * 2^64 of them.
 *
 * @see RFC 4291 §2.5.4
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  if (isIP(plain) !== 6) return plain
  const [before = [], after = []] = plain.split('::', 2).map(half => half.split(':').filter(Boolean))
  const all = [...before, ...Array(8 - before.length - after.length).fill('0'), ...after]
  const first = all.slice(0, 4).map(group => Number.parseInt(group, 16).toString(16))
  return `${first.join(':')}::/64`
}
