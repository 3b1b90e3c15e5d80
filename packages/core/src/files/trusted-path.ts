import type { Stats } from 'node:fs'
import { lstat, readFile, readlink, realpath } from 'node:fs/promises'
import { dirname, join, parse, resolve, sep } from 'node:path'
import { OktaConnectError } from '../errors.js'

/** How strictly a path is checked. */
export interface Trust {
  /** From this folder down, everything has to belong to this user. Default: the path itself. */
  readonly root?: string
  /** Whether root may own it: for files that are only read, such as a configuration that a container mounts. */
  readonly isReadOnly?: boolean
}

// As many links as Linux follows (path_resolution(7)).
const maxLinks = 40

/**
 * Rejects a file or folder that another user could replace: one that belongs to another user, one that others may write to,
 * and one below such a folder, also through links. A path that does not exist is trusted. On Windows nothing is checked,
 * because access control lists protect the folders of a user.
 *
 * @throws {@link OktaConnectError} `store_failed`
 */
export async function requireTrusted(path: string, { root = path, isReadOnly = false }: Trust = {}): Promise<void> {
  const user = process.getuid?.()
  if (user === undefined) return
  const roots = [resolve(root), await realPathOf(root)]
  let isHidden = false
  for (const { path: part, stats } of await visited(resolve(path))) {
    const isOurs = roots.some(one => part === one || part.startsWith(`${one}${sep}`))
    const owners = isOurs && !isReadOnly ? [user] : [user, 0]
    if (!owners.includes(stats.uid)) throw belongsToAnother(part, stats)
    if (stats.isSymbolicLink()) continue
    const isExempt = isOurs
      ? isReadOnly && isSticky(stats)
      : isHidden || isSticky(stats) || (isWritableByOthers(stats) && (await isOnlyForPrivateGroup(stats, user)))
    if (isWritableByOthers(stats) && !isExempt) throw isWritable(part, stats.uid === user)
    // Others cannot access anything below a folder that they may not enter.
    isHidden ||= stats.isDirectory() && (stats.mode & 0o011) === 0
  }
}

async function realPathOf(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path))
}

interface Visited {
  readonly path: string
  readonly stats: Stats
}

// Every folder and link that the path leads through, from the top.
async function visited(target: string): Promise<readonly Visited[]> {
  const found: Visited[] = []
  let links = 0
  let here = parse(target).root
  const names = target.slice(here.length).split(sep)
  found.push({ path: here, stats: await lstat(here) })
  while (names.length > 0) {
    const path = join(here, names.shift() ?? '')
    if (path === here) continue
    const stats = await lstatIfThere(path)
    if (stats === undefined) return found
    found.push({ path, stats })
    if (!stats.isSymbolicLink()) {
      here = path
    } else if (links++ < maxLinks) {
      const linked = resolve(dirname(path), await readlink(path))
      here = parse(linked).root
      names.unshift(...linked.slice(here.length).split(sep))
    } else {
      return found
    }
  }
  return found
}

async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

function isWritableByOthers({ mode }: Stats): boolean {
  return (mode & 0o022) !== 0
}

// In such a folder, like /tmp, only the owner of a file can replace it.
function isSticky(stats: Stats): boolean {
  return stats.isDirectory() && (stats.mode & 0o1000) !== 0
}

// Many systems give each user a group with the same id and no other members, with write permission by default (umask 002).
async function isOnlyForPrivateGroup({ mode, gid }: Stats, user: number): Promise<boolean> {
  return (mode & 0o002) === 0 && gid === user && gid === process.getgid?.() && !(await hasOtherMembers(gid))
}

async function hasOtherMembers(gid: number): Promise<boolean> {
  try {
    const line = (await readFile('/etc/group', 'utf8')).split('\n').find(one => one.split(':')[2] === String(gid))
    return (line?.split(':')[3] ?? '').trim() !== ''
  } catch {
    return true
  }
}

function belongsToAnother(path: string, { uid }: Stats): OktaConnectError {
  return new OktaConnectError('store_failed', `${path} belongs to another user (uid ${uid}).`, { hint: ownFolder })
}

function isWritable(path: string, isOwner: boolean): OktaConnectError {
  return new OktaConnectError('store_failed', `Other users can write to ${path}.`, {
    hint: isOwner ? `Remove the permission: chmod go-w ${path}` : ownFolder,
  })
}

const ownFolder = 'Use a folder that you own: set CONNECT_OKTA_STATE_DIR and CONNECT_OKTA_CONFIG_DIR, or HOME.'
