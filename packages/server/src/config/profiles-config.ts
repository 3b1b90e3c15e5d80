import { OktaConnectError } from '@connect-okta/core'
import { listProfiles, readSettings, type Settings } from '@connect-okta/core/profiles'
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
  const connections = Object.fromEntries(await connectionSettings())
  const names = Object.keys(connections)
  if (names.length === 0) {
    throw new OktaConnectError('options_invalid', 'There is nothing to serve: no configuration file and no profile.', {
      hint: 'Save a profile: connect-okta login --profile NAME … Or write a configuration file: --config FILE.',
    })
  }
  const content = {
    connections,
    clients: { [localClient]: { secretSha256: digestOf(secret).toString('hex'), connections: names } },
  }
  const file = parseConfigFile(content, 'profiles')
  return { file, source: 'profiles', directory: '.', localClient: { name: localClient, secret } }
}

async function connectionSettings(): Promise<readonly (readonly [string, object])[]> {
  const profiles = (await listProfiles()).filter(({ name }) => name !== 'callback')
  if (profiles.length > 0) {
    return profiles.map(({ name, profile }) => [name, { profile: name, ...signInFor(profile) }])
  }
  const { values } = await readSettings()
  const { redirectUri: _redirectUri, store: _store, ...settings } = values
  return values.tenant === undefined ? [] : [['default', { ...settings, ...signInFor(values) }]]
}

// Only the user of this machine is served, so any account that Okta accepts may sign in.
function signInFor({ apiToken }: Settings): object {
  return apiToken === undefined ? { signIn: ['*'] } : {}
}
