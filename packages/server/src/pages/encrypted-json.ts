import { hkdfSync } from 'node:crypto'
import { decrypt, encrypt } from '@connect-okta/core/keys'

const ivBytes = 12
const tagBytes = 16

/** Encrypts a value as text for one purpose. */
export function encryptJson(value: unknown, secret: string | Buffer, purpose: string): string {
  const { iv, tag, data } = encrypt(JSON.stringify(value), deriveKey(secret, purpose), purpose)
  return Buffer.concat([iv, tag, data]).toString('base64url')
}

/** Decrypts the result of {@link encryptJson}. Returns `undefined` for any other text, secret or purpose. */
export function decryptJson<T>(text: string, secret: string | Buffer, purpose: string): T | undefined {
  const bytes = Buffer.from(text, 'base64url')
  const iv = bytes.subarray(0, ivBytes)
  const tag = bytes.subarray(ivBytes, ivBytes + tagBytes)
  const json = decrypt({ iv, tag, data: bytes.subarray(ivBytes + tagBytes) }, deriveKey(secret, purpose), purpose)
  return json === undefined ? undefined : JSON.parse(json)
}

function deriveKey(secret: string | Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `connect-okta ${purpose}`, 32))
}
