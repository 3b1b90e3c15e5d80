import type { Notify } from '../notice.js'

// Less is the time that an answer takes, and the second that the header is cut to.
const toleranceMs = 5_000
const worthTellingMs = 30_000
// More is no wrong clock but a wrong answer.
const mostMs = 24 * 60 * 60_000

/**
 * The time of the server, as far as the `Date` of its answers tells: what it checks assertions and proofs by. A machine
 * whose clock is wrong gets its tokens all the same.
 */
export class ServerClock {
  #offsetMs = 0
  #isTold = false

  /** @param local the time of this machine, in milliseconds since 1970. */
  now(local: number): number {
    return local + this.#offsetMs
  }

  /**
   * Learns from an answer.
   *
   * @returns whether the time that {@link now} gives has changed by it.
   */
  learn(response: Response, local: number, notify: Notify): boolean {
    const differenceMs = Date.parse(response.headers.get('date') ?? '') - local
    if (!(Math.abs(differenceMs) <= mostMs)) return false
    const offsetMs = Math.abs(differenceMs) <= toleranceMs ? 0 : differenceMs
    const isChanged = Math.abs(offsetMs - this.#offsetMs) > toleranceMs
    if (isChanged) this.#offsetMs = offsetMs
    if (Math.abs(offsetMs) > worthTellingMs && !this.#isTold) {
      this.#isTold = true
      const seconds = Math.round(Math.abs(offsetMs) / 1000)
      const message = `The clock of this machine is ${seconds} s ${offsetMs > 0 ? 'behind' : 'ahead of'} Okta's.`
      notify({ code: 'clock_skew', message })
    }
    return isChanged
  }
}
