import { createECDH, createPrivateKey, KeyObject } from 'node:crypto'
import { isOktaConnectError, type OktaConnectError } from '../../errors.js'
import { undefinedIfThrows } from '../../files/undefined-if-throws.js'
import { described, quoted } from '../../safe-text.js'
import { unquoted } from '../../unquoted.js'
import { findDerKey, keyTextFrom } from './der.js'
import { type FoundKey, findKey, findKeyInValue, noKeyInJson } from './find-key.js'
import { privateKeyInvalid } from './private-key-invalid.js'
import { unusable } from './unusable-formats.js'

/** A private JSON Web Key (RFC 7517), not validated yet. */
export type Jwk = Record<string, unknown>

/** The members of a key that are Base64url (RFC 7518 §6). */
const keyMembers = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y']

/** Options of {@link readPrivateJwk}. */
export interface PrivateJwkOptions {
  /** The `kid`: selects a key of a set, or is the id of a key without one, such as a PEM. */
  readonly keyId?: string | undefined
  /** The passphrase of an encrypted PEM. */
  readonly passphrase?: string | undefined
}

/** Returns whether a key needs a passphrase. */
export function isEncrypted(source: string | object): boolean {
  const found = find(source)
  return found?.form === 'pem' && found.isEncrypted
}

/**
 * Reads a private JWK from a JWK or a set of them (JWKS), as text or object, or from PEM text (PKCS#8, also encrypted, PKCS#1 or
 * SEC1). See {@link findKey} for the forms of a text.
 *
 * @throws {@link OktaConnectError} `private_key_invalid` if it is truncated, public, symmetric, damaged, or one of several.
 * The message never contains a part of the key.
 * @see RFC 7517, RFC 7518 §6
 */
export function readPrivateJwk(source: string | object, { keyId, passphrase }: PrivateJwkOptions = {}): Jwk {
  const found = jwkFrom(source, passphrase)
  const jwk = 'keys' in found ? chooseKey(found.keys, keyId) : found
  rejectUnusable(jwk)
  return withoutPadding(keyId === undefined || jwk.kid !== undefined ? jwk : { ...jwk, kid: keyId })
}

function find(source: string | object): FoundKey | undefined {
  if (source instanceof Uint8Array) return findKey(keyTextFrom(source))
  return typeof source === 'string' ? findKey(source) : findKeyInValue(source)
}

function jwkFrom(source: string | object, passphrase: string | undefined): Jwk {
  const found = find(source)
  switch (found?.form) {
    case 'jwk':
      return found.jwk as Jwk
    case 'pem':
      return jwkFromPem(found, passphrase)
    case 'unusable':
      throw found.error
    default:
      throw unknownForm(source)
  }
}

function unknownForm(source: string | object): OktaConnectError {
  const text = typeof source === 'string' ? source : ''
  if (source instanceof KeyObject) {
    return privateKeyInvalid('The client key is a KeyObject.', "Export it: key.export({ format: 'jwk' }).")
  }
  if (source instanceof Promise) {
    return privateKeyInvalid('The client key is a promise.', 'Use await to get its value.')
  }
  if (typeof source !== 'string') return noKeyInJson()
  if (text.replace(/^\uFEFF/, '').trim() === '') return privateKeyInvalid('The client key is empty.')
  return privateKeyInvalid(
    `The client key is neither a JWK nor a PEM: ${described(text)}.`,
    isPath(text)
      ? 'It may be a path. Use the key itself: the content of the file, such as from readFile.'
      : 'Copy it again, from the first { to the last }, or from -----BEGIN to END-----.',
  )
}

function isPath(text: string): boolean {
  return /^[^\r\n]{1,1000}\.(json|jwk|jwks|pem|key|der|p8|p12|pfx)$/i.test(text.trim())
}

function jwkFromPem({ pem, isEncrypted }: { pem: string; isEncrypted: boolean }, passphrase: string | undefined): Jwk {
  if (isEncrypted && !passphrase) {
    throw privateKeyInvalid('The client key is encrypted, and no passphrase is set.', 'Set the passphrase.', {
      id: 'give_passphrase',
    })
  }
  try {
    const key = isEncrypted ? decrypted(pem, passphrase ?? '') : createPrivateKey(pem)
    if (!['rsa', 'ec'].includes(key.asymmetricKeyType ?? '')) throw otherType(key.asymmetricKeyType)
    return key.export({ format: 'jwk' }) as Jwk
  } catch (error) {
    if (isOktaConnectError(error)) throw error
    // A wrong label, such as that of PKCS#8 before PKCS#1.
    const relabeled = findDerKey(Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64'))
    if (!isEncrypted && relabeled?.form === 'pem' && relabeled.pem !== pem) return jwkFromPem(relabeled, passphrase)
    if (isEncrypted) {
      throw privateKeyInvalid('The passphrase of the client key is wrong.', 'Use the right passphrase.', {
        id: 'give_passphrase',
      })
    }
    throw privateKeyInvalid(
      'The client key is not a readable PEM.',
      'Copy it again, from -----BEGIN to the last END line.',
    )
  }
}

// The thumbprint is computed from these texts: RFC 7515 §2 allows neither padding nor line ends.
function withoutPadding(jwk: Jwk): Jwk {
  const isBase64 = (name: string, value: unknown): value is string =>
    keyMembers.includes(name) && typeof value === 'string'
  const canonical = (text: string) => text.replace(/[=\s]/g, '').replaceAll('+', '-').replaceAll('/', '_')
  return Object.fromEntries(
    Object.entries(jwk).map(([name, value]) => [name, isBase64(name, value) ? canonical(value) : value]),
  )
}

function chooseKey(keys: unknown, keyId: string | undefined): Jwk {
  const all = Array.isArray(keys) ? (keys as Jwk[]).filter(key => typeof key === 'object' && key !== null) : []
  const possible = keyId === undefined ? all.filter(key => key.d !== undefined) : all.filter(key => key.kid === keyId)
  const [only, ...others] = possible
  if (only !== undefined && others.length === 0) return only
  if (all.length > 0 && all.every(key => key.d === undefined && key.kty !== 'oct')) {
    throw privateKeyInvalid('The JWKS contains only public keys.')
  }
  const names = all.map(key => quoted(key.kid ?? '')).join(', ')
  throw privateKeyInvalid(
    only === undefined ? 'The set has no matching private key.' : `The set has ${possible.length} private keys.`,
    `Select one by its "kid" (keyId): ${names.slice(0, 300)}.`,
  )
}

// A file or a variable may have added spaces or quotes to the passphrase.
function decrypted(pem: string, passphrase: string): KeyObject {
  const [last = '', ...others] = [...new Set([passphrase, passphrase.trim(), unquoted(passphrase)])].reverse()
  const key = others
    .reverse()
    .map(text => undefinedIfThrows(() => createPrivateKey({ key: pem, passphrase: text })))
    .find(found => found !== undefined)
  return key ?? createPrivateKey({ key: pem, passphrase: last })
}

function otherType(type: string | undefined): OktaConnectError {
  return privateKeyInvalid(
    `The client key is neither RSA nor EC: its type is ${type ?? 'unknown'}.`,
    'Okta accepts RSA keys (rsaEncryption, not RSA-PSS), and EC keys on P-256, P-384 or P-521. Create one for the app.',
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
  if (jwk.d === undefined || jwk.d === null) throw unusable.publicKey()
  const missing =
    jwk.kty === 'RSA' ? ['n', 'e', 'p', 'q', 'dp', 'dq', 'qi'].filter(name => jwk[name] === undefined) : []
  if (missing.length > 0) {
    throw privateKeyInvalid(
      `The client key is missing: ${missing.join(', ')}.`,
      'Export the key again with all members of RFC 7518 §6.3.2, or as PEM.',
    )
  }
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
