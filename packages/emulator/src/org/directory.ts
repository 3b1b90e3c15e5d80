import type { UserConfig } from '../config/options.js'
import type { Random } from './random.js'

/** A person who can sign in, with the password in clear text: an emulator's users are nobody. */
export interface EmulatorUser {
  readonly id: string
  readonly login: string
  readonly password: string
  readonly firstName: string
  readonly lastName: string
  /** Whether the user is assigned to the apps that do not list their users. */
  readonly assigned: boolean
  /** Whether the user is an admin, whose tokens the API for admins lets in. */
  readonly adminRole: boolean
}

/** An entry of the directory that the Users API lists. */
export interface Person {
  readonly id: string
  readonly login: string
  readonly firstName: string
  readonly lastName: string
  readonly created: Date
}

const FIRST_NAMES = ['Alan', 'Barbara', 'Claude', 'Dorothy', 'Edsger', 'Frances', 'Hedy', 'Karen', 'Margaret', 'Tim']
const LAST_NAMES = ['Turing', 'Liskov', 'Shannon', 'Vaughan', 'Dijkstra', 'Allen', 'Lamarr', 'Jones', 'Hamilton', 'Lee']

/** Turns a configured user into one with an id, a name and a password. */
export function enrolUser(config: UserConfig, random: Random): EmulatorUser {
  const [first = 'Test', last = 'User'] = (config.login.split('@')[0] ?? '').split('.').map(capitalised)
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

/** The directory: the users who can sign in, then as many generated people as asked for. Ids are in order. */
export function buildDirectory(users: readonly EmulatorUser[], people: number, random: Random): readonly Person[] {
  const created = new Date('2024-01-15T09:30:00.000Z')
  const generated = Array.from({ length: people }, (_, index) => {
    const firstName = FIRST_NAMES[index % FIRST_NAMES.length] ?? 'Test'
    const lastName = LAST_NAMES[(index + Math.floor(index / FIRST_NAMES.length)) % LAST_NAMES.length] ?? 'User'
    const login = `${firstName}.${lastName}.${index + 1}@example.com`.toLowerCase()
    return { id: random.id('00u'), login, firstName, lastName, created }
  })
  return [...users.map(user => ({ ...user, created })), ...generated]
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
