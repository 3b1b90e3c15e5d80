import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { inject } from 'vitest'

/** An RSA key pair of 2048 bits. */
export interface RsaKey {
  readonly privateJwk: JsonWebKey
  readonly publicJwk: JsonWebKey
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/**
 * Returns a generated RSA key.
 *
 * @param number 0 to 7, each for another key
 */
export function rsaKey(number = 0): RsaKey {
  const privateJwk = inject('rsaKeys')[number]
  if (privateJwk === undefined) throw new RangeError(`There is no RSA key ${number}.`)
  const privateKey = createPrivateKey({ key: privateJwk, format: 'jwk' })
  const publicKey = createPublicKey(privateKey)
  return { privateJwk, publicJwk: publicKey.export({ format: 'jwk' }), privateKey, publicKey }
}
