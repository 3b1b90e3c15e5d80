import { stat } from 'node:fs/promises'
import { OktaConnectError } from '@connect-okta/core'
import {
  isSignerReference,
  type KeyReference,
  listProfiles,
  profileName,
  type ResolvedSettings,
  saveProfile,
  secretPathIn,
} from '@connect-okta/core/profiles'
import { absolutePath } from '../input/absolute-path.js'
import type { Io } from '../io.js'
import type { Terminal } from '../output/terminal.js'

/**
 * Rejects the name of a new profile, before a user signs in for it.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function checkProfileName(name: string): void {
  if (profileName.test(name)) return
  throw new OktaConnectError('options_invalid', `${JSON.stringify(name)} is not a valid profile name.`, {
    hint: 'Use letters, digits, dots, hyphens and underscores.',
  })
}

/** Saves the settings of a connection as a profile, with references to its secrets. A note lists those that it cannot refer to. */
export async function saveSettings(
  name: string,
  { values, origins }: ResolvedSettings,
  terminal: Terminal,
): Promise<void> {
  const { key, keyPassphrase, clientSecret, apiToken, store, ...rest } = values
  const saved: Record<string, KeyReference> = {}
  const lost: string[] = []
  for (const [setting, reference] of Object.entries({ key, keyPassphrase, clientSecret, apiToken })) {
    if (reference === undefined) continue
    const lasting = await lastingReference(reference, terminal.io)
    if (lasting === undefined) lost.push(secretNames[setting] ?? setting)
    else saved[setting] = lasting
  }
  const savesStore = origins.store === 'given' || origins.store === `profile ${name}`
  // An API token depends only on the org.
  const { tenant, grant } = rest
  const saveable = apiToken === undefined ? rest : { ...(tenant && { tenant }), ...(grant && { grant }) }
  const profile = { ...saveable, ...saved, ...(savesStore && store !== undefined && { store }) }
  const { environment } = terminal.io
  await saveProfile(name, profile, {}, environment)
  const profiles = await listProfiles(environment)
  const isOnly = profiles.length === 1 && profiles[0]?.isDefault
  terminal.info(`Saved as the profile ${name}.${isOnly ? ' Commands use it by default.' : ''}`)
  if (lost.length === 0) return
  terminal.info(
    `note: The profile does not contain: ${lost.join(', ')}. Specify ${lost.length === 1 ? 'it' : 'them'} with each command, or use a file or the keyring.`,
  )
}

const secretNames: Readonly<Record<string, string>> = {
  key: 'key',
  keyPassphrase: 'passphrase',
  clientSecret: 'client secret',
  apiToken: 'API token',
}

// A pipe, such as that of <(command) in a shell, can be read once, and /dev/stdin is another file in each process.
async function lastingReference(reference: KeyReference, io: Io): Promise<KeyReference | undefined> {
  if ('text' in reference) return undefined
  if ('keyring' in reference || isSignerReference(reference)) return reference
  const file = absolutePath(secretPathIn(reference.file), io)
  const isOfProcess = /^\/(dev|proc)\//.test(file)
  const isFile = (await stat(file).catch(() => undefined))?.isFile() ?? true
  return isOfProcess || !isFile ? undefined : { file }
}
