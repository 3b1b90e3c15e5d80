import { unlinkSync } from 'node:fs'

/** Removes a file that may be gone already. `rm` does so too, and asks twice first what it is. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
