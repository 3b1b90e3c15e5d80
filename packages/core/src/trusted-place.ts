import { realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { OktaConnectError } from './errors.js'

/** How strictly a place is judged. */
export interface Trust {
  /** The folder from which on down everything belongs to this user. Default: the place itself. */
  readonly root?: string
  /** Whether root may own it: for what is only read, such as a configuration that a container mounts. */
  readonly isReadOnly?: boolean
}

/**
 * Refuses a file or folder that another user could replace: one that belongs to somebody else, one that others may write
 * to, and one below such a folder. A place that does not exist is trusted. On Windows, access lists decide.
 *
 * @throws {@link OktaConnectError} `store_failed`
 */
export function requireTrusted(place: string, { root = place, isReadOnly = false }: Trust = {}): void {
  const user = process.getuid?.()
  if (user === undefined) return
  // The way by links, each of which its folder protects, and the way without.
  const roots = [resolve(root), realPathOf(root)]
  for (const start of new Set([resolve(place), realPathOf(place)])) {
    for (const path of withParents(start)) {
      const stats = statSync(path, { throwIfNoEntry: false })
      if (stats === undefined) continue
      const isOurs = roots.some(one => path === one || path.startsWith(`${one}${sep}`))
      // Root works in the folders of others: with sudo, and in containers with a home of the host.
      const owners = isOurs ? [user, ...(isReadOnly ? [0] : [])] : [user, 0, ...(user === 0 ? [stats.uid] : [])]
      if (!owners.includes(stats.uid)) throw belongsToAnother(path, stats)
      if (isWritableByOthers(stats) && !(isSticky(stats) && (isReadOnly || !isOurs))) throw isWritable(path)
    }
  }
}

function* withParents(path: string): Iterable<string> {
  for (let here = path; ; here = dirname(here)) {
    yield here
    if (here === dirname(here)) return
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function isWritableByOthers({ mode }: Stats): boolean {
  return (mode & 0o022) !== 0
}

// In such a folder, as /tmp is, only the owner of a file can replace it.
function isSticky(stats: Stats): boolean {
  return stats.isDirectory() && (stats.mode & 0o1000) !== 0
}

function belongsToAnother(path: string, { uid }: Stats): OktaConnectError {
  return new OktaConnectError('store_failed', `${path} belongs to another user (uid ${uid}).`, {
    hint: 'Use a folder of your own: set CONNECT_OKTA_STATE_DIR and CONNECT_OKTA_CONFIG_DIR, or HOME.',
  })
}

function isWritable(path: string): OktaConnectError {
  return new OktaConnectError('store_failed', `Others may write to ${path}.`, {
    hint: `Remove their permission: chmod go-w ${path}`,
  })
}
