import { OktaConnectError } from '@connect-okta/core'
import { listProfiles, readSettings, type Settings } from '@connect-okta/core/profiles'
import { digestOf } from '../clients/client.js'
import { newCallerSecret } from '../clients/new-secret.js'
import { parseConfigFile } from './config-file.js'
import type { FoundConfig } from './load-config.js'

/** The caller of a broker without a configuration. */
export const ownCaller = 'local'

/** A configuration that nobody wrote, and the secret of its caller. */
export interface OwnConfig extends FoundConfig {
  readonly secret: string
}

/**
 * What a broker does without a configuration: it serves this user's profiles to one caller, whose secret is made anew.
 *
 * @param secret the one of a broker that has begun already.
 * @throws {@link OktaConnectError} `options_invalid` where nothing is configured at all.
 */
export async function configOfProfiles(secret = newCallerSecret().secret): Promise<OwnConfig> {
  const connections = Object.fromEntries((await settingsByName()).map(([name, settings]) => [name, settings]))
  const names = Object.keys(connections)
  if (names.length === 0) {
    throw new OktaConnectError('options_invalid', 'There is nothing to serve: no configuration, and no profile.', {
      hint: 'Save a profile: connect-okta login --profile NAME … Or write a configuration and give it with --config.',
    })
  }
  const content = {
    connections,
    callers: { [ownCaller]: { secretSha256: digestOf(secret).toString('hex'), connections: names } },
  }
  return { file: parseConfigFile(content, 'profiles'), place: 'profiles', directory: '.', secret }
}

async function settingsByName(): Promise<readonly (readonly [string, object])[]> {
  const profiles = (await listProfiles()).filter(({ name }) => name !== 'callback')
  if (profiles.length > 0) {
    return profiles.map(({ name, profile }) => [name, { profile: name, ...signInFor(profile) }])
  }
  const { values } = await readSettings()
  const { redirectUri: _listener, store: _elsewhere, ...settings } = values
  return values.tenant === undefined ? [] : [['default', { ...settings, ...signInFor(values) }]]
}

// Only the user of this machine is served: any account that Okta accepts at their app may sign in.
function signInFor({ apiToken }: Settings): object {
  return apiToken === undefined ? { signIn: ['*'] } : {}
}
