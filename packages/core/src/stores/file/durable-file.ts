import { randomFillSync } from 'node:crypto'
import { closeSync, constants, fsyncSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { removeFile } from '../../files/remove-file.js'
import { isInUse, retryWhileInUse } from '../../files/retry-while-in-use.js'
import type { FileLock } from '../locks/file-lock.js'

// Okta's largest tokens have about 10 KB, encrypted a third more.
const reservedBytes = 32 * 1024
const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = constants

/** A file that has its old or its new content after a crash. Only the owner of its lock writes it. */
export class DurableFile {
  readonly #path: string
  readonly #lock: Pick<FileLock, 'confirm' | 'temporaryPath'>
  #isReserved = false

  constructor(path: string, lock: Pick<FileLock, 'confirm' | 'temporaryPath'>) {
    this.#path = path
    this.#lock = lock
  }

  /** Reserves the disk space of the next write, so that a full disk is detected before it. */
  async reserve(): Promise<void> {
    try {
      // Random bytes, because some file systems store zeros without using space.
      await put(this.#lock.temporaryPath, 'wx', randomFillSync(Buffer.alloc(reservedBytes)))
      this.#isReserved = true
    } catch (error) {
      await this.#removeTemporary()
      throw error
    }
  }

  /**
   * Writes the file. It is durable when the promise resolves. If there is no space for a second file, or Windows does not replace
   * the first one because it stays open, the first one is overwritten.
   *
   * @throws {@link SupersededError} if another process took over the lock
   */
  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    const { temporaryPath, confirm } = this.#lock
    try {
      await put(temporaryPath, this.#isReserved ? O_RDWR | O_NOFOLLOW : 'wx', bytes)
      await retryWhileInUse(() => {
        // Together: between two turns of the event loop another process could take over the lock.
        confirm()
        renameSync(temporaryPath, this.#path)
      })
    } catch (error) {
      await this.#removeTemporary()
      if (!isDiskFull(error) && !isInUse(error)) throw error
      // Together, as above.
      confirm()
      overwrite(this.#path, bytes)
    } finally {
      this.#isReserved = false
    }
    // The new name is durable only when the folder is.
    if (process.platform !== 'win32') await syncFolder(dirname(this.#path))
  }

  /** Releases space that was reserved and not used. */
  async close(): Promise<void> {
    if (this.#isReserved) await this.#removeTemporary()
    this.#isReserved = false
  }

  async #removeTemporary(): Promise<void> {
    await removeFile(this.#lock.temporaryPath).catch(() => {})
  }
}

function isDiskFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}

async function put(path: string, flags: string | number, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, flags, 0o600)
  for (let written = 0; written < bytes.byteLength; ) {
    written += (await file.write(bytes, written, undefined, written)).bytesWritten
  }
  await file.truncate(bytes.byteLength)
  await file.sync()
}

function overwrite(path: string, bytes: Uint8Array): void {
  const file = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
  try {
    for (let written = 0; written < bytes.byteLength; ) written += writeSync(file, bytes, written, undefined, written)
    ftruncateSync(file, bytes.byteLength)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

async function syncFolder(directory: string): Promise<void> {
  await using folder = await open(directory, 'r')
  await folder.sync()
}
