import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const tagBytes = 16
// NIST SP 800-38D §5.2.1.1 recommends 96 bits; a random one for each message (§8.2.2).
const ivBytes = 12

/** A text that is encrypted and authenticated. */
export interface EncryptedText {
  readonly iv: Buffer
  readonly tag: Buffer
  readonly data: Buffer
}

/**
 * Encrypts a text with AES-256-GCM, so that only the owner of the key can read or change it.
 *
 * @param key 32 bytes.
 * @param associatedData authenticated, not encrypted: `decrypt` needs the same. Name the purpose or the place of the text.
 * @see NIST SP 800-38D
 * @example
 * const encrypted = encrypt('a secret', Buffer.alloc(32, 'key'), 'browser session')
 */
export function encrypt(text: string, key: Buffer, associatedData: string): EncryptedText {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(associatedData))
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return { iv, tag: cipher.getAuthTag(), data }
}

/**
 * Decrypts text that {@link encrypt} encrypted.
 *
 * @returns `undefined` if the key or the associated data is different, or if the encrypted text was changed.
 * @example
 * const key = Buffer.alloc(32, 'key')
 * decrypt(encrypt('a secret', key, 'browser session'), key, 'browser session') // 'a secret'
 */
export function decrypt({ iv, tag, data }: EncryptedText, key: Buffer, associatedData: string): string | undefined {
  try {
    const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(associatedData)).setAuthTag(tag)
    return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
