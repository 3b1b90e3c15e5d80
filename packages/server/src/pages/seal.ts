import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Seals a value as text, so that only those who have the secret can read or make it. */
export function seal(value: unknown, secret: string | Buffer, purpose: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyFor(secret, purpose), iv)
  const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')
}

/** The value that was sealed, or `undefined` for text that was not sealed with this secret for this purpose. */
export function unseal<T>(sealed: string, secret: string | Buffer, purpose: string): T | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const options = { authTagLength: 16 }
    const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, purpose), bytes.subarray(0, 12), options)
    decipher.setAuthTag(bytes.subarray(12, 28))
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'))
  } catch {
    return undefined
  }
}

function keyFor(secret: string | Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `connect-okta ${purpose}`, 32))
}
