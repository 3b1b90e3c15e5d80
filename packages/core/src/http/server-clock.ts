import type { Notify } from '../notice.js'

// A response takes time, and the header is rounded down to a second.
const toleranceMs = 5_000
const noticeThresholdMs = 30_000
/** A larger difference is not corrected: it can be a wrong header. */
export const maxDifferenceMs = 24 * 60 * 60_000

/**
 * The time of the server, by the `Date` header of its responses. Assertions and proofs use it, so that a machine whose clock
 * is wrong can still get tokens.
 */
export class ServerClock {
  readonly #server: string
  #offsetMs = 0
  #isReported = false

  /** @param server its name, for notices. */
  constructor(server = 'Okta') {
    this.#server = server
  }

  /** @param local the time of this machine, in milliseconds since 1970. */
  now(local: number): number {
    return local + this.#offsetMs
  }

  /**
   * Updates the time from a response.
   *
   * @returns whether the result of {@link now} changed.
   */
  update(response: Response, local: number, notify: Notify): boolean {
    const differenceMs = Date.parse(response.headers.get('date') ?? '') - local
    if (!(Math.abs(differenceMs) <= maxDifferenceMs)) return false
    const offsetMs = Math.abs(differenceMs) <= toleranceMs ? 0 : differenceMs
    const isChanged = Math.abs(offsetMs - this.#offsetMs) > toleranceMs
    if (isChanged) this.#offsetMs = offsetMs
    if (Math.abs(offsetMs) > noticeThresholdMs && !this.#isReported) {
      this.#isReported = true
      const seconds = Math.round(Math.abs(offsetMs) / 1000)
      const message = `The clock of this machine is ${seconds} s ${offsetMs > 0 ? 'behind' : 'ahead of'} ${this.#server}'s.`
      notify({ code: 'clock_skew', message })
    }
    return isChanged
  }
}
