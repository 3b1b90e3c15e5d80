import { readFileSync, statSync } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Document } from 'yaml'
import { OktaConnectError, optionsInvalid } from '../../errors.js'
import { replaceFile } from '../../files/replace-file.js'
import { requireTrusted } from '../../files/trusted-path.js'
import { quoted } from '../../safe-text.js'
import { withFileLock } from '../../stores/locks/file-lock.js'
import { parseYaml, parseYamlDocument, yamlContent } from '../parse-yaml.js'
import {
  type Profile,
  type ProfilesFile,
  parseProfilesFile,
  parseStoredProfile,
  profileName,
} from './profile-format.js'
import { cachedProfiles, type ProfilesCache } from './profiles-cache.js'

/** Where the profiles are, and their copy (see profiles-cache.ts). */
export interface ProfilesPlace {
  readonly path: string
  readonly cache: ProfilesCache
}

/** The profiles' file of a folder for configuration, and its copy in one for state. */
export function profilesPlace(configDirectory: string, stateDirectory: string): ProfilesPlace {
  const cache = { path: join(stateDirectory, 'profiles.json'), root: stateDirectory }
  return { path: join(configDirectory, 'profiles.yaml'), cache }
}

/**
 * Reads the profiles.
 *
 * @throws {@link OktaConnectError} `options_invalid` for a file that breaks a rule, `store_failed` for one that cannot
 * be read.
 */
export async function readProfiles({ path, cache }: ProfilesPlace): Promise<ProfilesFile> {
  const stamp = stampOf(path)
  if (stamp === undefined) return { profiles: {} }
  requireTrusted(path, { root: dirname(path), isReadOnly: true })
  return await cachedProfiles(cache, stamp, async () => parseProfilesFile(await readYaml(path), path))
}

/**
 * Reads a file of YAML.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 */
export async function readYaml(path: string): Promise<unknown> {
  // The parser is loaded for files that are there.
  const text = readText(path)
  requireTrusted(path, { root: dirname(path), isReadOnly: true })
  return await parseYaml(text, path)
}

/**
 * Writes a profile into the file, whose comments and order stay. The file is made if it is missing.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 */
export async function writeProfile(
  { path }: ProfilesPlace,
  name: string,
  profile: Profile,
  { isDefault }: { readonly isDefault: boolean },
): Promise<void> {
  if (!profileName.test(name)) {
    throw optionsInvalid(`${quoted(name)} is no name of a profile.`, 'Use letters, digits, dots and hyphens.')
  }
  const checked = parseStoredProfile(profile, `the profile ${name}`)
  await edit(path, document => {
    document.setIn(['profiles', name], document.createNode(checked))
    if (isDefault || !document.has('default')) document.set('default', name)
  })
}

/**
 * Says in the file which profile is meant when nobody says which.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 */
export async function writeDefault({ path }: ProfilesPlace, name: string): Promise<void> {
  await edit(path, document => document.set('default', name))
}

/**
 * Takes a profile out of the file.
 *
 * @returns whether it was there.
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 */
export async function deleteProfile({ path }: ProfilesPlace, name: string): Promise<boolean> {
  if (stampOf(path) === undefined) return false
  let wasThere = false
  await edit(path, document => {
    wasThere = document.deleteIn(['profiles', name])
    if (document.get('default') === name) document.delete('default')
  })
  return wasThere
}

async function edit(path: string, change: (document: Document.Parsed) => void): Promise<void> {
  await written(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    requireTrusted(path, { root: dirname(path) })
    // Two programs that save at once would lose one of two profiles.
    await withFileLock(`${path}.lock`, async () => {
      const document = await parseYamlDocument(stampOf(path) === undefined ? '' : readText(path), path)
      parseProfilesFile(yamlContent(document, path), path)
      change(document)
      // The file may be a link into a folder of settings that somebody keeps elsewhere.
      await replaceFile(await realpath(path).catch(() => path), document.toString())
    })
  })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

async function written(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (cause) {
    if (cause instanceof OktaConnectError) throw cause
    throw new OktaConnectError('store_failed', `${path} cannot be written (${codeOf(cause)}).`, {
      hint: 'Make the folder writable for this user, or name another one with CONNECT_OKTA_CONFIG_DIR.',
      cause,
    })
  }
}

// Everything by which one version of a file differs from the next.
function stampOf(path: string): string | undefined {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return [path, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause))) return undefined
    throw unreadable(path, cause)
  }
}

function unreadable(path: string, cause: unknown): OktaConnectError {
  return new OktaConnectError('store_failed', `${path} cannot be read (${codeOf(cause)}).`, {
    hint: 'Make the file readable for this user.',
    cause,
  })
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'for an unknown reason'
}
