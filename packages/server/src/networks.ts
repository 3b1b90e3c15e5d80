import { BlockList, isIP } from 'node:net'
import { configInvalid } from './config/config-file.js'

/**
 * Whether an address is in one of some networks.
 *
 * @param networks addresses, or networks such as `10.0.0.0/8`.
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function networkList(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/', 2)
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    try {
      if (bits === undefined) list.addAddress(address, family)
      else list.addSubnet(address, Number(bits), family)
    } catch (cause) {
      throw configInvalid(`${network.slice(0, 60)} is neither an address nor a network such as 10.0.0.0/8.`, cause)
    }
  }
  return text => {
    // A socket for both families names the old one so.
    const address = text.replace(/^::ffff:(?=\d+\.)/i, '')
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }
}
