import { createPublicKey } from 'node:crypto'
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose'
import { configInvalid } from '../config/config-file.js'

/**
 * Parses the public keys of a client.
 *
 * @param given a JWK, a set of them, or PEM text.
 * @param place the setting, for error messages.
 * @throws {@link OktaConnectError} `options_invalid` for invalid or private keys.
 */
export function parseKeys(given: unknown, place: string): JWTVerifyGetKey {
  const invalid = `${place}: must be a public key (JWK) or a set of public keys (JWKS), also in PEM.`
  if (typeof given === 'string' && given.includes('PRIVATE KEY-----')) throw notPublic(place)
  const keys = typeof given === 'string' ? keysInPem(given) : keysIn(given)
  if (keys === undefined) throw configInvalid(invalid)
  // Members of private and of symmetric keys (RFC 7518 §6).
  if (keys.some(key => 'd' in key || 'k' in key)) throw notPublic(place)
  try {
    return createLocalJWKSet({ keys })
  } catch (cause) {
    throw configInvalid(invalid, cause)
  }
}

function notPublic(place: string) {
  return configInvalid(`${place}: must contain only public keys.`)
}

// A single JWK, as `connect-okta keygen` prints it, is a set of one key.
function keysIn(jwks: unknown): JWK[] | undefined {
  if (typeof jwks !== 'object' || jwks === null) return undefined
  const { keys = [jwks].flat() } = jwks as { readonly keys?: unknown }
  const areKeys = Array.isArray(keys) && keys.length > 0 && keys.every(key => typeof key?.kty === 'string')
  return areKeys ? keys : undefined
}

function keysInPem(text: string): JWK[] | undefined {
  const blocks = text.match(/-----BEGIN ([A-Z ]*PUBLIC KEY|CERTIFICATE)-----.*?-----END \1-----/gs)
  try {
    return blocks?.map(pem => createPublicKey(pem).export({ format: 'jwk' }) as JWK)
  } catch {
    return undefined
  }
}
