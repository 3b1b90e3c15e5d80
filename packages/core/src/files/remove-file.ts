import { unlinkSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { retryWhileInUse } from './retry-while-in-use.js'

/** Removes a file, if it exists. Faster than `rm`, which first looks at the file twice. */
export async function removeFile(path: string): Promise<void> {
  await retryWhileInUse(() => unlink(path)).catch(ignoreMissing)
}

/** As {@link removeFile}, without returning to the event loop. */
export function removeFileSync(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    ignoreMissing(error)
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
