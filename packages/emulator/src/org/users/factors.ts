import type { Clock } from '../clock.js'
import type { Random } from '../random.js'

/** A passkey of a user: a factor of the type `webauthn`. */
export interface Factor {
  readonly id: string
  readonly userId: string
  readonly created: Date
  lastUpdated: Date
  /** Base64url. It is deleted when the factor is active. */
  challenge: { readonly value: string; readonly expiresAtMs: number } | undefined
  /** The credential of an active factor. */
  credential: { readonly id: string; readonly authenticatorName: string } | undefined
  /** The times of activation attempts, in milliseconds since 1970. */
  attempts: readonly number[]
}

const CHALLENGE_BYTES = 20

/** The factors of all users of an org. */
export class Factors {
  readonly #clock: Clock
  readonly #random: Random
  readonly #factors = new Map<string, Factor>()

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Adds a factor that is not active yet. */
  enroll(userId: string, tokenLifetimeSeconds: number): Factor {
    const now = new Date(this.#clock.now())
    const factor: Factor = {
      id: this.#random.id('fwf'),
      userId,
      created: now,
      lastUpdated: now,
      challenge: {
        value: this.#random.bytes('webauthn challenge', CHALLENGE_BYTES).toString('base64url'),
        expiresAtMs: now.getTime() + tokenLifetimeSeconds * 1000,
      },
      credential: undefined,
      attempts: [],
    }
    this.#factors.set(factor.id, factor)
    return factor
  }

  /** Activates a factor with its credential. */
  activate(factor: Factor, credential: NonNullable<Factor['credential']>): void {
    factor.credential = credential
    factor.challenge = undefined
    factor.lastUpdated = new Date(this.#clock.now())
  }

  /** Returns a factor, unless it belongs to another user. */
  find(userId: string, factorId: string): Factor | undefined {
    const factor = this.#factors.get(factorId)
    return factor?.userId === userId ? factor : undefined
  }

  /** Returns the factors of a user, the oldest first. */
  ofUser(userId: string): readonly Factor[] {
    return [...this.#factors.values()].filter(factor => factor.userId === userId)
  }

  /** All factors, the oldest first. */
  get all(): readonly Factor[] {
    return [...this.#factors.values()]
  }

  replaceAll(factors: readonly Factor[]): void {
    this.clear()
    for (const factor of factors) this.#factors.set(factor.id, { ...factor })
  }

  /** Whether a credential is registered, for any user. */
  hasCredential(credentialId: string): boolean {
    return [...this.#factors.values()].some(({ credential }) => credential?.id === credentialId)
  }

  remove(factor: Factor): void {
    this.#factors.delete(factor.id)
  }

  clear(): void {
    this.#factors.clear()
  }
}
