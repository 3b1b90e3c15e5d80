import { createECDH, createHash, createPrivateKey, type KeyObject } from 'node:crypto'
import { OktaConnectError } from './errors.js'

/** Signature algorithms that Okta takes for client assertions. */
export type ClientKeyAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512'

/** The private key that signs client assertions, checked and ready. Never the DPoP key. */
export interface ClientKey {
  readonly key: KeyObject
  readonly algorithm: ClientKeyAlgorithm
  /** The `kid` under which Okta knows the public half; several registered keys need it. */
  readonly keyId: string | undefined
  /** RFC 7638 thumbprint, base64url: names the key, also where it has no `kid`. No secret. */
  readonly thumbprint: string
}

type Jwk = Record<string, unknown>

const rsaAlgorithms: readonly ClientKeyAlgorithm[] = ['RS256', 'RS384', 'RS512']
const curveAlgorithms: Readonly<Record<string, ClientKeyAlgorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
}
const consoleHint =
  'Use the private key that Okta showed once, when it was made: Applications > your app > General > Public keys.'

/**
 * Reads a client key: a private JWK as text or object, or PEM text (PKCS#8, PKCS#1 or SEC1).
 *
 * @throws {@link OktaConnectError} `private_key_invalid` when it is truncated, public, symmetric, of a kind that Okta
 * does not take, or cannot sign. The message never holds a part of the key.
 * @see RFC 7517, RFC 7518 §6
 * @example
 * const key = parseClientKey(await readFile('key.json', 'utf8'))
 */
export function parseClientKey(source: string | object): ClientKey {
  const jwk = typeof source === 'string' ? jwkFromText(source) : { ...(source as Jwk) }
  rejectUnusable(jwk)
  const algorithm = algorithmOf(jwk)
  const key = importJwk(jwk)
  rejectForeignHalf(jwk)
  return { key, algorithm, keyId: keyIdOf(jwk), thumbprint: thumbprintOf(jwk) }
}

function jwkFromText(text: string): Jwk {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  if (trimmed === '') throw invalid('The client key is empty.', consoleHint)
  // openssl writes attributes in front of a PEM.
  const pem = trimmed.startsWith('{') ? -1 : trimmed.indexOf('-----BEGIN ')
  return pem === -1 ? jwkFromJson(trimmed) : jwkFromPem(trimmed.slice(pem))
}

function jwkFromJson(text: string): Jwk {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Without the cause: the parser's message quotes the text, and the text is a secret.
    throw invalid(
      text.startsWith('{') ? 'The client key is not complete JSON.' : 'The client key is neither a JWK nor a PEM.',
      'Copy it again, from the first { to the last }, or from -----BEGIN to END-----.',
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('The client key is not a JSON object.', consoleHint)
  }
  return value as Jwk
}

function jwkFromPem(pem: string): Jwk {
  if (/-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) throw publicKey()
  if (/-----BEGIN CERTIFICATE-----/.test(pem)) {
    throw invalid('The client key is a certificate.', 'Give the private key that belongs to it.')
  }
  if (/ENCRYPTED/.test(pem)) {
    throw invalid(
      'The client key is encrypted.',
      'Decrypt it first, for example with: openssl pkey -in key.pem -out plain.pem',
    )
  }
  try {
    return createPrivateKey(pem).export({ format: 'jwk' }) as Jwk
  } catch {
    throw invalid('The client key is not a readable PEM.', 'Copy it again, from -----BEGIN to the last END line.')
  }
}

function rejectUnusable(jwk: Jwk): void {
  if ('keys' in jwk) {
    throw invalid('The client key is a set of keys.', 'Give the one key of the set that Okta has the public half of.')
  }
  if (jwk.kty === 'oct') {
    throw invalid(
      'The client key is symmetric (kty "oct").',
      'Okta takes RSA and EC keys. A client secret is another option.',
    )
  }
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC') {
    throw invalid('The client key is neither RSA nor EC.', 'Make one with kty "RSA", or "EC" on P-256, P-384 or P-521.')
  }
  if (jwk.d === undefined) throw publicKey()
}

function algorithmOf(jwk: Jwk): ClientKeyAlgorithm {
  const possible =
    jwk.kty === 'RSA' ? rsaAlgorithms : [curveAlgorithms[String(jwk.crv)]].filter(one => one !== undefined)
  const [first] = possible
  if (first === undefined) throw invalid('The curve of the client key is not one that Okta takes.', 'Use P-256.')
  if (jwk.alg === undefined) return first
  const named = possible.find(one => one === jwk.alg)
  if (named === undefined) {
    throw invalid('The "alg" of the client key does not fit the key.', `Use ${possible.join(', ')}, or leave it out.`)
  }
  return named
}

function importJwk(jwk: Jwk): KeyObject {
  try {
    const key = createPrivateKey({ key: jwk as never, format: 'jwk' })
    if (jwk.kty === 'RSA' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
      throw invalid('The client key is shorter than 2048 bits.', 'Make a new one with 2048 bits or more.')
    }
    return key
  } catch (error) {
    if (error instanceof OktaConnectError) throw error
    throw invalid('The client key is damaged: a part of it is missing or wrong.', consoleHint)
  }
}

// The public half names the key, also in the store. Whoever puts a foreign one beside a private half of their own must
// not pass for its owner.
function rejectForeignHalf(jwk: Jwk): void {
  if (jwk.kty === 'RSA' ? isProduct(jwk) : isPoint(jwk)) return
  throw invalid('The client key is damaged: its public and its private half do not belong together.', consoleHint)
}

function isProduct({ p, q, n }: Jwk): boolean {
  return integer(p) * integer(q) === integer(n)
}

function isPoint({ crv, d, x, y }: Jwk): boolean {
  const curve = createECDH({ 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' }[String(crv)] ?? '')
  curve.setPrivateKey(bytes(d))
  return curve.getPublicKey().equals(Buffer.concat([Buffer.of(4), bytes(x), bytes(y)]))
}

function integer(value: unknown): bigint {
  return BigInt(`0x0${bytes(value).toString('hex')}`)
}

function bytes(value: unknown): Buffer {
  return Buffer.from(String(value), 'base64url')
}

function keyIdOf(jwk: Jwk): string | undefined {
  return typeof jwk.kid === 'string' && jwk.kid !== '' ? jwk.kid : undefined
}

// RFC 7638 §3: the required members in alphabetical order, no spaces.
function thumbprintOf(jwk: Jwk): string {
  const members =
    jwk.kty === 'RSA' ? { e: jwk.e, kty: 'RSA', n: jwk.n } : { crv: jwk.crv, kty: 'EC', x: jwk.x, y: jwk.y }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

function publicKey(): OktaConnectError {
  return invalid('The client key is the public half.', consoleHint)
}

function invalid(message: string, hint: string): OktaConnectError {
  return new OktaConnectError('private_key_invalid', message, { hint })
}
