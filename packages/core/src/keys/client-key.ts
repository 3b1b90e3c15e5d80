import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { OktaConnectError } from '../errors.js'
import { isEncrypted, type Jwk, privateKeyInvalid, readPrivateJwk, rejectForeignHalf } from './private-jwk.js'

/** Signature algorithms that Okta takes for client assertions. */
export type ClientKeyAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512'

/**
 * A key that signs client assertions and cannot be read: in a TPM, a smart card, an HSM or a cloud's key service.
 *
 * @example
 * const signer: ClientSigner = { algorithm: 'ES256', keyId: 'k1', sign: data => kms.sign('client-key', data) }
 */
export interface ClientSigner {
  readonly algorithm: ClientKeyAlgorithm
  /** The `kid` under which Okta knows the public half. */
  readonly keyId: string
  /**
   * Signs. For RS algorithms: RSASSA-PKCS1-v1_5; for ES algorithms: r and s side by side, not in DER (RFC 7518 §3.3,
   * §3.4).
   */
  sign(data: Uint8Array): Promise<Uint8Array>
}

/** What signs client assertions, checked and ready. Never the DPoP key. */
export interface ClientKey {
  readonly algorithm: ClientKeyAlgorithm
  /** The `kid` under which Okta knows the public half; several registered keys need it. */
  readonly keyId: string | undefined
  /** Names the key, also where it has no `kid`. No secret. */
  readonly thumbprint: string
  sign(data: Uint8Array): Promise<Uint8Array>
}

/** Where the client key comes from. */
export interface ClientKeySource {
  /** The private key: a JWK or a set of them (JWKS), as text or object, or PEM text. Or give a `signer`. */
  readonly jsonWebKey?: string | object
  /** The `kid`: which key of a set, or the id of one that does not name its own, such as a PEM. */
  readonly keyId?: string
  /** Opens an encrypted PEM. A function is asked only when it is needed. */
  readonly passphrase?: string | (() => string | Promise<string>)
  /** Signs where the private key cannot be read: in a TPM, an HSM, a cloud's key service. */
  readonly signer?: ClientSigner
}

const rsaAlgorithms: readonly ClientKeyAlgorithm[] = ['RS256', 'RS384', 'RS512']
const curveAlgorithms: Readonly<Record<string, ClientKeyAlgorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
}

/**
 * The client key that options name, if they name one.
 *
 * @throws {@link OktaConnectError} `private_key_invalid` when it is damaged, public, symmetric, encrypted without its
 * passphrase, or of a kind that Okta does not take.
 */
export async function parseClientKey(source: ClientKeySource): Promise<ClientKey | undefined> {
  const { jsonWebKey, keyId, passphrase, signer } = source
  if (signer !== undefined) return checkSigner(signer)
  if (jsonWebKey === undefined || jsonWebKey === null) return undefined
  const isAsked = isEncrypted(jsonWebKey) && typeof passphrase === 'function'
  const given = isAsked ? await passphrase() : passphrase
  return keyOf(readPrivateJwk(jsonWebKey, { keyId, passphrase: typeof given === 'string' ? given : undefined }))
}

function keyOf(jwk: Jwk): ClientKey {
  const algorithm = algorithmOf(jwk)
  const key = importJwk(jwk)
  rejectForeignHalf(jwk)
  const hash = `sha${algorithm.slice(2)}`
  return {
    algorithm,
    keyId: keyIdOf(jwk),
    thumbprint: thumbprintOf(jwk),
    // At once: to hand it to another thread takes longer. dsaEncoding: r and s side by side (RFC 7518 §3.4).
    sign: async data => sign(hash, data, { key, dsaEncoding: 'ieee-p1363' }),
  }
}

function checkSigner({ algorithm, keyId, sign }: ClientSigner): ClientKey {
  const isKnown = [...rsaAlgorithms, ...Object.values(curveAlgorithms)].includes(algorithm)
  if (!isKnown)
    throw privateKeyInvalid('The algorithm of the signer is not one that Okta takes.', 'Use RS256 or ES256.')
  if (typeof keyId !== 'string' || keyId === '') {
    throw privateKeyInvalid('The signer has no keyId.', 'Give the "kid" of its public half at Okta.')
  }
  if (typeof sign !== 'function') throw privateKeyInvalid('The signer cannot sign.', 'Give a function sign(data).')
  return { algorithm, keyId, thumbprint: `signer ${keyId}`, sign }
}

/** The algorithm that a key signs with: its own `alg`, else the usual one of its kind. */
export function algorithmOf(jwk: Jwk): ClientKeyAlgorithm {
  const possible =
    jwk.kty === 'RSA'
      ? rsaAlgorithms
      : [typeof jwk.crv === 'string' ? curveAlgorithms[jwk.crv] : undefined].filter(one => one !== undefined)
  const [first] = possible
  if (first === undefined)
    throw privateKeyInvalid('The curve of the client key is not one that Okta takes.', 'Use P-256.')
  if (jwk.alg === undefined) return first
  const named = possible.find(one => one === jwk.alg)
  if (named === undefined) {
    throw privateKeyInvalid(
      'The "alg" of the client key does not fit the key.',
      `Use ${possible.join(', ')}, or leave it out.`,
    )
  }
  return named
}

function importJwk(jwk: Jwk): KeyObject {
  try {
    const key = createPrivateKey({ key: jwk as never, format: 'jwk' })
    if (jwk.kty === 'RSA' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
      throw privateKeyInvalid('The client key is shorter than 2048 bits.', 'Make a new one with 2048 bits or more.')
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

/** Names a key by its public half (RFC 7638 §3): the required members in alphabetical order, no spaces. */
export function thumbprintOf(jwk: Jwk): string {
  const members =
    jwk.kty === 'RSA' ? { e: jwk.e, kty: 'RSA', n: jwk.n } : { crv: jwk.crv, kty: 'EC', x: jwk.x, y: jwk.y }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}
