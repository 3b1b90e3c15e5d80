import { unlink } from 'node:fs/promises'

/** Removes a file that may be gone already. `rm` does so too, and asks twice first what it is. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
