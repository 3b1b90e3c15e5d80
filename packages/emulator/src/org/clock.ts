import type { ClockSetting } from '../config/options.js'
/** The clock of one org: the `Date` header and every expiry go by it. */
export class Clock {
  #offsetMs = 0
  #standsAt: number | undefined

  constructor(setting: ClockSetting = {}) {
    this.set(setting)
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#standsAt ?? Date.now() + this.#offsetMs
  }

  /** Whole seconds since 1970, as tokens carry them. */
  seconds(): number {
    return Math.floor(this.now() / 1000)
  }

  /** How many seconds it is ahead of the machine's clock: the difference to what oidc-provider believes. */
  secondsAhead(): number {
    return this.seconds() - Math.floor(Date.now() / 1000)
  }

  /** Whether it stands still. */
  get stands(): boolean {
    return this.#standsAt !== undefined
  }

  /** Sets it anew: without a setting to the machine's time. */
  set({ offsetMs = 0, fixedAt }: ClockSetting): void {
    const standsAt = fixedAt === undefined ? undefined : new Date(fixedAt).getTime()
    if (Number.isNaN(standsAt)) throw new Error(`${fixedAt} is no instant`)
    this.#offsetMs = offsetMs
    this.#standsAt = standsAt
  }

  /** Moves it on, whether it runs or stands. */
  advance(ms: number): void {
    if (this.#standsAt === undefined) this.#offsetMs += ms
    else this.#standsAt += ms
  }
}
