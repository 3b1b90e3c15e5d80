import type { Clock } from '../clock.js'
import type { Random } from '../random.js'

const ROTATE_AFTER_MS = 24 * 60 * 60 * 1000
const VALID_FOR_MS = 3 * ROTATE_AFTER_MS

/**
 * The nonces that an org requires in DPoP proofs (RFC 9449 §8). Okta rotates the nonce every 24 hours and accepts each
 * one for three days (developer docs, guides/dpop).
 */
export class DpopNonces {
  readonly #clock: Clock
  readonly #random: Random
  #issued: readonly { readonly value: string; readonly at: number }[] = []

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
    this.rotate()
  }

  /** Returns the current nonce. */
  current(): string {
    const [newest] = this.#issued
    if (newest !== undefined && this.#clock.now() - newest.at < ROTATE_AFTER_MS) return newest.value
    return this.rotate()
  }

  /** Whether a proof with this nonce is accepted. */
  accepts(nonce: string): boolean {
    return this.#issued.some(issued => issued.value === nonce && this.#clock.now() - issued.at < VALID_FOR_MS)
  }

  /** Creates a new nonce. Previous nonces stay valid unless `keepPrevious` is false. */
  rotate({ keepPrevious = true }: { keepPrevious?: boolean } = {}): string {
    const value = this.#random.secret('nonce')
    const previous = keepPrevious ? this.#issued.filter(issued => this.#clock.now() - issued.at < VALID_FOR_MS) : []
    this.#issued = [{ value, at: this.#clock.now() }, ...previous]
    return value
  }
}
