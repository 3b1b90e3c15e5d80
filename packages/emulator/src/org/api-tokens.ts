import type { ApiTokenConfig } from '../config/options.js'
import type { Clock } from './clock.js'
import type { EmulatorUser } from './directory.js'
import type { Random } from './random.js'

const IDLE_MS = 30 * 24 * 60 * 60 * 1000

/** A static API token and the user it acts for. */
export interface StaticToken {
  readonly value: string
  readonly login: string
}

/** The static API tokens of an org. Each ends 30 days after it was last used (guides/create-an-api-token). */
export class ApiTokens {
  readonly all: readonly StaticToken[]
  readonly #clock: Clock
  readonly #lastUsed = new Map<string, number>()

  /** @throws {Error} when a token belongs to a user that the org does not have */
  constructor(
    configs: readonly ApiTokenConfig[] | undefined,
    { users, clock, random }: { users: readonly EmulatorUser[]; clock: Clock; random: Random },
  ) {
    this.#clock = clock
    const [first] = users
    // Okta's are 42 characters long and begin with 00.
    const fresh = () => `00${random.secret('API token').slice(0, 40)}`
    this.all = (configs ?? (first ? [{}] : [])).map(({ value = fresh(), login = first?.login ?? '' }) => {
      if (!users.some(user => user.login === login)) {
        throw new Error(`apiTokens names ${login || 'nobody'}, who is not among the users`)
      }
      return { value, login }
    })
    for (const { value } of this.all) this.#lastUsed.set(value, clock.now())
  }

  /** The token, when it is one that lives; asking for it is using it. */
  use(value: string): StaticToken | undefined {
    const now = this.#clock.now()
    const lastUsed = this.#lastUsed.get(value)
    if (lastUsed === undefined || now - lastUsed > IDLE_MS) return undefined
    this.#lastUsed.set(value, now)
    return this.all.find(token => token.value === value)
  }

  /** Makes every token as good as new. */
  reset(): void {
    for (const { value } of this.all) this.#lastUsed.set(value, this.#clock.now())
  }
}
