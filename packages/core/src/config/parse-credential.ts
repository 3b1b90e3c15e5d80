import { type ClientKey, type ClientKeySource, parseClientKey } from '../keys/client-key.js'
import type { CommonOptions } from './connect-options.js'
import type { ClientAuthentication } from './connection.js'
import { parseClientSecret } from './option-values.js'

/**
 * The key or secret of a client, if the options have one.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function parseCredential(options: ClientKeySource & Pick<CommonOptions, 'clientSecret'>) {
  const key = await parseClientKey(options)
  const clientSecret = options.clientSecret === undefined ? undefined : parseClientSecret(options.clientSecret)
  return { key, clientSecret, authentication: authenticationBy(key, clientSecret) }
}

/** How a client authenticates. A key has priority over a secret, because it is never sent. */
export function authenticationBy(key: ClientKey | undefined, clientSecret: string | undefined): ClientAuthentication {
  if (key !== undefined) return { method: 'private_key_jwt', key }
  return clientSecret === undefined ? { method: 'none' } : { method: 'client_secret_post', secret: clientSecret }
}
