import type { UserConfig } from '../../config/options.js'
import type { Random } from '../random.js'

/** A user with a password. It is stored in clear text, since the users are test data. */
export interface EmulatorUser {
  readonly id: string
  readonly login: string
  readonly password: string
  readonly firstName: string
  readonly lastName: string
  /** Whether the user is assigned to the apps without `assignedUsers`. */
  readonly assigned: boolean
  /** Whether the user has an admin role, which admin endpoints of the API require. */
  readonly adminRole: boolean
}

/** A user in the directory, as the Users API lists it. */
export interface DirectoryUser {
  readonly id: string
  readonly login: string
  readonly firstName: string
  readonly lastName: string
  readonly created: Date
}

const FIRST_NAMES = ['Alan', 'Barbara', 'Claude', 'Dorothy', 'Edsger', 'Frances', 'Hedy', 'Karen', 'Margaret', 'Tim']
const LAST_NAMES = ['Turing', 'Liskov', 'Shannon', 'Vaughan', 'Dijkstra', 'Allen', 'Lamarr', 'Jones', 'Hamilton', 'Lee']

/** Creates a user from its configuration. */
export function createUser(config: UserConfig, random: Random): EmulatorUser {
  const [first = 'Test', last = 'User'] = (config.login.split('@')[0] ?? '').split('.').map(capitalize)
  return {
    id: random.id('00u'),
    login: config.login,
    password: config.password ?? random.secret('password'),
    firstName: config.firstName ?? first,
    lastName: config.lastName ?? last,
    assigned: config.assigned ?? true,
    adminRole: config.adminRole ?? true,
  }
}

/** The users of an org: first those with a password, then generated ones. */
export class Directory {
  readonly #users: readonly DirectoryUser[]
  readonly #positions: ReadonlyMap<string, number>
  readonly #byLogin: ReadonlyMap<string, DirectoryUser>

  /** @param people the number of generated users */
  constructor(users: readonly EmulatorUser[], people: number, random: Random) {
    this.#users = listUsers(users, people, random)
    this.#positions = new Map(this.#users.map(({ id }, position) => [id, position]))
    this.#byLogin = new Map(this.#users.map(user => [user.login, user]))
  }

  findById(id: string): DirectoryUser | undefined {
    const position = this.#positions.get(id)
    return position === undefined ? undefined : this.#users[position]
  }

  findByLogin(login: string): DirectoryUser | undefined {
    return this.#byLogin.get(login)
  }

  /**
   * Returns one page of users.
   *
   * @param after the ID of the last user of the previous page. An unknown ID starts from the first user.
   */
  page(after: string | null, limit: number): { readonly users: readonly DirectoryUser[]; readonly hasNext: boolean } {
    const start = after === null ? 0 : (this.#positions.get(after) ?? -1) + 1
    return { users: this.#users.slice(start, start + limit), hasNext: start + limit < this.#users.length }
  }
}

function listUsers(users: readonly EmulatorUser[], people: number, random: Random): readonly DirectoryUser[] {
  const created = new Date('2024-01-15T09:30:00.000Z')
  const generated = Array.from({ length: people }, (_, index) => {
    const firstName = FIRST_NAMES[index % FIRST_NAMES.length] ?? 'Test'
    const lastName = LAST_NAMES[(index + Math.floor(index / FIRST_NAMES.length)) % LAST_NAMES.length] ?? 'User'
    const login = `${firstName}.${lastName}.${index + 1}@example.com`.toLowerCase()
    return { id: random.id('00u'), login, firstName, lastName, created }
  })
  return [...users.map(user => ({ ...user, created })), ...generated]
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
