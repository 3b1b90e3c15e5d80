import { type ClientKeySource, parseClientKey } from '../keys/client-key.js'
import type { CommonOptions, ManagedKeysSource } from './connect-options.js'
import type { ClientAuthentication, Credential } from './connection.js'
import { parseClientSecret } from './option-values.js'

/**
 * Returns the credential in the options, which have at most one: see {@link checkOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function parseCredential(
  options: ClientKeySource & ManagedKeysSource & Pick<CommonOptions, 'clientSecret'>,
): Promise<Credential> {
  const { managedKeys: keys, clientSecret } = options
  const key = await parseClientKey(options)
  if (key !== undefined) return { authentication: { method: 'private_key_jwt', key }, thumbprint: key.thumbprint }
  if (keys !== undefined)
    return { authentication: { method: 'managed_keys', keys }, thumbprint: `managed ${keys.name}` }
  const authentication: ClientAuthentication =
    clientSecret === undefined
      ? { method: 'none' }
      : { method: 'client_secret_post', secret: parseClientSecret(clientSecret) }
  return { authentication, thumbprint: undefined }
}
