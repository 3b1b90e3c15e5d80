import { disconnected, type SessionToken, type TokenProvider } from '../tokens/token-provider.js'

/** The only token of a session. It cannot be renewed. */
export class StaticTokens implements TokenProvider {
  readonly #token: SessionToken
  readonly #check: (isRejected: boolean) => void
  #isEnded = false

  /** @param check throws if the token can no longer be used; `isRejected`: the API has just rejected it. */
  constructor(token: SessionToken, check: (isRejected: boolean) => void = () => {}) {
    this.#token = token
    this.#check = check
  }

  get account() {
    return this.#token.account
  }

  // Each call checks the token.
  cached(): undefined {
    return undefined
  }

  async get(_options?: unknown, rejected?: SessionToken) {
    if (this.#isEnded) throw disconnected()
    this.#check(rejected !== undefined)
    return { record: this.#token, origin: 'memory' } as const
  }

  // There is no other token.
  reject(): void {}

  async end(): Promise<void> {
    this.#isEnded = true
  }
}
