import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile } from '../../files/replace-file.js'
import { requireTrusted } from '../../files/trusted-path.js'
import { type ProfilesFile, parseProfilesFile } from './profile-format.js'

/** The path of the copy. From `root` down, everything has to belong to this user. */
export interface ProfilesCache {
  readonly path: string
  readonly root: string
}

/**
 * Returns the profiles from a copy of them in JSON if it has the version of their file, and parses the file and writes the copy
 * otherwise. It saves loading the YAML parser, which takes as long as the rest of a CLI command that prints a cached token. To
 * remove it, call `parse` in readProfiles and delete this file.
 */
export async function cachedProfiles(
  cache: ProfilesCache,
  version: string,
  parse: () => Promise<ProfilesFile>,
): Promise<ProfilesFile> {
  const copy = await readCopy(cache)
  if (copy?.version === version) return copy.content
  const content = await parse()
  await writeCopy(cache, { version, content })
  return content
}

interface Copy {
  readonly version: string
  readonly content: ProfilesFile
}

async function readCopy({ path, root }: ProfilesCache): Promise<Copy | undefined> {
  try {
    await requireTrusted(path, { root })
    const { version, content } = JSON.parse(await readFile(path, 'utf8'))
    return { version, content: parseProfilesFile(content ?? 'nothing', path) }
  } catch {
    return undefined
  }
}

// Without a copy, the next start is slower.
async function writeCopy({ path, root }: ProfilesCache, copy: Copy): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await requireTrusted(dirname(path), { root })
    await replaceFile(path, JSON.stringify(copy))
  } catch {}
}
