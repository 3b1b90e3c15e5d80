import { randomBytes, randomInt } from 'node:crypto'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** What an Okta id begins with tells what it names: an app, a user, an org, an error report. */
export type OktaIdPrefix = '0oa' | '00u' | '00o' | 'oae'

/**
 * Makes an id in Okta's form: a three-letter prefix and 17 letters or digits, 20 characters in all.
 *
 * @example oktaId('0oa') // '0oa5k8vJ3sRkQp0Zt4x7'
 */
export function oktaId(prefix: OktaIdPrefix): string {
  let id: string = prefix
  while (id.length < 20) id += ALPHABET[randomInt(ALPHABET.length)]
  return id
}

/** Makes a value for the `X-Okta-Request-Id` header that every answer carries. */
export function requestId(): string {
  return randomBytes(20).toString('base64url')
}

/** Makes a secret of 256 bits, as text that is safe in a URL, a form and a header. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}
