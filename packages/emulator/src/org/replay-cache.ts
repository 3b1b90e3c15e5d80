import type { Clock } from './clock.js'

/** Remembers which identifiers were used, each until it would have expired anyway. */
export class UsedOnce {
  readonly #until = new Map<string, number>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Whether this is the first use of an identifier.
   *
   * @param untilSeconds when the identifier may be forgotten, in seconds since 1970
   */
  claim(id: string, untilSeconds: number): boolean {
    const now = this.#clock.now() / 1000
    const known = this.#until.get(id)
    if (known !== undefined && known > now) return false
    this.#until.set(id, untilSeconds)
    if (this.#until.size % 1000 === 0) this.#forgetExpired(now)
    return true
  }

  clear(): void {
    this.#until.clear()
  }

  #forgetExpired(now: number): void {
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id)
  }
}
