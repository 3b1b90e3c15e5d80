import type { UserConfig, UserStatus } from '../../config/options.js'
import type { Random } from '../random.js'

/** The profile of a user. Attributes that are not set are missing, except for those of {@link newProfile}. */
export interface UserProfile {
  readonly login: string
  readonly email: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly mobilePhone: string | null
  readonly secondEmail: string | null
  readonly [attribute: string]: unknown
}

/** A user of the org. */
export interface User {
  readonly id: string
  readonly status: UserStatus
  readonly created: Date
  readonly activated: Date | null
  readonly statusChanged: Date | null
  readonly lastLogin: Date | null
  readonly lastUpdated: Date
  readonly passwordChanged: Date | null
  readonly profile: UserProfile
  /** In clear text, since the users are test data. Null: there is one, which no one knows. Undefined: there is none. */
  readonly password: string | null | undefined
  readonly recoveryQuestion?: { readonly question: string; readonly answer: string } | undefined
  /** Whether the user has an admin role, which admin endpoints of the API require. */
  readonly adminRole: boolean
  /** The failed sign-ins since the last successful one. */
  readonly failedSignIns: number
  /** A deleted user is not found, but cursors that point to it stay valid. */
  readonly isDeleted: boolean
}

/** A user with a password, as the developer of a program sees it. */
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

const FIRST_NAMES = ['Alan', 'Barbara', 'Claude', 'Dorothy', 'Edsger', 'Frances', 'Hedy', 'Karen', 'Margaret', 'Tim']
const LAST_NAMES = ['Turing', 'Liskov', 'Shannon', 'Vaughan', 'Dijkstra', 'Allen', 'Lamarr', 'Jones', 'Hamilton', 'Lee']
/** When the users of the configuration were created. */
export const CREATED = new Date('2024-01-15T09:30:00.000Z')

/** Creates a user from its configuration, as the developer sees it. */
export function createUser(config: UserConfig, random: Random): EmulatorUser {
  const [first = 'Test', last = 'User'] = (config.login.split('@')[0] ?? '').split('.').map(capitalize)
  return {
    id: config.id ?? random.id('00u'),
    login: config.login,
    password: config.password ?? random.secret('password'),
    firstName: config.firstName ?? first,
    lastName: config.lastName ?? last,
    assigned: config.assigned ?? true,
    adminRole: config.adminRole ?? true,
  }
}

/** The user of a configuration, as the org stores it. */
export function configuredUser(user: EmulatorUser, { status = 'ACTIVE', profile = {} }: UserConfig): User {
  const { firstName, lastName, login } = user
  return {
    ...newUser(user.id, newProfile({ ...profile, firstName, lastName, login }), CREATED),
    ...statusAt(status, CREATED),
    // Imported users without a password have one that no one knows, as far as the status allows it.
    password: hasPassword(status) ? user.password : undefined,
    passwordChanged: hasPassword(status) ? CREATED : null,
    adminRole: user.adminRole,
  }
}

/** Creates users with made-up names, who cannot sign in. */
export function createPeople(count: number, random: Random): readonly User[] {
  return Array.from({ length: count }, (_, index) => {
    const firstName = FIRST_NAMES[index % FIRST_NAMES.length] ?? 'Test'
    const lastName = LAST_NAMES[(index + Math.floor(index / FIRST_NAMES.length)) % LAST_NAMES.length] ?? 'User'
    const login = `${firstName}.${lastName}.${index + 1}@example.com`.toLowerCase()
    const user = newUser(random.id('00u'), newProfile({ firstName, lastName, login }), CREATED)
    return { ...user, ...statusAt('ACTIVE', CREATED), password: null, passwordChanged: CREATED }
  })
}

/** A user who is staged and has no password. */
export function newUser(id: string, profile: UserProfile, created: Date): User {
  return {
    id,
    status: 'STAGED',
    created,
    activated: null,
    statusChanged: null,
    lastLogin: null,
    lastUpdated: created,
    passwordChanged: null,
    profile,
    password: undefined,
    adminRole: false,
    failedSignIns: 0,
    isDeleted: false,
  }
}

/** Completes a profile: Okta returns these attributes also when they are not set. */
export function newProfile(attributes: Readonly<Record<string, unknown>> & { readonly login: string }): UserProfile {
  const set = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined)
  const {
    firstName = null,
    lastName = null,
    mobilePhone = null,
    secondEmail = null,
    ...given
  } = Object.fromEntries(set)
  const { login, email = login, ...others } = given
  // The order is that of recorded users.
  return { firstName, lastName, mobilePhone, ...others, secondEmail, login, email } as UserProfile
}

/** Whether users of this status have a password. */
export function hasPassword(status: UserStatus): boolean {
  return !['STAGED', 'PROVISIONED', 'DEPROVISIONED'].includes(status)
}

function statusAt(status: UserStatus, date: Date): Pick<User, 'status' | 'activated' | 'statusChanged'> {
  return { status, activated: status === 'STAGED' ? null : date, statusChanged: date }
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
