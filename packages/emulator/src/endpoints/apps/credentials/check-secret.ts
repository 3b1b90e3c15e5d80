import { validationError } from '../../../http/errors/validation-error.js'

/** Checks the length and the characters of a client secret. */
export function checkSecret(secret: string): string {
  const fail = (problem: string) => validationError('client_secret', `client_secret: ${problem}`)
  if (secret.length < 14) throw fail("'client_secret' must be at least '14' characters long.")
  if (secret.length > 100) throw fail("'client_secret' can't be more than '100' characters long.")
  if (!/^[\x20-\x7E]+$/.test(secret)) throw fail("''client_secret'' must only contain printable ASCII: [x20-x7E]+")
  return secret
}
