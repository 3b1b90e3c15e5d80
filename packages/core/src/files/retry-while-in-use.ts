import { setTimeout as sleep } from 'node:timers/promises'

const maxMs = 1_000
const pauseMs = { first: 1, max: 50 }

/**
 * Runs an operation of the file system again, for a second, while Windows rejects it because another process has the file open,
 * such as one that reads it, or a virus scanner. Other systems replace and remove open files.
 *
 * @see https://learn.microsoft.com/windows/win32/fileio/creating-and-opening-files
 */
export async function retryWhileInUse<T>(act: () => T | Promise<T>, platform = process.platform): Promise<T> {
  const end = performance.now() + maxMs
  for (let pause = pauseMs.first; ; pause = Math.min(pause * 2, pauseMs.max)) {
    try {
      return await act()
    } catch (error) {
      if (!isInUse(error, platform) || performance.now() > end) throw error
    }
    await sleep(pause * (0.5 + Math.random()))
  }
}

/** Returns whether Windows rejected an operation because another process may have the file open. */
export function isInUse(error: unknown, platform = process.platform): boolean {
  return platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')
}
