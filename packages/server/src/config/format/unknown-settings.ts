import { nearest } from '@connect-okta/core/profiles'

// Names that other servers have for these settings.
const otherNames: Readonly<Record<string, string>> = {
  ...{ port: 'listen', host: 'listen', address: 'listen', bind: 'listen' },
  ...{ publicurl: 'issuer', baseurl: 'issuer', externalurl: 'issuer', url: 'issuer' },
  ...{ callers: 'clients', apps: 'connections', privatekey: 'key', jsonwebkey: 'key', passphrase: 'keyPassphrase' },
  ...{ secret: 'secretSha256', clientsecretsha256: 'secretSha256', ways: 'access', orgurl: 'tenant', domain: 'tenant' },
}

/**
 * The message for settings that do not exist.
 *
 * @param known the settings at that place.
 */
export function unknownSettings(unknown: readonly string[], known: readonly string[]): string {
  const [first = ''] = unknown
  const plain = plainName(first)
  const meant = known.find(one => plainName(one) === plain || one === otherNames[plain]) ?? nearest(first, known)
  const name = /^[\w.-]{1,30}$/.test(first) ? `: ${first}` : ''
  if (meant !== undefined) return `unknown setting${name}. Did you mean ${meant}?`
  return `unknown setting${name}${known.length > 0 ? `. The settings are ${known.join(', ')}` : ''}`
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[_.-]/g, '')
}
