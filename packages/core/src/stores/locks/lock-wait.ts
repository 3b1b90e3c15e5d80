import { OktaConnectError } from '../../errors.js'
import type { ExclusiveOptions, LockHolder } from '../token-store.js'

// A sign-in may take so long, and a little more.
const longestWaitMs = 65 * 60_000
const tellAfterMs = 1_000

/** A wait for a lock: it tells of itself once it lasts, and does not last for ever. */
export class Waiting {
  readonly #onWait: ExclusiveOptions['onWait']
  readonly #startedAt = performance.now()
  #told: string | undefined

  constructor({ onWait }: ExclusiveOptions) {
    this.#onWait = onWait
  }

  /**
   * Called at each look at a lock that somebody holds.
   *
   * @throws {@link OktaConnectError} `store_failed` once the wait is too long, and what `onWait` throws.
   */
  goesOn(holder: LockHolder): void {
    const waitedMs = performance.now() - this.#startedAt
    if (waitedMs > longestWaitMs) {
      throw new OktaConnectError('store_failed', `The token store has been held by ${holder.owner} for an hour.`, {
        hint: 'End that process, and try again.',
      })
    }
    if (waitedMs < tellAfterMs && holder.says === undefined) return
    const news = `${holder.owner} ${holder.says ?? ''}`
    if (news === this.#told) return
    this.#told = news
    this.#onWait?.(holder)
  }
}
