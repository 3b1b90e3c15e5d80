import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** A new random token for one run of the proxy. */
export function newProxyToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Returns whether a request has the token of the proxy: as `Bearer`, as `SSWS`, or as the username or the password of `Basic`. */
export function hasProxyToken(
  { authorization, 'proxy-authorization': ofProxy }: IncomingHttpHeaders,
  token: string,
): boolean {
  return [authorization, ofProxy].some(
    value => value !== undefined && credentials(value).some(one => isSame(one, token)),
  )
}

function credentials(header: string): readonly string[] {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+) *$/.exec(header) ?? []
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'ssws':
      return [value]
    case 'basic':
      return Buffer.from(value, 'base64').toString().split(':')
    default:
      return []
  }
}

// Equal lengths, so that the comparison takes the same time for each guess.
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'))
}
