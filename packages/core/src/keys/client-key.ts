import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { OktaConnectError } from '../errors.js'
import { type ClientKeyAlgorithm, curveAlgorithms, rsaAlgorithms } from './algorithms.js'
import type { Jwk } from './reader/private-jwk.js'
import { privateKeyInvalid } from './reader/private-key-invalid.js'
import type { ClientSigner, SignOptions } from './signers/client-signer.js'
import { thumbprintOf } from './thumbprint.js'

/** A validated key that signs client assertions. Never the DPoP key. */
export interface ClientKey {
  readonly algorithm: ClientKeyAlgorithm
  /** The `kid` of the public key at Okta; needed if the app has several keys. */
  readonly keyId: string | undefined
  /** Identifies the key, also without a `kid`: its thumbprint (RFC 7638). No secret. */
  readonly thumbprint: string
  /** How messages name the signer; `undefined` if this process has the key. */
  readonly signerName?: string
  sign(data: Uint8Array, options?: SignOptions): Promise<Uint8Array>
}

/** A private key: a JWK, a JWKS or PEM, as text, as the bytes of a key file, or a JWK or JWKS as an object. */
export type ClientKeyInput =
  | string
  | Uint8Array
  | { readonly kty?: string | undefined }
  | { readonly keys: readonly object[] }
  | Readonly<Record<string, unknown>>

/** The client key, or its signer. */
export interface ClientKeySource {
  /** The private key. Or pass a `signer`. */
  readonly jsonWebKey?: ClientKeyInput
  /** The `kid`. It selects a key of a JWKS, or sets the ID of a key that has none, such as a PEM key. */
  readonly keyId?: string
  /** The passphrase of an encrypted PEM. A function is called only if the PEM is encrypted. */
  readonly passphrase?: string | (() => string | Promise<string>)
  /** Signs with a private key that this process does not have: in an ssh-agent, a TPM, an HSM or a key management service. */
  readonly signer?: ClientSigner
}

/**
 * Returns the client key of the options, if they have one.
 *
 * @throws {@link OktaConnectError} `private_key_invalid` if it is damaged, public, symmetric, encrypted without a
 * passphrase, or of a type that Okta does not accept
 */
export async function parseClientKey(source: ClientKeySource): Promise<ClientKey | undefined> {
  const { jsonWebKey, keyId, passphrase, signer } = source
  if (signer !== undefined) return (await import('./signers/signer-key.js')).keyOfSigner(signer)
  if (jsonWebKey === undefined || jsonWebKey === null) return undefined
  // Loaded when it is needed: a cached token needs no key.
  const { isEncrypted, readPrivateJwk, rejectMismatch } = await import('./reader/private-jwk.js')
  const isNeeded = isEncrypted(jsonWebKey) && typeof passphrase === 'function'
  const given = isNeeded ? await passphrase() : passphrase
  const jwk = readPrivateJwk(jsonWebKey, { keyId, passphrase: typeof given === 'string' ? given : undefined })
  const key = keyOf(jwk)
  rejectMismatch(jwk)
  return key
}

/**
 * Checks that a client key can sign, without a request.
 *
 * @throws {@link OktaConnectError} as {@link parseClientKey}
 * @example
 * await checkClientKey({ jsonWebKey: await readFile('key.pem', 'utf8'), passphrase: 'correct horse' })
 */
export async function checkClientKey(source: ClientKeySource): Promise<void> {
  await parseClientKey(source)
}

function keyOf(jwk: Jwk): ClientKey {
  const algorithm = algorithmOf(jwk)
  const key = importJwk(jwk)
  const hash = `sha${algorithm.slice(2)}`
  return {
    algorithm,
    keyId: keyIdOf(jwk),
    thumbprint: thumbprintOf(jwk),
    // Synchronous, because another thread takes longer. dsaEncoding: r and s concatenated (RFC 7518 §3.4).
    sign: async data => sign(hash, data, { key, dsaEncoding: 'ieee-p1363' }),
  }
}

/** Returns the algorithm of a key: its `alg`, else the default for its type. */
export function algorithmOf(jwk: Jwk): ClientKeyAlgorithm {
  const possible =
    jwk.kty === 'RSA'
      ? rsaAlgorithms
      : [typeof jwk.crv === 'string' ? curveAlgorithms[jwk.crv] : undefined].filter(one => one !== undefined)
  const [first] = possible
  if (first === undefined) throw privateKeyInvalid('Okta does not accept the curve of the client key.', 'Use P-256.')
  if (jwk.alg === undefined) return first
  const named = possible.find(one => one === jwk.alg)
  if (named === undefined) {
    throw privateKeyInvalid(
      'The "alg" of the client key does not match the key.',
      `Use ${possible.join(', ')}, or remove it.`,
    )
  }
  return named
}

function importJwk(jwk: Jwk): KeyObject {
  try {
    const key = createPrivateKey({ key: jwk as never, format: 'jwk' })
    if (jwk.kty === 'RSA' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
      throw privateKeyInvalid('The client key is shorter than 2048 bits.', 'Create a new one with at least 2048 bits.')
    }
    return key
  } catch (error) {
    if (error instanceof OktaConnectError) throw error
    throw privateKeyInvalid('The client key is damaged: a part of it is missing or wrong.')
  }
}

function keyIdOf(jwk: Jwk): string | undefined {
  return typeof jwk.kid === 'string' && jwk.kid !== '' ? jwk.kid : undefined
}
