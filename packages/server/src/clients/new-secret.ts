import { randomBytes } from 'node:crypto'
import { digestOf } from './client.js'

/** A new secret for a client, and its digest for the configuration. */
export function newClientSecret(): { readonly secret: string; readonly digest: string } {
  const secret = randomBytes(32).toString('base64url')
  return { secret, digest: digestOf(secret).toString('hex') }
}
