import type { Logger } from 'pino'

/**
 * Returns a function that loads a configuration again and applies it. If it is called while an earlier call is in progress, only
 * the latest call is applied: a slow earlier one must not restore what a later one removed.
 *
 * @param prepare reads and checks everything, and changes nothing.
 * @param apply makes the change, and does not fail.
 */
export function createReloader<T>(log: Logger, prepare: () => Promise<T>, apply: (prepared: T) => void): () => void {
  let latest = 0

  async function reload(): Promise<void> {
    latest += 1
    const current = latest
    try {
      const prepared = await prepare()
      if (current !== latest) return log.info('discarded a configuration: a newer one was loaded')
      apply(prepared)
      log.info('loaded the new configuration')
    } catch (error) {
      log.error({ reason: String((error as Error).message) }, 'kept the old configuration')
    }
  }
  return () => void reload()
}
