import { DEFAULT_USERS } from '../config/defaults.js'
import type { ClientConfig, EmulatorOptions } from '../config/options.js'
import type { Clock } from './clock.js'
import type { Groups } from './groups.js'
import type { Random } from './random.js'
import type { TrustedOrigin } from './trusted-origins.js'
import type { Directory } from './users/directory.js'
import { CREATED, configuredUser, createPeople, type EmulatorUser, type User } from './users/user.js'

const DEFAULT_PEOPLE = 25

/** The users at the start: first the configured ones, then made-up ones. */
export function initialUsers(
  users: readonly EmulatorUser[],
  options: EmulatorOptions,
  random: Random,
): readonly User[] {
  const configs = options.users ?? DEFAULT_USERS
  return [
    ...users.map((user, index) => configuredUser(user, configs[index] ?? { login: user.login })),
    ...createPeople(options.people ?? DEFAULT_PEOPLE, random),
  ]
}

/**
 * Adds the group `Everyone`, which every org has, and the configured groups.
 *
 * @throws {Error} when a group has an unknown member
 */
export function initialGroups(groups: Groups, directory: Directory, options: EmulatorOptions): void {
  const configs = options.groups ?? []
  if (!configs.some(({ type }) => type === 'BUILT_IN')) {
    groups.add(
      { name: 'Everyone', description: 'All users in your organization' },
      { type: 'BUILT_IN', created: CREATED },
    )
  }
  for (const { name, id, description = null, type, members = [] } of configs) {
    if (groups.findByName(name) !== undefined) throw new Error(`groups: the name ${name} is given twice.`)
    const group = groups.add({ name, description }, { id, type, created: CREATED })
    const ids = members.map(login => {
      const user = directory.findByLogin(login)
      if (user === undefined) throw new Error(`groups: unknown user ${login} in ${name}. Add it to users.`)
      return user.id
    })
    groups.save({ ...group, members: new Set(ids) })
  }
}

/** The configured trusted origins. */
export function initialTrustedOrigins({
  options,
  clock,
  random,
  users,
}: {
  readonly options: EmulatorOptions
  readonly clock: Clock
  readonly random: Random
  readonly users: readonly EmulatorUser[]
}): readonly TrustedOrigin[] {
  const now = new Date(clock.now())
  const createdBy = users[0]?.id ?? ''
  return (options.trustedOrigins ?? []).map(origin => ({
    id: random.id('tos'),
    name: origin,
    origin,
    scopes: [{ type: 'CORS' }, { type: 'REDIRECT' }],
    status: 'ACTIVE',
    created: now,
    createdBy,
    lastUpdated: now,
    lastUpdatedBy: createdBy,
    isDeleted: false,
  }))
}

/**
 * Checks that names which must be unique are.
 *
 * @throws {Error} which names the first one that is given twice
 */
export function checkUnique(
  { authorizationServers = [] }: EmulatorOptions,
  users: readonly EmulatorUser[],
  clients: readonly ClientConfig[],
): void {
  const lists = {
    'users: the login': users.map(({ login }) => login.toLowerCase()),
    'clients: the clientId': clients.flatMap(({ clientId }) => clientId ?? []),
    'authorizationServers: the id': authorizationServers.map(({ id }) => id),
  }
  for (const [name, values] of Object.entries(lists)) {
    const twice = values.find((value, index) => values.indexOf(value) !== index)
    if (twice !== undefined) throw new Error(`${name} ${twice} is given twice.`)
  }
}
