import { type ClientKeyAlgorithm, curveAlgorithms, rsaAlgorithms } from '../algorithms.js'
import { privateKeyInvalid } from '../reader/private-key-invalid.js'

/**
 * A key that signs client assertions and cannot be exported: in a TPM, a smart card, an HSM or a key management service.
 *
 * @example
 * const signer: ClientSigner = { algorithm: 'ES256', keyId: 'k1', sign: data => kms.sign('client-key', data) }
 */
export interface ClientSigner {
  readonly algorithm: ClientKeyAlgorithm
  /** The `kid` of the public key at Okta. */
  readonly keyId: string
  /**
   * Signs data. For RS algorithms: RSASSA-PKCS1-v1_5 (RFC 7518 §3.3). For ES algorithms: r and s concatenated, not in DER
   * (RFC 7518 §3.4).
   */
  sign(data: Uint8Array): Promise<Uint8Array>
}

/**
 * Returns a signer that an option has given, if it is valid.
 *
 * @throws {@link OktaConnectError} `private_key_invalid`
 */
export function validSigner(signer: ClientSigner): ClientSigner {
  const { algorithm, keyId, sign } = signer
  const isKnown = [...rsaAlgorithms, ...Object.values(curveAlgorithms)].includes(algorithm)
  if (!isKnown) throw privateKeyInvalid('Okta does not accept the algorithm of the signer.', 'Use RS256 or ES256.')
  if (typeof keyId !== 'string' || keyId === '') {
    throw privateKeyInvalid('The signer has no keyId.', 'Set it to the "kid" of the public key at Okta.')
  }
  if (typeof sign !== 'function')
    throw privateKeyInvalid('The signer has no function sign.', 'Add a function sign(data).')
  return signer
}
