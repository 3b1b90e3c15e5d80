import { createECDH, createPrivateKey } from 'node:crypto'
import { OktaConnectError } from '../errors.js'
import { described, quoted } from '../safe-text.js'
import { keyTextIn } from './key-text.js'

/** A private JSON Web Key (RFC 7517), not validated yet. */
export type Jwk = Record<string, unknown>

/** Options of {@link readPrivateJwk}. */
export interface PrivateJwkOptions {
  /** The `kid`: selects a key of a set, or is the id of a key without one, such as a PEM. */
  readonly keyId?: string | undefined
  /** The passphrase of an encrypted PEM. */
  readonly passphrase?: string | undefined
}

const consoleHint =
  'Use the private key that Okta showed once, when it was created: Applications > your app > General > Public keys.'

/** Returns whether a key needs a passphrase. */
export function isEncrypted(source: string | object): boolean {
  const text = typeof source === 'string' ? (keyTextIn(source) ?? source) : ''
  return /^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text)
}

/**
 * Reads a private JWK from a JWK or a set of them (JWKS), as text or object, or from PEM text (PKCS#8, also encrypted, PKCS#1 or
 * SEC1).
 *
 * @throws {@link OktaConnectError} `private_key_invalid` if it is truncated, public, symmetric, damaged, or one of several.
 * The message never contains a part of the key.
 * @see RFC 7517, RFC 7518 §6
 */
export function readPrivateJwk(source: string | object, { keyId, passphrase }: PrivateJwkOptions = {}): Jwk {
  const found = typeof source === 'string' ? jwkFromText(source, passphrase) : { ...(source as Jwk) }
  const jwk = 'keys' in found ? chooseKey(found.keys, keyId) : found
  rejectUnusable(jwk)
  return keyId === undefined || jwk.kid !== undefined ? jwk : { ...jwk, kid: keyId }
}

/** The error for a client key that cannot be used. */
export function privateKeyInvalid(message: string, hint = consoleHint): OktaConnectError {
  return new OktaConnectError('private_key_invalid', message, { hint })
}

function jwkFromText(text: string, passphrase: string | undefined): Jwk {
  if (text.replace(/^\uFEFF/, '').trim() === '') throw privateKeyInvalid('The client key is empty.')
  const key = keyTextIn(text)
  if (key === undefined) {
    throw privateKeyInvalid(
      `The client key is neither a JWK nor a PEM: ${described(text)}.`,
      'Copy it again, from the first { to the last }, or from -----BEGIN to END-----.',
    )
  }
  return key.startsWith('-----BEGIN ') ? jwkFromPem(key, passphrase) : jwkFromJson(key)
}

function jwkFromJson(text: string): Jwk {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Without the cause: the message of the parser contains the text, which is a secret.
    throw privateKeyInvalid('The client key is not complete JSON.', 'Copy it again, from the first { to the last }.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw privateKeyInvalid('The client key is not a JSON object.')
  }
  return value as Jwk
}

function jwkFromPem(pem: string, passphrase: string | undefined): Jwk {
  if (/-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) throw publicKey()
  if (/^-----BEGIN CERTIFICATE-----/.test(pem)) {
    throw privateKeyInvalid('The client key is a certificate.', 'Use the private key that belongs to it.')
  }
  if (isEncrypted(pem) && passphrase === undefined) {
    throw privateKeyInvalid('The client key is encrypted, and there is no passphrase.', 'Set the passphrase.')
  }
  try {
    const key = createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) })
    return key.export({ format: 'jwk' }) as Jwk
  } catch {
    if (isEncrypted(pem))
      throw privateKeyInvalid('The passphrase of the client key is wrong.', 'Use the right passphrase.')
    throw privateKeyInvalid(
      'The client key is not a readable PEM.',
      'Copy it again, from -----BEGIN to the last END line.',
    )
  }
}

function chooseKey(keys: unknown, keyId: string | undefined): Jwk {
  const all = Array.isArray(keys) ? (keys as Jwk[]).filter(key => typeof key === 'object' && key !== null) : []
  const possible = keyId === undefined ? all.filter(key => key.d !== undefined) : all.filter(key => key.kid === keyId)
  const [only, ...others] = possible
  if (only !== undefined && others.length === 0) return only
  const names = all.map(key => quoted(key.kid ?? '')).join(', ')
  throw privateKeyInvalid(
    only === undefined ? 'The set has no matching private key.' : `The set has ${possible.length} private keys.`,
    `Select one by its "kid" (keyId): ${names.slice(0, 300)}.`,
  )
}

function rejectUnusable(jwk: Jwk): void {
  if (jwk.kty === 'oct') {
    throw privateKeyInvalid(
      'The client key is symmetric (kty "oct").',
      'Okta accepts RSA and EC keys. A client secret is another option.',
    )
  }
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC') {
    throw privateKeyInvalid(
      'The client key is neither RSA nor EC.',
      'Create one with kty "RSA", or "EC" on P-256, P-384 or P-521.',
    )
  }
  if (jwk.d === undefined) throw publicKey()
}

/**
 * Rejects a key whose public and private parts do not match. The public part identifies the key, also in the store: a key with
 * the public part of another one must not get its tokens.
 *
 * @throws {@link OktaConnectError} `private_key_invalid`
 */
export function rejectMismatch(jwk: Jwk): void {
  if (jwk.kty === 'RSA' ? isProduct(jwk) : isPoint(jwk)) return
  throw privateKeyInvalid('The client key is damaged: its public and private parts do not match.')
}

function isProduct({ p, q, n }: Jwk): boolean {
  return integer(p) * integer(q) === integer(n)
}

function isPoint({ crv, d, x, y }: Jwk): boolean {
  const curve = createECDH({ 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' }[String(crv)] ?? '')
  try {
    curve.setPrivateKey(bytes(d))
  } catch {
    return false
  }
  return curve.getPublicKey().equals(Buffer.concat([Buffer.of(4), bytes(x), bytes(y)]))
}

function integer(value: unknown): bigint {
  return BigInt(`0x0${bytes(value).toString('hex')}`)
}

function bytes(value: unknown): Buffer {
  return Buffer.from(typeof value === 'string' ? value : '', 'base64url')
}

function publicKey(): OktaConnectError {
  return privateKeyInvalid('The client key is a public key.')
}
