import type { PendingSignIn } from '@connect-okta/core/sign-in'
import { seal, unseal } from './seal.js'

/** A sign-in that has begun in a browser. */
interface Pending extends Omit<PendingSignIn, 'redirectUri'> {
  readonly connection: string
  /** In milliseconds since 1970. */
  readonly expiresAt: number
}

const lifeMs = 15 * 60_000
// A cookie has 4 KB at most.
const maxPending = 4

/**
 * The sign-ins that have begun in a browser. They travel in its cookie, sealed, and the broker stores nothing: anyone can
 * begin a sign-in, as often as they like.
 */
export class PendingSignIns {
  readonly #all: readonly Pending[]

  private constructor(all: readonly Pending[]) {
    this.#all = all
  }

  /** Opens what {@link sealed} made. Text that was not made by it holds no sign-ins. */
  static open(text: string | undefined, secret: Buffer, now: number): PendingSignIns {
    const all = text === undefined ? [] : (unseal<readonly Pending[]>(text, secret, 'sign-in') ?? [])
    return new PendingSignIns(all.filter(({ expiresAt }) => expiresAt > now))
  }

  /** With one more; of many that never end, the latest few. */
  with(connection: string, { state, nonce, codeVerifier }: PendingSignIn, now: number): PendingSignIns {
    const added = { connection, state, nonce, codeVerifier, expiresAt: now + lifeMs }
    return new PendingSignIns([...this.#all.slice(1 - maxPending), added])
  }

  without(state: string): PendingSignIns {
    return new PendingSignIns(this.#all.filter(one => one.state !== state))
  }

  find(state: string): Pending | undefined {
    return this.#all.find(one => one.state === state)
  }

  sealed(secret: Buffer): string | undefined {
    return this.#all.length === 0 ? undefined : seal(this.#all, secret, 'sign-in')
  }
}
