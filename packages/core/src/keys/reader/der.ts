import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { decodeText } from '../../files/decode-text.js'
import { undefinedIfThrows } from '../../files/undefined-if-throws.js'
import { type Pem, pemBlock } from './pem.js'
import { unusable, unusableBinary } from './unusable-formats.js'

/**
 * Returns the text of a key from a file or stdin: text in UTF-8 or UTF-16, or a binary key as Base64.
 *
 * @example
 * const session = await connect({ tenant, clientId, jsonWebKey: keyTextFrom(await readFile('key.der')) })
 */
export function keyTextFrom(bytes: Uint8Array): string {
  return isBinary(bytes) ? Buffer.from(bytes).toString('base64') : decodeText(bytes)
}

// A DER sequence, with its length in one byte or in several, or a Java key store. No key that is text begins with these bytes.
function isBinary(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes
  const isSequence = first === 0x30 && (second === bytes.length - 2 || (second > 0x80 && second < 0x90))
  return isSequence || [0xfe_ed, 0xce_ce].includes(first * 256 + second)
}

/**
 * Finds the private key in DER: PKCS#8, also encrypted, PKCS#1 or SEC1.
 *
 * @returns `undefined` for other bytes.
 */
export function findDerKey(bytes: Buffer): Pem | undefined {
  if (!isBinary(bytes)) return undefined
  const error = unusableBinary(bytes)
  if (error !== undefined) return { form: 'unusable', error }
  const base64 = bytes.toString('base64')
  if (isEncryptedKey(bytes)) return { form: 'pem', pem: pemBlock('ENCRYPTED PRIVATE KEY', base64), isEncrypted: true }
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    // Exported, because Node 22 and later also accept SEC1 as the type pkcs1: the type does not give the label of the PEM.
    const pem = undefinedIfThrows(() => pkcs8Of(createPrivateKey({ key: bytes, format: 'der', type })))
    if (pem !== undefined) return { form: 'pem', pem, isEncrypted: false }
  }
  if (succeeds(() => new X509Certificate(bytes))) return { form: 'unusable', error: unusable.certificate() }
  const isPublic = (['spki', 'pkcs1'] as const).some(type =>
    succeeds(() => createPublicKey({ key: bytes, format: 'der', type })),
  )
  return isPublic ? { form: 'unusable', error: unusable.publicKey() } : undefined
}

// The identifiers of PBES2 (RFC 8018 §A.4) and of the PBE of PKCS#12 (RFC 7292 appendix C), after two headers.
function isEncryptedKey(bytes: Buffer): boolean {
  return /^30.{2,8}30.{2,6}06(092a864886f70d01050d|0a2a864886f70d010c01)/.test(bytes.subarray(0, 40).toString('hex'))
}

function pkcs8Of(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function succeeds(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
