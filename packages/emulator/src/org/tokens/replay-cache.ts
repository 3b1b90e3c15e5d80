import type { Clock } from '../clock.js'

/** The identifiers of used assertions or proofs. Each is stored until the assertion or proof expires. */
export class ReplayCache {
  readonly #expiresAt = new Map<string, number>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Adds an identifier. Returns false when it has been used before.
   *
   * @param expiresAtSeconds when the identifier can be deleted, in seconds since 1970
   */
  add(id: string, expiresAtSeconds: number): boolean {
    const now = this.#clock.now() / 1000
    const expiresAt = this.#expiresAt.get(id)
    if (expiresAt !== undefined && expiresAt > now) return false
    this.#expiresAt.set(id, expiresAtSeconds)
    if (this.#expiresAt.size % 1000 === 0) this.#deleteExpired(now)
    return true
  }

  clear(): void {
    this.#expiresAt.clear()
  }

  #deleteExpired(now: number): void {
    for (const [id, expiresAt] of this.#expiresAt) if (expiresAt <= now) this.#expiresAt.delete(id)
  }
}
