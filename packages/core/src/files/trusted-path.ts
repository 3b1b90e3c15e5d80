import { lstatSync, readFileSync, readlinkSync, realpathSync, type Stats } from 'node:fs'
import { dirname, join, parse, resolve, sep } from 'node:path'
import { OktaConnectError } from '../errors.js'

/** How strictly a place is judged. */
export interface Trust {
  /** The folder from which on down everything belongs to this user. Default: the place itself. */
  readonly root?: string
  /** Whether root may own it: for what is only read, such as a configuration that a container mounts. */
  readonly isReadOnly?: boolean
}

// As many links as Linux follows (path_resolution(7)).
const maxLinks = 40

/**
 * Refuses a file or folder that another user could replace: one that belongs to somebody else, one that others may write
 * to, and one below such a folder, also by way of links. A place that does not exist is trusted. On Windows, access lists
 * decide.
 *
 * @throws {@link OktaConnectError} `store_failed`
 */
export function requireTrusted(place: string, { root = place, isReadOnly = false }: Trust = {}): void {
  const user = process.getuid?.()
  if (user === undefined) return
  const roots = [resolve(root), realPathOf(root)]
  let isHidden = false
  for (const { path, stats } of visited(resolve(place))) {
    const isOurs = roots.some(one => path === one || path.startsWith(`${one}${sep}`))
    const owners = isOurs && !isReadOnly ? [user] : [user, 0]
    if (!owners.includes(stats.uid)) throw belongsToAnother(path, stats)
    if (stats.isSymbolicLink()) continue
    const isExempt = isOurs
      ? isReadOnly && isSticky(stats)
      : isHidden || isSticky(stats) || isOnlyForPrivateGroup(stats, user)
    if (isWritableByOthers(stats) && !isExempt) throw isWritable(path, stats.uid === user)
    // Others cannot get at what is below a folder that they may not enter.
    isHidden ||= stats.isDirectory() && (stats.mode & 0o011) === 0
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

interface Visited {
  readonly path: string
  readonly stats: Stats
}

// Everything that the way to a place leads through, from the top: folders, and links with the folders that hold them.
function visited(place: string): readonly Visited[] {
  const found: Visited[] = []
  let links = 0
  let here = parse(place).root
  const names = place.slice(here.length).split(sep)
  found.push({ path: here, stats: lstatSync(here) })
  while (names.length > 0) {
    const path = join(here, names.shift() ?? '')
    if (path === here) continue
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return found
    found.push({ path, stats })
    if (!stats.isSymbolicLink()) {
      here = path
    } else if (links++ < maxLinks) {
      const target = resolve(dirname(path), readlinkSync(path))
      here = parse(target).root
      names.unshift(...target.slice(here.length).split(sep))
    } else {
      return found
    }
  }
  return found
}

function isWritableByOthers({ mode }: Stats): boolean {
  return (mode & 0o022) !== 0
}

// In such a folder, as /tmp is, only the owner of a file can replace it.
function isSticky(stats: Stats): boolean {
  return stats.isDirectory() && (stats.mode & 0o1000) !== 0
}

// Many systems give each user a group of the same id without other members, and let it write by default (umask 002).
function isOnlyForPrivateGroup({ mode, gid }: Stats, user: number): boolean {
  return (mode & 0o002) === 0 && gid === user && gid === process.getgid?.() && !hasOtherMembers(gid)
}

function hasOtherMembers(gid: number): boolean {
  try {
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find(one => one.split(':')[2] === String(gid))
    return (line?.split(':')[3] ?? '').trim() !== ''
  } catch {
    return true
  }
}

function belongsToAnother(path: string, { uid }: Stats): OktaConnectError {
  return new OktaConnectError('store_failed', `${path} belongs to another user (uid ${uid}).`, { hint: ownFolder })
}

function isWritable(path: string, isOwner: boolean): OktaConnectError {
  return new OktaConnectError('store_failed', `Others may write to ${path}.`, {
    hint: isOwner ? `Remove their permission: chmod go-w ${path}` : ownFolder,
  })
}

const ownFolder = 'Use a folder of your own: set CONNECT_OKTA_STATE_DIR and CONNECT_OKTA_CONFIG_DIR, or HOME.'
