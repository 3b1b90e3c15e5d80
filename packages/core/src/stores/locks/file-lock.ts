import { randomUUID } from 'node:crypto'
import { renameSync } from 'node:fs'
import { link, readdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { removeFile, removeFileSync } from '../../files/remove-file.js'
import { retryWhileInUse } from '../../files/retry-while-in-use.js'
import { sleep } from '../../http/abort.js'
import type { ExclusiveOptions } from '../token-store.js'
import { ageOf, HeartbeatMonitor, touch } from './lock-heartbeat.js'
import { canBeLookedUp, describeSelf, isRunning, type LockOwner, readOwner, readOwnerSync } from './lock-owner.js'
import { LockWait } from './lock-wait.js'
import { SupersededError } from './superseded-error.js'

/** A lock file that is held. */
export interface FileLock {
  /** Sends a message to the processes that wait for the lock. */
  announce(text: string): Promise<void>
  /**
   * Confirms that no other process took over the lock while this one was suspended. Synchronous, so that the next statement
   * can rely on it.
   *
   * @throws {@link SupersededError}
   */
  confirm(): void
  /** A path for a file of this owner. What a crash leaves there is removed with the remains of the lock. */
  readonly temporaryPath: string
  /** Removes the remains of processes that were killed while they held the lock or waited for it. */
  sweep(): Promise<void>
}

const heartbeatMs = 5_000
const maxSilenceMs = 30_000
const pollMs = { first: 10, max: 200 }
const permitMark = '.dead-'
// Longer than any process waits for a lock.
const abandonedAfterMs = { permit: 60 * 60_000, any: 2 * 60 * 60_000 }

// Everything that may take long is asynchronous. Only a check of the owner and the rename or removal that relies on it are
// synchronous, together about 0.05 ms: between two turns of the event loop another process could take over the lock.

/**
 * Runs `use` while this process holds the lock file. The lock of an owner that died is taken over.
 *
 * @param path the lock file; it exists exactly while a process holds the lock.
 * @throws {@link OktaConnectError} `cancelled`, `store_failed` after a wait of an hour; errors of the file system as they are
 */
export async function withFileLock<T>(
  path: string,
  use: (lock: FileLock) => Promise<T>,
  options: ExclusiveOptions = {},
): Promise<T> {
  const owner = describeSelf()
  await acquire(path, owner, options)
  const isHeld = () => readOwnerSync(path)?.token === owner.token
  const confirm = () => {
    if (!isHeld()) throw new SupersededError()
  }
  // Only for owners that cannot be looked up, on other hosts or in other namespaces.
  const heartbeat = setInterval(() => void beat(path, owner), heartbeatMs).unref()
  try {
    return await use({
      temporaryPath: temporaryOf(path, owner),
      sweep: () => sweep(path, owner).catch(() => {}),
      confirm,
      announce: message => replace(path, { ...owner, message }, confirm),
    })
  } finally {
    clearInterval(heartbeat)
    // Not each time: it takes longer the more records there are.
    if (Math.random() < 1 / 20) await sweep(path, owner).catch(() => {})
    // First asynchronously, so that a file system that does not respond blocks only this promise.
    if ((await readOwner(path))?.token === owner.token) await retryWhileInUse(() => isHeld() && removeFileSync(path))
  }
}

// A lock that was taken over must not be kept alive for its new owner.
async function beat(path: string, { token }: LockOwner): Promise<void> {
  const holder = await readOwner(path).catch(() => undefined)
  if (holder?.token === token) await touch(path)
}

async function acquire(path: string, owner: LockOwner, options: ExclusiveOptions): Promise<void> {
  const lockWait = new LockWait(options)
  // The file is complete before it gets the name of the lock, so that no process reads an incomplete owner.
  const own = `${path}.${owner.token}`
  const heartbeats = new HeartbeatMonitor(path, own)
  try {
    // On a full disk, this leaves an empty file.
    await writeFile(own, JSON.stringify(owner), { mode: 0o600, flag: 'wx' })
    for (let pauseMs = pollMs.first; ; pauseMs = Math.min(pauseMs * 2, pollMs.max)) {
      if (await tryLink(own, path)) return
      const holder = await readOwner(path)
      if (holder === undefined) {
        // It was released just now, or is a link to a missing file.
        await sleep(1, options.signal)
      } else if (await isDead(holder, heartbeats, owner)) {
        if (await takeOver(path, holder, own, owner, options)) return
        await sleep(1, options.signal)
      } else {
        lockWait.update({ owner: `process ${holder.pid} on ${holder.host}`, message: holder.message })
        await sleep(pauseMs, options.signal)
      }
    }
  } finally {
    await removeFile(own)
  }
}

// A lock of its own decides which process may replace the lock of a dead owner: two cannot both succeed, and a late one cannot
// remove the lock of the next owner. If the owner of that lock dies too, the same rule applies.
async function takeOver(path: string, dead: LockOwner, own: string, owner: LockOwner, options: ExclusiveOptions) {
  const permit = `${path}${permitMark}${dead.token}`
  await acquire(permit, { ...owner, token: randomUUID() }, { signal: options.signal })
  try {
    const isReplaced = await retryWhileInUse(() => {
      if (readOwnerSync(path)?.token !== dead.token) return false
      renameSync(own, path)
      return true
    })
    if (isReplaced) await sweep(path, owner)
    return isReplaced
  } finally {
    await removeFile(permit)
  }
}

// The lock file always has content: the new file takes its name in one step.
async function replace(path: string, owner: LockOwner, confirm: () => void): Promise<void> {
  const next = `${path}.${owner.token}`
  try {
    await writeFile(next, JSON.stringify(owner), { mode: 0o600 })
    await retryWhileInUse(() => {
      confirm()
      renameSync(next, path)
    })
  } catch (error) {
    await removeFile(next)
    throw error
  }
}

// Removes what processes left that were killed while they waited. Only the holder of the lock does so.
async function sweep(path: string, self: LockOwner): Promise<void> {
  const names = await readdir(dirname(path))
  for (const name of names.filter(one => one.startsWith(`${basename(path)}.`))) {
    const left = join(dirname(path), name)
    // Only the owner of the lock writes: the file of another one is an incomplete record.
    if (name.endsWith('.tmp')) {
      if (left !== temporaryOf(path, self)) await removeFile(left)
      continue
    }
    const ageMs = await ageOf(left, path)
    // A process may be about to take over a permit.
    if (name.includes(permitMark) && ageMs < abandonedAfterMs.permit) continue
    const holder = await readOwner(left)
    const hasEnded = holder !== undefined && canBeLookedUp(holder, self) && !isRunning(holder)
    // The process cannot be looked up, or it ended before it wrote its description.
    if (hasEnded || ageMs > abandonedAfterMs.any) await removeFile(left)
  }
}

function temporaryOf(path: string, { token }: LockOwner): string {
  return `${path}.${token}.tmp`
}

async function isDead(holder: LockOwner, heartbeats: HeartbeatMonitor, self: LockOwner): Promise<boolean> {
  if (!canBeLookedUp(holder, self)) return (await heartbeats.msSinceHeartbeat(holder)) > maxSilenceMs
  if (!isRunning(holder)) return true
  // Without a start time, a running process may be another one with the same id.
  return holder.processStart === null && (await heartbeats.msSinceHeartbeat(holder)) > maxSilenceMs
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
