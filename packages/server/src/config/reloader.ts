import type { Logger } from 'pino'

/**
 * Makes a function that reads a configuration again and uses it. When it is called while an earlier call is still reading,
 * only the newest one is used: an older one that is slow must not restore what a newer one has removed.
 *
 * @param prepare reads and checks everything, and changes nothing.
 * @param take makes the change; it cannot fail.
 */
export function createReloader<T>(log: Logger, prepare: () => Promise<T>, take: (prepared: T) => void): () => void {
  let newest = 0

  async function reload(): Promise<void> {
    newest += 1
    const mine = newest
    try {
      const prepared = await prepare()
      if (mine !== newest) return log.info('discarded a configuration: a newer one was read')
      take(prepared)
      log.info('took the new configuration')
    } catch (error) {
      log.error({ reason: String((error as Error).message) }, 'kept the old configuration')
    }
  }
  return () => void reload()
}
