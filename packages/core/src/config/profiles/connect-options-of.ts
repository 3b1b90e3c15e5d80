import { currentEnvironment, type Environment } from '../../environment.js'
import type { Notify } from '../../notice.js'
import type { ConnectOptions } from '../connect-options.js'
import { readSecret, type SecretName } from './read-secret.js'
import type { ResolvedSettings, SecretReference } from './settings.js'
import { isSignerReference, signerOf } from './signer-reference.js'

/** Options of {@link connectOptionsOf}. */
export interface SecretOptions {
  /** Receives a notice for a file with a secret that other users can read. Default: none. */
  readonly notify?: Notify
  /** Default: the environment of this process. */
  readonly environment?: Environment
}

/**
 * Converts settings to options for {@link connect}, and reads the secrets. To check that no required option is missing, call
 * {@link requireConnectOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid` if a secret cannot be read, `store_failed` if the keyring fails, `signer_failed` if
 * the ssh-agent does not have the key
 * @example
 * const options = requireConnectOptions(await connectOptionsOf(await readSettings({}, { profile: 'staging' })))
 */
export async function connectOptionsOf(
  { values, origins }: ResolvedSettings,
  { notify = () => {}, environment = currentEnvironment() }: SecretOptions = {},
): Promise<Partial<ConnectOptions>> {
  const { key, keyPassphrase, clientSecret, apiToken, store: _elsewhere, tenant, ...others } = values
  const { connection: _ofBroker, identityTokenFile: _ofClient, ...ofOrg } = others
  const read = (name: SecretName, reference: SecretReference) =>
    readSecret(name, reference, `${name}${origins[name] === 'given' ? '' : ` (${origins[name]})`}`, {
      notify,
      environment,
    })
  const org = tenant === undefined ? {} : { tenant }
  if (apiToken !== undefined) return { ...org, apiToken: await read('apiToken', apiToken) }
  const options = {
    ...org,
    ...(others.broker === undefined ? ofOrg : others),
    ...(key !== undefined &&
      (isSignerReference(key)
        ? { signer: await signerOf(key, { keyId: values.keyId, environment }) }
        : { jsonWebKey: await read('key', key) })),
    ...(keyPassphrase !== undefined && { passphrase: async () => await read('keyPassphrase', keyPassphrase) }),
    // A key is never sent, so it has priority.
    ...(key === undefined && clientSecret !== undefined && { clientSecret: await read('clientSecret', clientSecret) }),
  }
  return options as Partial<ConnectOptions>
}
