import { type ConnectOptions, isOktaConnectError } from '@connect-okta/core'
import type { ClientSigner } from '@connect-okta/core/keys'
import {
  connectOptionsOf,
  isSignerReference,
  type ResolvedSettings,
  requireConnectOptions,
} from '@connect-okta/core/profiles'
import type { Notify } from '@connect-okta/core/types'
import type { ConnectionConfig } from './broker-config.js'

/**
 * Reads the secrets of a connection, and finds its signer.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function connectionOf(
  settings: ResolvedSettings,
  notify: Notify,
): Promise<Pick<ConnectionConfig, 'options' | 'signer' | 'findSigner'>> {
  const read = async () => await withPassphrase(requireConnectOptions(await connectOptionsOf(settings, { notify })))
  const { key, ...values } = settings.values
  if (key === undefined || !isSignerReference(key)) return { options: await read() }
  try {
    return { options: await read(), signer: key }
  } catch (error) {
    if (!isOktaConnectError(error) || error.code !== 'signer_failed') throw error
    // An ssh-agent is empty after a restart of the machine, until a user adds the key.
    const options = requireConnectOptions(await connectOptionsOf({ ...settings, values }, { notify }))
    return { options, signer: key, findSigner: async () => signerIn(await read()) }
  }
}

function signerIn(options: ConnectOptions): ClientSigner {
  if ('signer' in options && options.signer !== undefined) return options.signer
  throw new TypeError('The options have no signer.')
}

// Read now, so that a reload notices that it has changed.
async function withPassphrase(options: ConnectOptions): Promise<ConnectOptions> {
  if (!('passphrase' in options) || typeof options.passphrase !== 'function') return options
  return { ...options, passphrase: await options.passphrase() }
}
