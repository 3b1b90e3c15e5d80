import { resolve } from 'node:path'
import { currentEnvironment, type Environment } from '../../environment.js'
import { type OktaConnectError, optionsInvalid } from '../../errors.js'
import { undefinedIfThrows } from '../../files/undefined-if-throws.js'
import { quoted } from '../../safe-text.js'
import { nearest } from '../nearest.js'
import type { Profile } from './profile-format.js'
import { deleteProfile, profilesPlace, readProfiles, writeDefault, writeProfile } from './profiles-file.js'
import { secretNames } from './read-secret.js'
import type { KeyReference } from './settings.js'
import { isSignerReference, signerInFolder } from './signer-reference.js'

/** A profile and its name. */
export interface NamedProfile {
  readonly name: string
  /** Whether it is used if none is selected. */
  readonly isDefault: boolean
  readonly profile: Profile
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
  if (!names.includes(name)) throw unknownProfile(name, names, environment)
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

/** Where the profiles of a user are. */
export function placeIn(environment: Environment) {
  return profilesPlace(
    environment.configDirectory,
    undefinedIfThrows(() => environment.stateDirectory),
  )
}

/** A profile with absolute paths: a relative one counts from the folder of the profiles, wherever the program runs. */
export function inFolder(profile: Profile, folder: string): Profile {
  const absolute = (reference: KeyReference | undefined) => {
    if (reference === undefined) return undefined
    if (isSignerReference(reference)) return signerInFolder(reference, folder)
    return 'file' in reference && !/^~[\\/]/.test(reference.file)
      ? { file: resolve(folder, reference.file) }
      : reference
  }
  const found = secretNames.filter(name => profile[name] !== undefined)
  const { identityTokenFile: file } = profile
  return {
    ...profile,
    ...Object.fromEntries(found.map(name => [name, absolute(profile[name])])),
    ...(file !== undefined && !/^~[\\/]/.test(file) && { identityTokenFile: resolve(folder, file) }),
  }
}

/** The error for a profile that does not exist. */
export function unknownProfile(
  name: string,
  names: readonly string[],
  environment: Environment,
  origin?: string,
): OktaConnectError {
  const near = nearest(name, names)
  const existing =
    names.length === 0
      ? `There are no profiles yet. To add one, edit ${placeIn(environment).path}. See https://connect-okta.github.io/connect-okta/profiles`
      : `${near === undefined ? '' : `Did you mean ${near}? `}The profiles are: ${names.join(', ')}.`
  return optionsInvalid(
    `There is no profile named ${quoted(name)}${origin === undefined ? '' : ` (${origin})`}.`,
    existing,
  )
}
