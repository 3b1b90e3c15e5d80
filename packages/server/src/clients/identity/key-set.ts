import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose'

const maxKeys = 200

/** The keys of an issuer, or of a SPIFFE trust domain. */
export interface KeySet {
  readonly find: JWTVerifyGetKey
  readonly kids: ReadonlySet<string | undefined>
  /** How often a SPIFFE bundle is read again, in seconds, if it says so. */
  readonly refreshHint: number | undefined
}

/** The format of a key set: of an issuer (RFC 7517), or a SPIFFE bundle, whose keys have the use `jwt-svid`. */
export type KeySetFormat = 'jwks' | 'spiffe'

/**
 * Reads a key set.
 *
 * @throws Error with the rule that it breaks.
 * @see https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE_Trust_Domain_and_Bundle.md
 */
export function readKeySet(content: unknown, format: KeySetFormat): KeySet {
  const { keys, spiffe_refresh_hint: hint } = (content ?? {}) as { keys?: unknown; spiffe_refresh_hint?: unknown }
  if (!Array.isArray(keys) || keys.length > maxKeys) throw new Error(`must have up to ${maxKeys} keys`)
  const usable = keys.filter(isKey).flatMap(key => keyFor(key, format))
  if (usable.length === 0) {
    throw new Error(`must have a public key${format === 'spiffe' ? ' whose use is jwt-svid' : ''}`)
  }
  // Members of private and of symmetric keys (RFC 7518 §6).
  if (usable.some(key => 'd' in key || 'k' in key)) throw new Error('must contain only public keys')
  return {
    find: createLocalJWKSet({ keys: usable }),
    kids: new Set(usable.map(({ kid }) => kid)),
    refreshHint: typeof hint === 'number' && hint > 0 ? hint : undefined,
  }
}

function isKey(key: unknown): key is JWK {
  return typeof key === 'object' && key !== null && typeof (key as JWK).kty === 'string'
}

function keyFor({ use, ...key }: JWK, format: KeySetFormat): readonly JWK[] {
  if (format === 'spiffe') return use === 'jwt-svid' ? [key] : []
  return [use === undefined ? key : { ...key, use }]
}
