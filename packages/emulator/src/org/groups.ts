import type { Clock } from './clock.js'
import type { Random } from './random.js'

export type GroupType = 'OKTA_GROUP' | 'BUILT_IN' | 'APP_GROUP'

/** A group of users. */
export interface Group {
  readonly id: string
  readonly type: GroupType
  readonly created: Date
  readonly lastUpdated: Date
  readonly lastMembershipUpdated: Date
  readonly profile: { readonly name: string; readonly description: string | null; readonly [name: string]: unknown }
  /** The IDs of its users. The group `Everyone` has all users, without a list. */
  readonly members: ReadonlySet<string>
  /** A deleted group is not found, but cursors that point to it stay valid. */
  readonly isDeleted: boolean
}

/** The groups of an org, in the order in which they were added. */
export class Groups {
  readonly #clock: Clock
  readonly #random: Random
  readonly #groups = new Map<string, Group>()

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** All groups, also deleted ones. */
  get all(): readonly Group[] {
    return [...this.#groups.values()]
  }

  find(id: string): Group | undefined {
    const group = this.#groups.get(id)
    return group?.isDeleted ? undefined : group
  }

  findByName(name: string): Group | undefined {
    return this.all.find(({ profile, isDeleted }) => !isDeleted && profile.name.toLowerCase() === name.toLowerCase())
  }

  add(profile: Group['profile'], { id = this.#random.id('00g'), type = 'OKTA_GROUP', created }: NewGroup = {}): Group {
    const now = created ?? new Date(this.#clock.now())
    return this.save({
      id,
      type,
      created: now,
      lastUpdated: now,
      lastMembershipUpdated: now,
      profile,
      members: new Set(),
      isDeleted: false,
    })
  }

  save(group: Group): Group {
    this.#groups.set(group.id, group)
    return group
  }

  update(group: Group, changes: Partial<Group>): Group {
    return this.save({ ...group, lastUpdated: new Date(this.#clock.now()), ...changes })
  }

  /** Adds a user to a group, or removes it. Returns whether the membership changed. */
  setMember(group: Group, userId: string, isMember: boolean): boolean {
    if (group.members.has(userId) === isMember) return false
    const members = new Set(group.members)
    if (isMember) members.add(userId)
    else members.delete(userId)
    this.save({ ...group, members, lastMembershipUpdated: new Date(this.#clock.now()) })
    return true
  }

  /** Whether a user is in a group. */
  isMember({ type, members, isDeleted }: Group, userId: string): boolean {
    return !isDeleted && (type === 'BUILT_IN' || members.has(userId))
  }

  /** The groups of a user. */
  ofUser(userId: string): readonly Group[] {
    return this.all.filter(group => this.isMember(group, userId))
  }

  replaceAll(groups: readonly Group[]): void {
    this.#groups.clear()
    for (const group of groups) this.save(group)
  }
}

/** Properties of a group that come from a configuration. */
interface NewGroup {
  readonly id?: string | undefined
  readonly type?: GroupType | undefined
  readonly created?: Date
}
