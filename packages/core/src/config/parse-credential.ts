import { optionsInvalid } from '../errors.js'
import { type ClientKeySource, parseClientKey } from '../keys/client-key.js'
import type { CommonOptions, ManagedKeysSource } from './connect-options.js'
import type { ClientAuthentication, Credential } from './connection.js'
import { parseClientSecret } from './option-values.js'

/**
 * Returns the credential in the options. A key has priority over a secret, because it is never sent.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function parseCredential(
  options: ClientKeySource & ManagedKeysSource & Pick<CommonOptions, 'clientSecret'>,
): Promise<Credential> {
  const { managedKeys: keys } = options
  const key = await parseClientKey(options)
  const secret = options.clientSecret === undefined ? undefined : parseClientSecret(options.clientSecret)
  if (keys !== undefined) {
    if ((key ?? secret) === undefined) {
      return { authentication: { method: 'managed_keys', keys }, thumbprint: `managed ${keys.name}` }
    }
    throw optionsInvalid('Managed keys cannot be combined with another key or secret.', 'Use only one of them.')
  }
  if (key !== undefined) return { authentication: { method: 'private_key_jwt', key }, thumbprint: key.thumbprint }
  const authentication: ClientAuthentication =
    secret === undefined ? { method: 'none' } : { method: 'client_secret_post', secret }
  return { authentication, thumbprint: undefined }
}
