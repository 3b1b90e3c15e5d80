import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile } from '../../files/replace-file.js'
import { requireTrusted } from '../../files/trusted-path.js'
import { type ProfilesFile, parseProfilesFile } from './profile-format.js'

/** Where the copy is, and the folder from which on down it has to belong to this user. */
export interface ProfilesCache {
  readonly path: string
  readonly root: string
}

/**
 * Returns the profiles from a copy of them in JSON if that has the stamp of their file, and else parses the file and writes
 * the copy. It saves loading the YAML parser, which takes as long as the rest of a command that prints a cached token. To
 * remove it, call `parse` in readProfiles and delete this file.
 */
export async function cachedProfiles(
  cache: ProfilesCache,
  stamp: string,
  parse: () => Promise<ProfilesFile>,
): Promise<ProfilesFile> {
  const copy = readCopy(cache)
  if (copy?.stamp === stamp) return copy.content
  const content = await parse()
  await writeCopy(cache, { stamp, content })
  return content
}

interface Copy {
  readonly stamp: string
  readonly content: ProfilesFile
}

function readCopy({ path, root }: ProfilesCache): Copy | undefined {
  try {
    requireTrusted(path, { root })
    const { stamp, content } = JSON.parse(readFileSync(path, 'utf8'))
    return { stamp, content: parseProfilesFile(content ?? 'nothing', path) }
  } catch {
    return undefined
  }
}

// A copy that cannot be written only makes the next start slower.
async function writeCopy({ path, root }: ProfilesCache, copy: Copy): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    requireTrusted(dirname(path), { root })
    await replaceFile(path, JSON.stringify(copy))
  } catch {}
}
