import type { ClockSetting } from '../config/options.js'

/** The clock of one org. It determines the `Date` header and every expiry. */
export class Clock {
  #offsetMs = 0
  #fixedAtMs: number | undefined

  constructor(setting: ClockSetting = {}) {
    this.set(setting)
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#fixedAtMs ?? Date.now() + this.#offsetMs
  }

  /** Whole seconds since 1970, as in the claims of tokens. */
  seconds(): number {
    return Math.floor(this.now() / 1000)
  }

  /** Seconds ahead of the system clock, which oidc-provider uses. */
  secondsAhead(): number {
    return this.seconds() - Math.floor(Date.now() / 1000)
  }

  /** The current setting, for {@link set}. */
  get setting(): ClockSetting {
    return this.#fixedAtMs === undefined
      ? { offsetMs: this.#offsetMs }
      : { fixedAt: new Date(this.#fixedAtMs).toISOString() }
  }

  /** Whether the clock is stopped. */
  get isFixed(): boolean {
    return this.#fixedAtMs !== undefined
  }

  /** Sets the clock. An empty setting resets it to the system clock. */
  set({ offsetMs = 0, fixedAt }: ClockSetting): void {
    const fixedAtMs = fixedAt === undefined ? undefined : new Date(fixedAt).getTime()
    if (Number.isNaN(fixedAtMs)) throw new Error(`fixedAt is not a date: ${fixedAt}`)
    this.#offsetMs = offsetMs
    this.#fixedAtMs = fixedAtMs
  }

  /** Moves the clock forward, running or stopped. */
  advance(ms: number): void {
    if (this.#fixedAtMs === undefined) this.#offsetMs += ms
    else this.#fixedAtMs += ms
  }
}
