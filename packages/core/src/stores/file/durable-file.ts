import { randomFillSync } from 'node:crypto'
import { closeSync, constants, fsync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { ifPossible } from '../../files/if-possible.js'
import { removeFile } from '../../files/remove-file.js'
import type { FileLock } from '../locks/file-lock.js'

// Okta's largest tokens have some 10 KB, sealed a third more.
const reservedBytes = 32 * 1024
const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = constants
// By another thread: a disk may take its time.
const reachDisk = promisify(fsync)

/** A file that a crash leaves either as it was or as it was to be. Only the owner of its lock writes it. */
export class DurableFile {
  readonly #path: string
  readonly #lock: Pick<FileLock, 'confirm' | 'temporaryPath'>
  #isReserved = false

  constructor(path: string, lock: Pick<FileLock, 'confirm' | 'temporaryPath'>) {
    this.#path = path
    this.#lock = lock
  }

  /** Takes the space on the disk that the next write needs, so that a full disk is known beforehand. */
  async reserve(): Promise<void> {
    try {
      // Random, since zeros take no space on some file systems.
      await put(this.#lock.temporaryPath, 'wx', randomFillSync(Buffer.alloc(reservedBytes)))
      this.#isReserved = true
    } catch (error) {
      this.#removeTemporary()
      throw error
    }
  }

  /**
   * Durable when it resolves. Where there is no room for a second file, the first is overwritten.
   *
   * @throws {@link SupersededError} where the lock has been taken over meanwhile.
   */
  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    const { temporaryPath, confirm } = this.#lock
    try {
      await put(temporaryPath, this.#isReserved ? O_RDWR | O_NOFOLLOW : 'wx', bytes)
      confirm()
      renameSync(temporaryPath, this.#path)
    } catch (error) {
      this.#removeTemporary()
      if (!isDiskFull(error)) throw error
      confirm()
      await put(this.#path, O_RDWR | O_CREAT | O_NOFOLLOW, bytes)
    } finally {
      this.#isReserved = false
    }
    // The new name is on the disk only when the folder is.
    if (process.platform !== 'win32') await syncFolder(dirname(this.#path))
  }

  /** Gives back what was reserved and not used. */
  close(): void {
    if (this.#isReserved) this.#removeTemporary()
    this.#isReserved = false
  }

  #removeTemporary(): void {
    ifPossible(() => removeFile(this.#lock.temporaryPath))
  }
}

function isDiskFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}

async function put(path: string, flags: string | number, bytes: Uint8Array): Promise<void> {
  const file = openSync(path, flags, 0o600)
  try {
    for (let written = 0; written < bytes.byteLength; ) written += writeSync(file, bytes, written, undefined, written)
    ftruncateSync(file, bytes.byteLength)
    await reachDisk(file)
  } finally {
    closeSync(file)
  }
}

async function syncFolder(directory: string): Promise<void> {
  const file = openSync(directory, 'r')
  try {
    await reachDisk(file)
  } finally {
    closeSync(file)
  }
}
