import type { Clock } from './clock.js'
import type { Random } from './random.js'

const RENEW_AFTER_MS = 24 * 60 * 60 * 1000
const VALID_FOR_MS = 3 * RENEW_AFTER_MS

/**
 * The nonces an org wants in DPoP proofs (RFC 9449 §8). Okta renews the nonce every 24 hours and accepts an old one
 * for three days after it was made (developer docs, guides/dpop).
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

  /** The nonce to hand out. */
  current(): string {
    const [newest] = this.#issued
    if (newest !== undefined && this.#clock.now() - newest.at < RENEW_AFTER_MS) return newest.value
    return this.rotate()
  }

  /** Whether a proof with this nonce is accepted. */
  accepts(nonce: string): boolean {
    return this.#issued.some(issued => issued.value === nonce && this.#clock.now() - issued.at < VALID_FOR_MS)
  }

  /** Makes a new nonce the current one. Older ones keep working unless `keepPrevious` is false. */
  rotate({ keepPrevious = true }: { keepPrevious?: boolean } = {}): string {
    const value = this.#random.secret('nonce')
    const kept = keepPrevious ? this.#issued.filter(issued => this.#clock.now() - issued.at < VALID_FOR_MS) : []
    this.#issued = [{ value, at: this.#clock.now() }, ...kept]
    return value
  }
}
