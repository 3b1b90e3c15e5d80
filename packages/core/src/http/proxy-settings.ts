import { BlockList, isIP } from 'node:net'
import { optionsInvalid } from '../errors.js'
import { hasPlaceholder } from '../placeholder.js'
import { unquoted } from '../unquoted.js'

type Variables = Readonly<Record<string, string | undefined>>

/** The proxy variables, in order of priority. */
const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const

/**
 * Returns the proxy for a URL: the one in `HTTPS_PROXY`, or else `ALL_PROXY`, unless `NO_PROXY` names the host. Plain HTTP, which
 * is for this machine only, uses no proxy.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function proxyFor(target: URL, variables: Variables): URL | undefined {
  if (target.protocol === 'http:') return undefined
  const name = proxyVariables.find(variable => unquoted(variables[variable] ?? '') !== '')
  if (name === undefined || isExcluded(target, unquoted(variables.no_proxy || variables.NO_PROXY || '')))
    return undefined
  return parseProxy(unquoted(variables[name] ?? ''), name)
}

function parseProxy(text: string, variable: string): URL {
  if (hasPlaceholder(text)) {
    throw optionsInvalid(`${variable} contains an unresolved placeholder.`, `Set ${variable} to the actual value.`)
  }
  const [scheme = 'http://'] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text) ?? []
  if (/^socks/i.test(scheme)) {
    throw optionsInvalid(
      `${variable} names a SOCKS proxy, which is not supported.`,
      'Set HTTPS_PROXY to the address of an HTTP proxy, or list the org in NO_PROXY.',
    )
  }
  // A password may contain a percent sign that encodes nothing.
  const rest = (text.startsWith(scheme) ? text.slice(scheme.length) : text).replace(/%(?![0-9a-f]{2})/gi, '%25')
  const url = URL.canParse(scheme + rest) ? new URL(scheme + rest) : undefined
  const isUsable =
    url !== undefined && /^https?:$/.test(url.protocol) && /^\/?$/.test(url.pathname + url.search + url.hash)
  if (isUsable && isDecodable(url.username + url.password)) return url
  if (url !== undefined && url.pathname !== '/' && url.username === '') {
    throw optionsInvalid(
      `${variable} is a file path, not a proxy URL.`,
      'A PAC file is not supported: use the address of the proxy that it contains, such as http://proxy.example:3128.',
    )
  }
  // The text is not shown, because it may contain a password.
  throw optionsInvalid(
    `The proxy in ${variable} is not a URL.`,
    'Use the form http://NAME:PASSWORD@proxy.example:3128. Encode characters such as / # \\ in the name and the password: %2F %23 %5C.',
  )
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/**
 * Returns whether a list in the format of `NO_PROXY` names the host of a URL: a name, which includes its subdomains, an address, a
 * range of addresses in CIDR notation, each also with a port, or `*`.
 */
function isExcluded({ hostname, port }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  return list
    .split(/[\s,;]+/)
    .filter(Boolean)
    .some(entry => {
      if (entry === '*') return true
      const isAddress = isIP(entry.split('/')[0] ?? '') === 6
      const [, name = '', entryPort] = isAddress
        ? ['', entry]
        : (/^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [])
      return (entryPort === undefined || entryPort === (port || '443')) && matches(host, name.replace(/^\[|\]$/g, ''))
    })
}

function matches(host: string, name: string): boolean {
  const version = isIP(host)
  if (version === 0) {
    const domain = name.replace(/^\*?\.?/, '')
    return host === domain || (domain !== '' && host.endsWith(`.${domain}`))
  }
  const [address = '', prefix] = name.split('/')
  if (isIP(address) !== version) return false
  const family = version === 6 ? 'ipv6' : 'ipv4'
  const block = new BlockList()
  if (prefix === undefined) block.addAddress(address, family)
  else if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32)) {
    block.addSubnet(address, Number(prefix), family)
  }
  return block.check(host, family)
}
