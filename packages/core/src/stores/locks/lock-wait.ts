import { OktaConnectError } from '../../errors.js'
import type { ExclusiveOptions, LockHolder } from '../token-store.js'

// Longer than the longest sign-in.
const maxWaitMs = 65 * 60_000
const noticeAfterMs = 1_000

/** A wait for a lock: it is reported after a second, and ends with an error after an hour. */
export class LockWait {
  readonly #onWait: ExclusiveOptions['onWait']
  readonly #startedAt = performance.now()
  #reported: string | undefined

  constructor({ onWait }: ExclusiveOptions) {
    this.#onWait = onWait
  }

  /**
   * Updates the wait. Call it after each attempt to acquire the lock.
   *
   * @throws {@link OktaConnectError} `store_failed` after the maximum time, and what `onWait` throws
   */
  update(holder: LockHolder): void {
    const waitedMs = performance.now() - this.#startedAt
    if (waitedMs > maxWaitMs) {
      throw new OktaConnectError('store_failed', `The token store has been locked by ${holder.owner} for an hour.`, {
        hint: 'Stop that process, and try again.',
      })
    }
    if (waitedMs < noticeAfterMs && holder.message === undefined) return
    const report = `${holder.owner} ${holder.message ?? ''}`
    if (report === this.#reported) return
    this.#reported = report
    this.#onWait?.(holder)
  }
}
