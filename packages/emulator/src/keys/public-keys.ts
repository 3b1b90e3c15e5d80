import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { JSONWebKeySet, JWK } from 'jose'

/** Public keys: a JWKS, a JWK, a list of JWKs, or one of these as JSON text, or public keys or a certificate in PEM format. */
export type PublicKeys = { readonly keys: readonly JWK[] } | readonly JWK[] | JWK | string

const BLOCK = /-----BEGIN ([A-Z ]+)-----([^-]*)-----END \1-----/g

/**
 * Converts public keys to a JWKS. The keys are not validated.
 *
 * @throws {Error} when a text contains no public key
 */
export function toJwks(value: PublicKeys): JSONWebKeySet {
  if (typeof value === 'string') return toJwks(keysInText(value))
  if (Array.isArray(value)) return { keys: value }
  return 'keys' in value ? (value as JSONWebKeySet) : { keys: [value as JWK] }
}

function keysInText(value: string): PublicKeys {
  // Environment variables and JSON often contain line ends as \n.
  const text = value.replace(/\\r|\\n/g, '\n').trim()
  if (/^[{[]/.test(text)) return parseJson(text)
  const blocks = [...text.matchAll(BLOCK)].map(([, label = '', base64 = '']) => ({
    label,
    der: Buffer.from(base64, 'base64'),
  }))
  if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY'))) throw new Error('must be a public key')
  const keys = blocks.filter(({ label }) => label.endsWith('PUBLIC KEY'))
  // The first certificate of a chain has the key of the app.
  const used = keys.length > 0 ? keys : blocks.slice(0, 1)
  if (used.length === 0) throw new Error('must be a JWKS, a JWK, or a public key or certificate in PEM format')
  return used.map(({ label, der }) => keyOf(label, der).export({ format: 'jwk' }) as JWK)
}

function parseJson(text: string): PublicKeys {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('is not valid JSON')
  }
}

function keyOf(label: string, der: Buffer): KeyObject {
  try {
    if (label === 'CERTIFICATE') return new X509Certificate(der).publicKey
    return createPublicKey({ key: der, format: 'der', type: label === 'RSA PUBLIC KEY' ? 'pkcs1' : 'spki' })
  } catch {
    throw new Error(`contains an invalid ${label}`)
  }
}
