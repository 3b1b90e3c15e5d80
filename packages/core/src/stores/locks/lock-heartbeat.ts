import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { ifPossible } from '../../files/if-possible.js'
import type { LockOwner } from './lock-owner.js'

/**
 * How long the owner of a lock has not been heard of: by the times that the file system gives, so that the clocks of two
 * hosts need not agree, and by our own monotonic clock, since a clock that was set back would tell of no silence for hours.
 */
export class Silence {
  readonly #path: string
  readonly #own: string
  #last: { readonly sign: string; readonly since: number } | undefined

  constructor(path: string, own: string) {
    this.#path = path
    this.#own = own
  }

  of({ token }: LockOwner): number {
    const heardAt = ifPossible(() => statSync(this.#path))?.mtimeMs
    if (heardAt === undefined) return 0
    const sign = `${token} ${heardAt}`
    const now = performance.now()
    if (this.#last?.sign !== sign) this.#last = { sign, since: now }
    return Math.max(ageOf(this.#path, this.#own), now - this.#last.since)
  }
}

/** How much older one file is than another, which is touched for that; in milliseconds. */
export function ageOf(path: string, own: string): number {
  touch(own)
  const theirs = ifPossible(() => statSync(path))
  return theirs === undefined ? 0 : statSync(own).mtimeMs - theirs.mtimeMs
}

/** Writes the first character again: the file system sets the time, where `utimes` would set that of this host. */
export function touch(path: string): void {
  const file = ifPossible(() => openSync(path, 'r+'))
  if (file === undefined) return
  ifPossible(() => writeSync(file, '{', 0))
  closeSync(file)
}
