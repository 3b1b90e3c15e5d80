import { randomUUID } from 'node:crypto'
import { linkSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ifPossible } from '../../files/if-possible.js'
import { removeFile } from '../../files/remove-file.js'
import { sleep } from '../../http/abort.js'
import type { ExclusiveOptions } from '../token-store.js'
import { ageOf, Silence, touch } from './lock-heartbeat.js'
import { canBeLookedUp, describeSelf, isRunning, type LockOwner, ownerOf } from './lock-owner.js'
import { LockWait } from './lock-wait.js'
import { SupersededError } from './superseded-error.js'

/** A lock file that is held. */
export interface FileLock {
  /** Tells those who wait what they wait for. */
  announce(text: string): Promise<void>
  /**
   * Makes sure that the lock has not been taken over while this process was suspended.
   *
   * @throws {@link SupersededError}
   */
  confirm(): void
  /** A path for a file of this owner. What a crash leaves there is removed with what the lock leaves. */
  readonly temporaryPath: string
  /** Removes what others have left behind who were killed while they held the lock, or waited for it. */
  sweep(): void
}

const heartbeatMs = 5_000
const silenceMs = 30_000
const pollMs = { first: 10, max: 200 }
const permitMark = '.dead-'
// Longer than any process waits for a lock.
const abandonedAfterMs = { permit: 60 * 60_000, any: 2 * 60 * 60_000 }

// The file system is asked at once here: a thread that does it for us takes longer than it.

/**
 * Runs `use` while this process alone holds the lock file. A lock whose owner has died is taken over.
 *
 * @param path the lock file; it exists exactly while somebody holds the lock.
 * @throws {@link OktaConnectError} `cancelled`, `store_failed` for a wait without end; errors of the file system as they come.
 */
export async function withFileLock<T>(
  path: string,
  use: (lock: FileLock) => Promise<T>,
  options: ExclusiveOptions = {},
): Promise<T> {
  const owner = describeSelf()
  await acquire(path, owner, options)
  // Only owners that cannot be looked up, on other hosts or in other namespaces, are judged by this.
  const isHeld = () => ownerOf(path)?.token === owner.token
  const confirm = () => {
    if (!isHeld()) throw new SupersededError()
  }
  // A lock that was taken over is not kept alive for its new owner.
  const heartbeat = setInterval(() => isHeld() && touch(path), heartbeatMs).unref()
  try {
    return await use({
      temporaryPath: temporaryOf(path, owner),
      sweep: () => ifPossible(() => sweep(path, owner)),
      confirm,
      async announce(message) {
        confirm()
        replace(path, { ...owner, message })
      },
    })
  } finally {
    clearInterval(heartbeat)
    // Now and then: it takes longer the more records there are.
    if (Math.random() < 1 / 20) ifPossible(() => sweep(path, owner))
    if (isHeld()) removeFile(path)
  }
}

async function acquire(path: string, owner: LockOwner, options: ExclusiveOptions): Promise<void> {
  const lockWait = new LockWait(options)
  // The file is complete before it gets the lock's name, so nobody ever reads half an owner.
  const own = `${path}.${owner.token}`
  const silence = new Silence(path, own)
  try {
    // On a full disk, this leaves an empty file.
    writeFileSync(own, JSON.stringify(owner), { mode: 0o600, flag: 'wx' })
    for (let wait = pollMs.first; ; wait = Math.min(wait * 2, pollMs.max)) {
      if (tryLink(own, path)) return
      const holder = ownerOf(path)
      if (holder === undefined) {
        // It has been given back just now, or leads nowhere.
        await sleep(1, options.signal)
      } else if (isDead(holder, silence, owner)) {
        if (await takeOver(path, holder, own, owner, options)) return
        await sleep(1, options.signal)
      } else {
        lockWait.update({ owner: `process ${holder.pid} on ${holder.host}`, message: holder.message })
        await sleep(wait, options.signal)
      }
    }
  } finally {
    removeFile(own)
  }
}

// Whoever may replace the lock of a given dead owner is settled by a lock of its own, so two cannot both succeed, and
// a late one cannot remove the lock of the living owner that came after. If its owner dies too, the same rule applies.
async function takeOver(path: string, dead: LockOwner, own: string, owner: LockOwner, options: ExclusiveOptions) {
  const permit = `${path}${permitMark}${dead.token}`
  await acquire(permit, { ...owner, token: randomUUID() }, { signal: options.signal })
  try {
    if (ownerOf(path)?.token !== dead.token) return false
    renameSync(own, path)
    sweep(path, owner)
    return true
  } finally {
    removeFile(permit)
  }
}

// The lock never lacks its content: the new one takes its name in one step.
function replace(path: string, owner: LockOwner): void {
  const next = `${path}.${owner.token}`
  try {
    writeFileSync(next, JSON.stringify(owner), { mode: 0o600 })
    renameSync(next, path)
  } catch (error) {
    removeFile(next)
    throw error
  }
}

// What those who were killed while they waited have left behind. Only whoever holds the lock sweeps.
function sweep(path: string, self: LockOwner): void {
  const names = readdirSync(dirname(path))
  for (const name of names.filter(one => one.startsWith(`${basename(path)}.`))) {
    const left = join(dirname(path), name)
    // Only the owner of the lock writes: the file of another one is half of a record that is never completed.
    if (name.endsWith('.tmp')) {
      if (left !== temporaryOf(path, self)) removeFile(left)
      continue
    }
    const ageMs = ageOf(left, path)
    // A permit may be about to be taken over.
    if (name.includes(permitMark) && ageMs < abandonedAfterMs.permit) continue
    const holder = ownerOf(left)
    const hasEnded = holder !== undefined && canBeLookedUp(holder, self) && !isRunning(holder)
    // Whose process cannot be looked up, or did not get as far as to say who it is.
    if (hasEnded || ageMs > abandonedAfterMs.any) removeFile(left)
  }
}

function temporaryOf(path: string, { token }: LockOwner): string {
  return `${path}.${token}.tmp`
}

function isDead(holder: LockOwner, silence: Silence, self: LockOwner): boolean {
  if (!canBeLookedUp(holder, self)) return silence.of(holder) > silenceMs
  // Without a start time a living process may be a namesake.
  return !isRunning(holder) || (holder.processStart === null && silence.of(holder) > silenceMs)
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
