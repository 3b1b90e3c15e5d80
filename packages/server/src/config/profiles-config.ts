import { OktaConnectError } from '@connect-okta/core'
import { listProfiles, type ResolvedSettings, readSettings, type Settings } from '@connect-okta/core/profiles'
import { digestOf } from '../clients/client.js'
import { newClientSecret } from '../clients/new-secret.js'
import { parseConfigFile } from './config-file.js'
import type { LoadedConfig } from './load-config.js'

/** The name of the only client of a broker without a configuration file. */
const localClient = 'local'

/**
 * The configuration of a broker without a configuration file: the profiles of this user, for one client.
 *
 * @param secret the secret of the client, for a reload. Default: a new one.
 * @throws {@link OktaConnectError} `options_invalid` when the user has no profile.
 */
export async function loadProfilesConfig(secret = newClientSecret().secret): Promise<LoadedConfig> {
  // A broker cannot serve the tokens of another one.
  const profiles = (await listProfiles()).filter(({ name, profile }) => name !== 'callback' && !('broker' in profile))
  const variables = profiles.length > 0 ? undefined : await readSettings()
  if (variables !== undefined && variables.values.tenant === undefined) {
    throw new OktaConnectError('options_invalid', 'No configuration file and no profile found.', {
      hint: 'Save a profile: connect-okta login --profile NAME … Or write a configuration file: --config FILE.',
    })
  }
  const connections =
    variables === undefined
      ? Object.fromEntries(profiles.map(({ name, profile }) => [name, { profile: name, ...signInFor(profile) }]))
      : { default: signInFor(variables.values) }
  const content = {
    connections,
    clients: {
      [localClient]: { secretSha256: digestOf(secret).toString('hex'), connections: Object.keys(connections) },
    },
    ...(variables?.values.store !== undefined && { store: variables.values.store }),
  }
  return {
    file: parseConfigFile(content, 'profiles'),
    source: 'profiles',
    directory: '.',
    ...(variables !== undefined && { variables: withoutUnused(variables) }),
    localClient: { name: localClient, secret },
  }
}

// The broker has its own redirect URI and its own store.
function withoutUnused({ values, ...rest }: ResolvedSettings): ResolvedSettings {
  const { redirectUri: _redirectUri, store: _store, ...used } = values
  return { ...rest, values: used }
}

// Only the user of this machine is served, so any account that Okta accepts may sign in.
function signInFor({ apiToken }: Settings): object {
  return apiToken === undefined ? { signIn: ['*'] } : {}
}
