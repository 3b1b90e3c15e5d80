import type { Clock } from '../clock.js'
import type { User } from './user.js'

/** Failed sign-ins after which a user is locked out, as in Okta's default password policy. */
const MAX_FAILED_SIGN_INS = 10

/** The users of an org, in the order in which they were added. */
export class Directory {
  readonly #clock: Clock
  readonly #users = new Map<string, User>()
  /** IDs by login in lower case. */
  readonly #byLogin = new Map<string, string>()
  #list: readonly User[] | undefined

  constructor(clock: Clock, users: readonly User[]) {
    this.#clock = clock
    this.replaceAll(users)
  }

  /** All users, also deleted ones. */
  get all(): readonly User[] {
    this.#list ??= [...this.#users.values()]
    return this.#list
  }

  find(id: string | undefined): User | undefined {
    const user = id === undefined ? undefined : this.#users.get(id)
    return user?.isDeleted ? undefined : user
  }

  /** Finds a user by login. As in Okta, its case is not significant. */
  findByLogin(login: string): User | undefined {
    return this.find(this.#byLogin.get(login.toLowerCase()))
  }

  /** Finds the only user whose login has this part before the `@`. */
  findByShortName(name: string): User | undefined {
    const prefix = `${name.toLowerCase()}@`
    const matches = [...this.#byLogin].filter(([login]) => login.startsWith(prefix))
    return matches.length === 1 ? this.find(matches[0]?.[1]) : undefined
  }

  /** Adds a user, or replaces the one with the same ID. */
  save(user: User): User {
    const previous = this.#users.get(user.id)
    if (previous !== undefined) this.#byLogin.delete(previous.profile.login.toLowerCase())
    if (!user.isDeleted) this.#byLogin.set(user.profile.login.toLowerCase(), user.id)
    this.#users.set(user.id, user)
    this.#list = undefined
    return user
  }

  /** Changes a user, and when it was last updated. */
  update(user: User, changes: Partial<User>): User {
    const now = new Date(this.#clock.now())
    const status = changes.status === undefined ? {} : { statusChanged: now }
    return this.save({ ...user, lastUpdated: now, ...status, ...changes })
  }

  /**
   * Checks a username and password. The username is not case-sensitive, and spaces around it are ignored. Only an active
   * user can sign in. Ten wrong passwords lock a user out.
   */
  authenticate(username: string, password: string): User | undefined {
    const user = this.findByLogin(username.trim())
    if (user?.status !== 'ACTIVE' || typeof user.password !== 'string') return undefined
    if (user.password === password) {
      return this.save({ ...user, failedSignIns: 0, lastLogin: new Date(this.#clock.now()) })
    }
    const failedSignIns = user.failedSignIns + 1
    if (failedSignIns < MAX_FAILED_SIGN_INS) this.save({ ...user, failedSignIns })
    else this.update(user, { failedSignIns, status: 'LOCKED_OUT' })
    return undefined
  }

  replaceAll(users: readonly User[]): void {
    this.#users.clear()
    this.#byLogin.clear()
    for (const user of users) this.save(user)
  }
}
