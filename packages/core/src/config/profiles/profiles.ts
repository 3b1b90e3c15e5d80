import { join, resolve } from 'node:path'
import { currentEnvironment, type Environment } from '../../environment.js'
import { type OktaConnectError, optionsInvalid } from '../../errors.js'
import { undefinedIfThrows } from '../../files/undefined-if-throws.js'
import type { Notify } from '../../notice.js'
import { quoted } from '../../safe-text.js'
import type { ConnectOptions } from '../connect-options.js'
import { nearest } from '../nearest.js'
import { parseTenant } from '../tenant.js'
import { connectOktaVariables, oktaClientVariables, profileVariable, rejectMisspelt } from './environment-variables.js'
import { oktaYaml } from './okta-yaml.js'
import { brokenRule, type Profile, type ProfilesFile } from './profile-format.js'
import { deleteProfile, profilesPlace, readProfiles, readYaml, writeDefault, writeProfile } from './profiles-file.js'
import { isSecretName, readSecret, type SecretName, secretNames } from './read-secret.js'
import { merge, type ResolvedSettings, type SecretReference, type Settings, type Source } from './settings.js'

/** A profile and its name. */
export interface NamedProfile {
  readonly name: string
  /** Whether it is used if none is selected. */
  readonly isDefault: boolean
  readonly profile: Profile
}

/**
 * Reads settings from every source. In order of priority: the given ones, the selected profile, `CONNECT_OKTA_*`,
 * `OKTA_CLIENT_*`, the default profile, `~/.okta/okta.yaml`. A source for another org or app is not mixed in.
 *
 * @param given the settings of the caller, such as flags.
 * @param options the name of a `profile`. It has to exist, unless it `mayBeNew`: then a missing one adds no settings.
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

/** Options of {@link connectOptionsOf}. */
export interface SecretOptions {
  /** Receives a notice for a file with a secret that other users can read. Default: none. */
  readonly notify?: Notify
  /** Default: the environment of this process. */
  readonly environment?: Environment
}

/**
 * Turns settings into options for {@link connect}, and reads every secret from where it is. Options that the settings lack
 * are missing: {@link requireConnectOptions} checks that.
 *
 * @throws {@link OktaConnectError} `options_invalid` if a secret cannot be read, `store_failed` if the keyring fails
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
    readSecret(name, reference, `${name} (${origins[name]})`, { notify, environment })
  const org = tenant === undefined ? {} : { tenant }
  if (apiToken !== undefined) return { ...org, apiToken: await read('apiToken', apiToken) }
  const options = {
    ...org,
    ...(others.broker === undefined ? ofOrg : others),
    ...(key !== undefined && { jsonWebKey: await read('key', key) }),
    ...(keyPassphrase !== undefined && { passphrase: async () => await read('keyPassphrase', keyPassphrase) }),
    ...(clientSecret !== undefined && { clientSecret: await read('clientSecret', clientSecret) }),
  }
  return options as Partial<ConnectOptions>
}

/**
 * Lists all profiles, in the order of their file.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 * @example
 * for (const { name, isDefault } of await listProfiles()) console.log(name, isDefault)
 */
export async function listProfiles(environment: Environment = currentEnvironment()): Promise<readonly NamedProfile[]> {
  const file = await readProfiles(placeIn(environment))
  return Object.entries(file.profiles).map(([name, profile]) => ({
    name,
    isDefault: name === file.default,
    profile: inFolder(profile, environment.configDirectory),
  }))
}

/**
 * Saves a profile, and replaces one with the same name. The first one becomes the default. Comments in the file stay.
 *
 * @throws {@link OktaConnectError} `options_invalid`, also for a secret in place of a reference to one; `store_failed`
 * @example
 * await saveProfile('staging', { tenant: 'example.oktapreview.com', clientId: '0oa1', key: { file: '/keys/staging.json' } })
 */
export async function saveProfile(
  name: string,
  profile: Profile,
  { isDefault = false }: { readonly isDefault?: boolean } = {},
  environment: Environment = currentEnvironment(),
): Promise<void> {
  await writeProfile(placeIn(environment), name, profile, { isDefault })
}

/**
 * Makes a profile the default one, which is used if none is selected.
 *
 * @throws {@link OktaConnectError} `options_invalid` if there is no such profile, `store_failed`
 * @example
 * await setDefaultProfile('staging')
 */
export async function setDefaultProfile(name: string, environment: Environment = currentEnvironment()): Promise<void> {
  const names = Object.keys((await readProfiles(placeIn(environment))).profiles)
  if (!names.includes(name)) throw unknownProfile(name, names)
  await writeDefault(placeIn(environment), name)
}

/**
 * Removes a profile. Its sign-ins stay.
 *
 * @returns whether it existed.
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 * @example
 * const existed = await removeProfile('staging')
 */
export async function removeProfile(name: string, environment: Environment = currentEnvironment()): Promise<boolean> {
  return await deleteProfile(placeIn(environment), name)
}

// A user without a home folder has no profiles. That is an error only if one is selected.
async function readProfilesIfAny(environment: Environment, isNeeded: boolean): Promise<ProfilesFile> {
  const { home, variables } = environment
  const isKnown = home !== undefined || Boolean(variables.CONNECT_OKTA_CONFIG_DIR)
  const hasFolder = isKnown || undefinedIfThrows(() => environment.configDirectory) !== undefined
  return hasFolder || isNeeded ? await readProfiles(placeIn(environment)) : { profiles: {} }
}

function placeIn(environment: Environment) {
  return profilesPlace(
    environment.configDirectory,
    undefinedIfThrows(() => environment.stateDirectory),
  )
}

// A relative path in a profile counts from the folder of the profiles, wherever the program runs.
function inFolder(profile: Profile, folder: string): Profile {
  const absolute = (reference: SecretReference | undefined) =>
    reference !== undefined && 'file' in reference && !/^~[\\/]/.test(reference.file)
      ? { file: resolve(folder, reference.file) }
      : reference
  const found = secretNames.filter(name => profile[name] !== undefined)
  const { identityTokenFile: file } = profile
  return {
    ...profile,
    ...Object.fromEntries(found.map(name => [name, absolute(profile[name])])),
    ...(file !== undefined && !/^~[\\/]/.test(file) && { identityTokenFile: resolve(folder, file) }),
  }
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

function unknownProfile(name: string, names: readonly string[], origin?: string): OktaConnectError {
  const near = nearest(name, names)
  const existing =
    names.length === 0
      ? 'There are no profiles yet. See docs/profiles.md.'
      : `${near === undefined ? '' : `Did you mean ${near}? `}The profiles are: ${names.join(', ')}.`
  return optionsInvalid(
    `There is no profile named ${quoted(name)}${origin === undefined ? '' : ` (${origin})`}.`,
    existing,
  )
}
