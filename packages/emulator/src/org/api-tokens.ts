import type { ApiTokenConfig } from '../config/options.js'
import type { Clock } from './clock.js'
import type { Random } from './random.js'
import type { EmulatorUser } from './users/user.js'

const MAX_IDLE_MS = 30 * 24 * 60 * 60 * 1000

/** A static API token and the user it belongs to, by the login at the start. */
export interface StaticToken {
  readonly value: string
  readonly login: string
}

/** The static API tokens of an org. A token expires after 30 days without use (guides/create-an-api-token). */
export class ApiTokens {
  readonly all: readonly StaticToken[]
  readonly #clock: Clock
  readonly #lastUsed = new Map<string, number>()
  /** A token belongs to the ID of a user, so that it survives a new login. */
  readonly #userIds = new Map<string, string>()

  /** @throws {Error} when a token belongs to an unknown user */
  constructor(
    configs: readonly ApiTokenConfig[] | undefined,
    { users, clock, random }: { users: readonly EmulatorUser[]; clock: Clock; random: Random },
  ) {
    this.#clock = clock
    const [first] = users
    // Okta's API tokens have 42 characters and start with 00.
    const newValue = () => `00${random.secret('API token').slice(0, 40)}`
    this.all = (configs ?? (first ? [{}] : [])).map(({ value = newValue(), login = first?.login ?? '' }) => {
      const user = users.find(candidate => candidate.login === login)
      if (user === undefined) {
        throw new Error(
          login === '' ? 'apiTokens: the org has no users.' : `apiTokens: unknown user ${login}. Add it to users.`,
        )
      }
      this.#userIds.set(value, user.id)
      return { value, login }
    })
    for (const { value } of this.all) this.#lastUsed.set(value, clock.now())
  }

  /** Returns the ID of the user of a valid token, and counts as a use of it. */
  use(value: string): string | undefined {
    const now = this.#clock.now()
    const lastUsed = this.#lastUsed.get(value)
    if (lastUsed === undefined || now - lastUsed > MAX_IDLE_MS) return undefined
    this.#lastUsed.set(value, now)
    return this.#userIds.get(value)
  }

  /** Gives each token to the user with its login, when a snapshot has other users. */
  rebind(findByLogin: (login: string) => { readonly id: string } | undefined): void {
    for (const { value, login } of this.all) {
      const user = findByLogin(login)
      if (user !== undefined) this.#userIds.set(value, user.id)
    }
  }

  /** Resets the idle time of every token. */
  reset(): void {
    for (const { value } of this.all) this.#lastUsed.set(value, this.#clock.now())
  }
}
