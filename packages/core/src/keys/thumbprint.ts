import { createHash } from 'node:crypto'

/** Returns the thumbprint of a key (RFC 7638 §3): the required members in alphabetical order, without spaces. */
export function thumbprintOf(jwk: Readonly<Partial<Record<'kty' | 'e' | 'n' | 'crv' | 'x' | 'y', unknown>>>): string {
  const members =
    jwk.kty === 'RSA' ? { e: jwk.e, kty: 'RSA', n: jwk.n } : { crv: jwk.crv, kty: 'EC', x: jwk.x, y: jwk.y }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}
