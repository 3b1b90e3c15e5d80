import { sha256 as digest } from '@noble/hashes/sha2.js'

/** In place of the core's own, which has Node load all of its cryptography: a stored token is found by a digest. */
export function sha256(text: string): string {
  return Buffer.from(digest(Buffer.from(text))).toString('hex')
}
