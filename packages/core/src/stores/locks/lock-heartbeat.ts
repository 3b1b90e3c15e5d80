import { open, stat } from 'node:fs/promises'
import type { LockOwner } from './lock-owner.js'

/**
 * Measures the time since the last heartbeat of a lock's owner: by the times of the file system, so that the clocks of two
 * hosts may differ, and by the monotonic clock, because a clock that was set back would hide the missing heartbeats.
 */
export class HeartbeatMonitor {
  readonly #path: string
  readonly #own: string
  #last: { readonly heartbeat: string; readonly since: number } | undefined

  constructor(path: string, own: string) {
    this.#path = path
    this.#own = own
  }

  /** Returns the time since the last heartbeat, in milliseconds. */
  async msSinceHeartbeat({ token }: LockOwner): Promise<number> {
    const writtenAt = await modifiedAt(this.#path)
    if (writtenAt === undefined) return 0
    const heartbeat = `${token} ${writtenAt}`
    const now = performance.now()
    if (this.#last?.heartbeat !== heartbeat) this.#last = { heartbeat, since: now }
    return Math.max(await ageOf(this.#path, this.#own), now - this.#last.since)
  }
}

/** Returns how much older a file is than another one, which is touched first; in milliseconds. */
export async function ageOf(path: string, own: string): Promise<number> {
  await touch(own)
  const theirs = await modifiedAt(path)
  return theirs === undefined ? 0 : (await stat(own)).mtimeMs - theirs
}

/** Writes the first character again: then the file system sets the time, while `utimes` would set the time of this host. */
export async function touch(path: string): Promise<void> {
  try {
    await using file = await open(path, 'r+')
    await file.write('{', 0)
  } catch {
    // The file is gone or cannot be written: its owner counts as silent.
  }
}

async function modifiedAt(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  )
}
