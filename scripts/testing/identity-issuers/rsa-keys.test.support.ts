import type { KeyPair } from '../identity-issuer.test.support.js'
import { rsaKey } from '../rsa-key.js'

/** Returns a function that returns another one of the shared RSA keys each time, for an issuer that signs with RS256. */
export function rsaKeys(first = 0): () => KeyPair {
  let number = first
  return () => rsaKey(number++ % 8)
}
