import { optionsInvalid } from '../errors.js'
import { rejectUnknownOptions } from './reject-unknown-options.js'

// Each of them gives a connection other permissions.
const credentials = ['accessToken', 'apiToken', 'clientSecret', 'jsonWebKey', 'managedKeys', 'signer']
// For a broker. One that the platform provides can be set in addition to a key or a secret, which then has priority.
const identityTokens = ['identityToken', 'identityTokenFile']

/**
 * Rejects options with unknown names, a credential without a value, as from a variable that is not set, and several credentials. Otherwise,
 * a program would ask a user to sign in, or would connect with other permissions.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function checkOptions(options: unknown): void {
  const values: Readonly<Record<string, unknown>> = Object(options)
  rejectUnknownOptions(values)
  const empty = [...credentials, ...identityTokens].find(name => name in values && (values[name] ?? null) === null)
  if (empty !== undefined) {
    throw optionsInvalid(
      `The option ${empty} is ${values[empty]}.`,
      `Check that the variable with its value is set. To connect without ${empty}, omit it.`,
    )
  }
  const given = credentials.filter(name => name in values)
  if (given.length > 1) {
    throw optionsInvalid(`Several credentials are set: ${given.join(', ')}.`, 'Use only one of them.')
  }
}
