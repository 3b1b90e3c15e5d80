import { join } from 'node:path'
import { currentEnvironment, type Environment } from '../../environment.js'
import { optionsInvalid } from '../../errors.js'
import { undefinedIfThrows } from '../../files/undefined-if-throws.js'
import { parseTenant } from '../tenant.js'
import { connectOktaVariables, oktaClientVariables, profileVariable, rejectMisspelt } from './environment-variables.js'
import { oktaYaml } from './okta-yaml.js'
import { brokenRule, type ProfilesFile } from './profile-format.js'
import { inFolder, placeIn, unknownProfile } from './profiles.js'
import { readProfiles, readYaml } from './profiles-file.js'
import { isSecretName } from './read-secret.js'
import { merge, type ResolvedSettings, type Settings, type Source } from './settings.js'

/**
 * Reads settings from every source. In order of priority: `given`, the selected profile, `CONNECT_OKTA_*`,
 * `OKTA_CLIENT_*`, the default profile, `~/.okta/okta.yaml`. A source for another org or app is ignored.
 *
 * @param given your own settings, such as flags.
 * @param options `profile` is the name of a profile. It must exist, unless `mayBeNew` is set.
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 * @example
 * const settings = await readSettings({ tenant: 'example.okta.com' }, { profile: 'staging' })
 * const session = await connect(requireConnectOptions(await connectOptionsOf(settings)))
 */
export async function readSettings(
  given: Settings = {},
  { profile, mayBeNew = false }: { readonly profile?: string; readonly mayBeNew?: boolean } = {},
  environment: Environment = currentEnvironment(),
): Promise<ResolvedSettings> {
  const { variables } = environment
  rejectMisspelt(variables)
  const named = profile ?? profileVariable(variables)
  // A file that is not needed may be invalid.
  const problems: unknown[] = []
  const ifValid = <T>(read: Promise<T>, otherwise: T) =>
    read.catch(error => {
      problems.push(error)
      return otherwise
    })
  const reading = readProfilesIfAny(environment, named !== undefined)
  const file = named === undefined ? await ifValid(reading, { profiles: {} }) : await reading
  const name = named ?? file.default
  const found = name !== undefined && Object.hasOwn(file.profiles, name) ? file.profiles[name] : undefined
  if (name !== undefined && found === undefined) {
    const unknown = unknownProfile(
      name,
      Object.keys(file.profiles),
      environment,
      named === undefined ? 'the default' : variableOf(profile),
    )
    if (named === undefined) problems.push(unknown)
    else if (!mayBeNew) throw unknown
  }

  const kind = named === undefined ? 'file' : 'given'
  const ofProfile: Source[] =
    found === undefined
      ? []
      : [{ kind, values: inFolder(found, environment.configDirectory), nameOf: () => `profile ${name}` }]
  const fromVariables = [await connectOktaVariables(variables), await oktaClientVariables(variables)]
  const sources: readonly Source[] = [
    { kind: 'given', values: given, nameOf: () => 'given' },
    ...(named === undefined ? [...fromVariables, ...ofProfile] : [...ofProfile, ...fromVariables]),
    ...(await ifValid(oktaYamlIn(environment.home), [])),
  ]
  const { values, origins } = merge(sources, isSameOrg)
  if (problems.length > 0 && !isComplete(values)) throw problems[0]
  return { values: checked(values, origins), origins, profile: found === undefined ? undefined : name }
}

// A user without a home folder has no profiles. That is an error only if one is selected.
async function readProfilesIfAny(environment: Environment, isNeeded: boolean): Promise<ProfilesFile> {
  const { home, variables } = environment
  const isKnown = home !== undefined || Boolean(variables.CONNECT_OKTA_CONFIG_DIR)
  const hasFolder = isKnown || undefinedIfThrows(() => environment.configDirectory) !== undefined
  return hasFolder || isNeeded ? await readProfiles(placeIn(environment)) : { profiles: {} }
}

async function oktaYamlIn(home: string | undefined): Promise<readonly Source[]> {
  if (home === undefined) return []
  const path = join(home, '.okta', 'okta.yaml')
  try {
    return [await oktaYaml(await readYaml(path), path)]
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

function isComplete({ tenant, broker, clientId, apiToken }: Settings): boolean {
  return (tenant ?? broker) !== undefined && (clientId ?? apiToken) !== undefined
}

function variableOf(profile: string | undefined): string | undefined {
  return profile === undefined ? 'CONNECT_OKTA_PROFILE' : undefined
}

function isSameOrg(one: string, other: string): boolean {
  return parseTenant(one).origin === parseTenant(other).origin
}

// The rules of profiles also apply to variables, except that these may contain secrets.
function checked(values: Settings, origins: ResolvedSettings['origins']): Settings {
  for (const [name, value] of Object.entries(values)) {
    const rule = isSecretName(name) ? undefined : brokenRule(name, value)
    const origin = origins[name as keyof Settings]
    if (rule !== undefined) {
      throw optionsInvalid(
        `The setting ${name}${origin === 'given' ? '' : ` (${origin})`} is invalid: ${rule}.`,
        'Correct the value.',
      )
    }
  }
  return values
}
