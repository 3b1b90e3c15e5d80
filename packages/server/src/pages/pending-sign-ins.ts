import type { PendingSignIn } from '@connect-okta/core/sign-in'
import { decryptJson, encryptJson } from './encrypted-json.js'

/** A sign-in in progress. */
interface Pending extends Omit<PendingSignIn, 'redirectUri'> {
  readonly connection: string
  /** In milliseconds since 1970. */
  readonly expiresAt: number
}

const lifeMs = 15 * 60_000
// Browsers limit a cookie to 4 KB.
const maxPending = 4

/**
 * The sign-ins in progress of a browser, encrypted in its cookie. The broker stores nothing, because anyone can begin any number
 * of sign-ins.
 */
export class PendingSignIns {
  readonly #all: readonly Pending[]

  private constructor(all: readonly Pending[]) {
    this.#all = all
  }

  /** Decrypts the result of {@link encrypted}. Other text contains no sign-ins. */
  static open(text: string | undefined, secret: Buffer, now: number): PendingSignIns {
    const all = text === undefined ? [] : (decryptJson<readonly Pending[]>(text, secret, 'sign-in') ?? [])
    return new PendingSignIns(all.filter(({ expiresAt }) => expiresAt > now))
  }

  /** Adds a sign-in, and keeps only the latest few. */
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

  encrypted(secret: Buffer): string | undefined {
    return this.#all.length === 0 ? undefined : encryptJson(this.#all, secret, 'sign-in')
  }
}
