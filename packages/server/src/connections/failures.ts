import { isOktaConnectError, type OktaConnectError } from '@connect-okta/core'

/** An error of a connection. */
export interface Failure {
  readonly error: OktaConnectError
  readonly at: Date
}

const firstPauseMs = 5_000
const maxPauseMs = 10 * 60_000

/** The failures of a connection. */
export class Failures {
  readonly #now: () => number
  #last: Failure | undefined
  // Since its last signature.
  #ofSigner = 0

  constructor({ now }: { now(): number }) {
    this.#now = now
  }

  /** The latest error, also if a token was returned afterwards. */
  get last(): Failure | undefined {
    return this.#last
  }

  add(error: unknown): void {
    if (!isOktaConnectError(error)) return
    this.#last = { error, at: new Date(this.#now()) }
    if (error.code === 'signer_failed') this.#ofSigner += 1
  }

  /** A token was returned. */
  end(): void {
    this.#ofSigner = 0
  }

  /** Whether a check has to wait, because the signer has failed: longer after each failure. */
  get isPaused(): boolean {
    if (this.#ofSigner === 0 || this.#last === undefined) return false
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#ofSigner, maxPauseMs)
    return this.#now() - this.#last.at.getTime() < pauseMs
  }
}
