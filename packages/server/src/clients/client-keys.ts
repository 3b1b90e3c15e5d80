import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { decodeText, parseYaml } from '@connect-okta/core/profiles'
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose'
import { configInvalid } from '../config/config-file.js'
import { decodedIfBase64, pemBlocksIn } from '../config/pem-blocks.js'
import { privateKeyInDer } from '../config/tls/der-key.js'

/**
 * Reads a file of public keys: a JWK, a set of them, PEM, Base64 or DER.
 *
 * @param path the name of the file in error messages.
 * @returns what {@link parseKeys} parses.
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function readKeys(bytes: Buffer, path: string): Promise<unknown> {
  const decoded = decodedIfBase64(bytes)
  const isJson = /^\s*[{[]/.test(decodeText(decoded))
  return keysInPem(decodeText(decoded)) ?? keysInDer(decoded) ?? parseYaml(decodeText(isJson ? decoded : bytes), path)
}

/**
 * Parses the public keys of a client.
 *
 * @param given a JWK, a set of them, or PEM text.
 * @param place the setting, for error messages.
 * @throws {@link OktaConnectError} `options_invalid` for invalid or private keys.
 */
export function parseKeys(given: unknown, place: string): JWTVerifyGetKey {
  const invalid = `${place}: must be a public key (JWK) or a set of public keys (JWKS), also in PEM.`
  const keys = keysIn(typeof given === 'string' ? keysInPem(given) : given)
  if (keys === undefined) throw configInvalid(invalid)
  // Members of private and of symmetric keys (RFC 7518 §6).
  if (keys.some(key => 'd' in key || 'k' in key)) throw configInvalid(`${place}: must contain only public keys.`)
  try {
    return createLocalJWKSet({ keys })
  } catch (cause) {
    throw configInvalid(invalid, cause)
  }
}

// A single JWK, as `connect-okta keygen` prints it, is a set of one key.
function keysIn(jwks: unknown): JWK[] | undefined {
  if (typeof jwks !== 'object' || jwks === null) return undefined
  const { keys = [jwks] } = Array.isArray(jwks) ? { keys: jwks } : (jwks as { readonly keys?: unknown })
  const areKeys = Array.isArray(keys) && keys.length > 0 && keys.every(key => typeof key?.kty === 'string')
  return areKeys ? keys : undefined
}

// Stands for a private key in any format, which is rejected.
const privateKey: JWK = { kty: 'RSA', d: '' }

function keysInPem(text: string): readonly JWK[] | undefined {
  const blocks = pemBlocksIn(text)
  if (blocks.length === 0) return undefined
  return blocks.flatMap(({ label, pem }) => {
    if (label.endsWith('PRIVATE KEY')) return [privateKey]
    return jwkOf(() => createPublicKey(pem)) ?? []
  })
}

function keysInDer(bytes: Buffer): readonly JWK[] | undefined {
  // Node would also read the public key of a private one.
  if (privateKeyInDer(bytes) !== undefined) return [privateKey]
  return (
    jwkOf(() => createPublicKey({ key: bytes, format: 'der', type: 'spki' })) ??
    jwkOf(() => createPublicKey({ key: bytes, format: 'der', type: 'pkcs1' })) ??
    jwkOf(() => new X509Certificate(bytes).publicKey)
  )
}

function jwkOf(read: () => KeyObject): readonly JWK[] | undefined {
  try {
    return [read().export({ format: 'jwk' }) as JWK]
  } catch {
    return undefined
  }
}
