import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { described } from '../../safe-text.js'
import { curveAlgorithms } from '../algorithms.js'
import { privateKeyInvalid } from '../reader/private-key-invalid.js'

/** The public half of a client key, validated: an RSA key (`n`, `e`), or an EC key (`crv`, `x`, `y`). */
export interface PublicClientJwk {
  readonly kty: 'RSA' | 'EC'
  readonly kid?: string
  readonly alg?: string
  readonly use?: 'sig'
  readonly n?: string
  readonly e?: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
}

const minRsaBits = 2048

/**
 * Validates a public client key: a JWK, as an object or text, or PEM.
 *
 * @param name what it is, for messages.
 * @param keyId the `kid` of a key that has none.
 * @throws {@link OktaConnectError} `private_key_invalid` if it is damaged, private, or of a type that Okta does not accept. The message
 * never contains a part of the key.
 */
export function parsePublicJwk(source: unknown, name: string, keyId?: string): PublicClientJwk {
  const jwk = typeof source === 'string' ? jwkFromText(source, name) : source
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) {
    throw privateKeyInvalid(`The ${name} is missing.`, 'Use the public JWK of the key, or its public key as PEM.')
  }
  const { kid = keyId, alg } = jwk as Record<string, unknown>
  if (['d', 'p', 'q', 'k'].some(member => member in jwk)) throw isPrivate(name)
  const key = imported(jwk, name)
  rejectType(key, name)
  const { kty, n, e, crv, x, y } = key.export({ format: 'jwk' })
  const about = {
    ...(typeof kid === 'string' && kid !== '' && { kid }),
    ...(typeof alg === 'string' && { alg }),
  }
  return kty === 'RSA' ? { kty, ...defined({ n, e }), ...about } : { kty: 'EC', ...defined({ crv, x, y }), ...about }
}

/** Imports a validated key, to verify signatures. */
export function publicKeyOf(jwk: PublicClientJwk): KeyObject {
  return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
}

function defined<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}

function jwkFromText(text: string, name: string): unknown {
  // Node derives the public key from a private PEM.
  if (/PRIVATE KEY-----/.test(text)) throw isPrivate(name)
  try {
    return text.includes('-----BEGIN') ? createPublicKey(text).export({ format: 'jwk' }) : JSON.parse(text)
  } catch {
    throw privateKeyInvalid(
      `The ${name} is neither a JWK nor a PEM: ${described(text)}.`,
      'Use the public JWK of the key, or its public key as PEM.',
    )
  }
}

function imported(jwk: object, name: string): KeyObject {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    throw privateKeyInvalid(
      `The ${name} is damaged: a part of it is missing or wrong.`,
      'Export it again from the program that holds the key.',
    )
  }
}

function rejectType(key: KeyObject, name: string): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  const curve = type === 'ec' ? key.export({ format: 'jwk' }).crv : undefined
  if (type === 'ec' && curve !== undefined && curveAlgorithms[curve] !== undefined) return
  if (type !== 'rsa') throw privateKeyInvalid(`Okta does not accept the type of the ${name}.`, otherTypeHint)
  if ((details?.modulusLength ?? 0) >= minRsaBits) return
  throw privateKeyInvalid(
    `The ${name} is shorter than ${minRsaBits} bits.`,
    'Create a new key with at least 2048 bits.',
  )
}

/** What to use in place of a key of a type that Okta does not accept. */
export const otherTypeHint = 'Use an RSA key of at least 2048 bits, or an EC key with the curve P-256, P-384 or P-521.'

function isPrivate(name: string) {
  return privateKeyInvalid(
    `The ${name} contains a private key.`,
    'Use only its public half: the members kty, n and e, or kty, crv, x and y.',
  )
}
