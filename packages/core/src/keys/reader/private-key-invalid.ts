import { OktaConnectError } from '../../errors.js'
import type { Remedy } from '../../remedy.js'

const consoleHint =
  'Use the private key, from the file that was saved when the key was created. Okta shows a private key only then: ' +
  'Applications > your app > General > Public keys.'

/** The error for a client key that cannot be used. */
export function privateKeyInvalid(message: string, hint = consoleHint, remedy?: Remedy): OktaConnectError {
  return new OktaConnectError('private_key_invalid', message, { hint, ...(remedy && { remedy }) })
}
