import { OktaConnectError } from '../../errors.js'
import type { Remedy } from '../../remedy.js'

const consoleHint =
  'Use the private key that Okta showed once, when it was created: Applications > your app > General > Public keys.'

/** The error for a client key that cannot be used. */
export function privateKeyInvalid(message: string, hint = consoleHint, remedy?: Remedy): OktaConnectError {
  return new OktaConnectError('private_key_invalid', message, { hint, ...(remedy && { remedy }) })
}
