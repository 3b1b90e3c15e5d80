import { mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Document } from 'yaml'
import { OktaConnectError, optionsInvalid } from '../../errors.js'
import { decodeText } from '../../files/decode-text.js'
import { readFailureHint } from '../../files/read-failure.js'
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

/** The path of the profiles, and their copy (see profiles-cache.ts). */
export interface ProfilesPlace {
  readonly path: string
  /** `undefined` without a state folder. */
  readonly cache: ProfilesCache | undefined
}

/** Returns the path of the profiles in the configuration folder, and of the copy in the state folder, if there is one. */
export function profilesPlace(configDirectory: string, stateDirectory: string | undefined): ProfilesPlace {
  const cache = stateDirectory && { path: join(stateDirectory, 'profiles.json'), root: stateDirectory }
  return { path: join(configDirectory, 'profiles.yaml'), cache: cache || undefined }
}

/**
 * Reads the profiles.
 *
 * @throws {@link OktaConnectError} `options_invalid` for an invalid file, `store_failed` for one that cannot be read
 */
export async function readProfiles({ path, cache }: ProfilesPlace): Promise<ProfilesFile> {
  const version = await versionOf(path)
  if (version === undefined) {
    const misnamed = path.replace(/\.yaml$/, '.yml')
    if ((await versionOf(misnamed)) === undefined) return { profiles: {} }
    throw optionsInvalid(`${misnamed} is ignored: the file name must be profiles.yaml.`, 'Rename the file.')
  }
  await requireTrusted(path, { root: dirname(path), isReadOnly: true })
  const parse = async () => parseProfilesFile(await readYaml(path), path)
  return cache === undefined ? await parse() : await cachedProfiles(cache, version, parse)
}

/**
 * Reads a file of YAML.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 */
export async function readYaml(path: string): Promise<unknown> {
  const text = await readText(path)
  await requireTrusted(path, { root: dirname(path), isReadOnly: true })
  return await parseYaml(text, path)
}

/**
 * Writes a profile into the file. Comments and the order of keys stay. The file is created if it is missing.
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
    throw optionsInvalid(`${quoted(name)} is not a valid profile name.`, 'Use letters, digits, dots and hyphens.')
  }
  const checked = parseStoredProfile(profile, `the profile ${name}`)
  await edit(path, document => {
    document.setIn(['profiles', name], document.createNode(checked))
    if (isDefault || !document.has('default')) document.set('default', name)
  })
}

/**
 * Writes the name of the default profile into the file.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 */
export async function writeDefault({ path }: ProfilesPlace, name: string): Promise<void> {
  await edit(path, document => document.set('default', name))
}

/**
 * Removes a profile from the file.
 *
 * @returns whether it existed.
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed`
 */
export async function deleteProfile({ path }: ProfilesPlace, name: string): Promise<boolean> {
  if ((await versionOf(path)) === undefined) return false
  let existed = false
  await edit(path, document => {
    existed = document.deleteIn(['profiles', name])
    if (document.get('default') === name) document.delete('default')
  })
  return existed
}

async function edit(path: string, change: (document: Document.Parsed) => void): Promise<void> {
  await withWriteError(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await requireTrusted(path, { root: dirname(path) })
    // Otherwise one of two programs that save at the same time would lose its profile.
    await withFileLock(`${path}.lock`, async () => {
      const text = (await versionOf(path)) === undefined ? '' : await readText(path)
      const document = await parseYamlDocument(text, path)
      parseProfilesFile(yamlContent(document, path), path)
      change(document)
      // The file may be a link to a file in another folder, such as a repository of settings.
      await replaceFile(await realpath(path).catch(() => path), document.toString())
    })
  })
}

async function readText(path: string): Promise<string> {
  try {
    return decodeText(await readFile(path))
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

async function withWriteError(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (cause) {
    if (cause instanceof OktaConnectError) throw cause
    throw new OktaConnectError('store_failed', `${path} cannot be written (${codeOf(cause)}).`, {
      hint: 'Make the folder writable for this user, or set CONNECT_OKTA_CONFIG_DIR to another one.',
      cause,
    })
  }
}

// Differs from one version of the file to the next.
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [path, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause))) return undefined
    throw unreadable(path, cause)
  }
}

function unreadable(path: string, cause: unknown): OktaConnectError {
  return new OktaConnectError('store_failed', `${path} cannot be read (${codeOf(cause)}).`, {
    hint: readFailureHint(codeOf(cause)),
    cause,
  })
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'for an unknown reason'
}
