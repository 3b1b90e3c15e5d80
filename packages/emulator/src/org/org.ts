import { randomBytes } from 'node:crypto'
import { DEFAULT_CLIENTS, DEFAULT_USERS } from '../config/defaults.js'
import type { ClientConfig, EmulatorOptions } from '../config/options.js'
import { Faults } from '../faults/faults.js'
import { RateLimits } from '../http/rate-limits/rate-limits.js'
import { RequestLog } from '../http/request-log.js'
import { type AppRegistration, registerApp } from './apps/app.js'
import { JwksCache } from './apps/jwks-cache.js'
import { type AuthorizationServer, customServer, orgServer } from './authorization-server.js'
import { Clock } from './clock.js'
import { EventLog } from './event-log.js'
import { Groups } from './groups.js'
import { checkUnique, initialGroups, initialTrustedOrigins, initialUsers } from './initial-state.js'
import { Random } from './random.js'
import { ApiTokens } from './tokens/api-tokens.js'
import { DeviceGrants } from './tokens/device-grants.js'
import { DpopNonces } from './tokens/dpop-nonces.js'
import { ReplayCache } from './tokens/replay-cache.js'
import { TokenStore } from './tokens/token-store.js'
import { isTrusted, type TrustedOrigin } from './trusted-origins.js'
import { Directory } from './users/directory.js'
import { Factors } from './users/factors.js'
import { createUser, type EmulatorUser, type User } from './users/user.js'

/** The statuses of users whose tokens and sessions work. That those of an expired password do is inferred. */
const USABLE: readonly string[] = ['ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY']

/** The features of an org that can be off. */
export interface OrgFeatures {
  /** Whether the org has API Access Management, which custom authorization servers require. */
  readonly apiAccessManagement: boolean
}

/** An authorization request that was pushed (RFC 9126). */
interface PushedRequest {
  readonly clientId: string
  readonly parameters: URLSearchParams
  /** The base path of the authorization server. */
  readonly base: string
  readonly expiresAt: number
}

/** The state of one emulated org. */
export interface Org {
  readonly id: string
  /** The org URL. It is also the issuer of the org authorization server. */
  readonly url: URL
  readonly clock: Clock
  readonly random: Random
  readonly options: EmulatorOptions
  readonly created: Date
  features: OrgFeatures
  readonly apps: Map<string, AppRegistration>
  /** Deleted apps, so that cursors that point to them stay valid. */
  readonly deletedApps: Map<string, AppRegistration>
  /** The configuration of each app, by client ID. */
  readonly configs: Map<string, ClientConfig>
  /** The apps as they were at the start, for {@link resetOrg}. */
  readonly initialApps: ReadonlyMap<string, AppRegistration>
  readonly initialConfigs: ReadonlyMap<string, ClientConfig>
  /** The key sets of apps whose keys are at a URL. */
  readonly jwksCache: JwksCache
  /** The configured users with their passwords. */
  readonly users: readonly EmulatorUser[]
  readonly directory: Directory
  readonly groups: Groups
  readonly trustedOrigins: Map<string, TrustedOrigin>
  /** The passkeys of the users. */
  readonly factors: Factors
  readonly apiTokens: ApiTokens
  /** The org authorization server, then the custom ones. */
  readonly servers: readonly AuthorizationServer[]
  /** The sessions of oidc-provider, which all authorization servers share. */
  readonly sessions: TokenStore
  /** The sessions of the `/activate` page: user IDs by cookie value. */
  readonly deviceSessions: Map<string, string>
  readonly cookieKey: string
  readonly devices: DeviceGrants
  readonly nonces: DpopNonces
  readonly usedAssertions: ReplayCache
  readonly usedProofs: ReplayCache
  readonly rateLimits: RateLimits
  readonly faults: Faults
  readonly log: RequestLog
  readonly events: EventLog
  /** The authorization requests of `/par`, by `request_uri`. */
  readonly pushedRequests: Map<string, PushedRequest>
  readonly sendIssuer: boolean
  readonly bindOptionalProofs: boolean
  /** Whether pages of this origin can call the org. */
  isTrustedOrigin(origin: string): boolean
  /** Finds a user whose tokens work. Those of a suspended or deactivated user do not. */
  activeUser(id: string | undefined): User | undefined
  /** Whether a user can use an app: assigned to it, or in a group that is. */
  isAssigned(app: AppRegistration, user: User): boolean
}

/** Creates an org from its options. */
export async function createOrg(url: URL, options: EmulatorOptions): Promise<Org> {
  const clock = new Clock(options.clock)
  const random = new Random(options.seed)
  const users = (options.users ?? DEFAULT_USERS).map(user => createUser(user, random))
  const configs = options.clients ?? DEFAULT_CLIENTS
  checkUnique(options, users, configs)
  const apps = await Promise.all(
    configs.map((config, index) =>
      registerApp(config, { users, clock, random }).catch((error: Error) => {
        throw new Error(`clients[${index}]: ${error.message}`, { cause: error })
      }),
    ),
  )
  const byId = new Map(apps.map(app => [app.clientId, app]))
  const configById = new Map(apps.map((app, index) => [app.clientId, configs[index] ?? { kind: app.kind }]))
  const orgContext = { orgUrl: url, options, clock, random }
  const currentApps = new Map(byId)
  const groups = new Groups(clock, random)
  const org: Org = {
    id: random.id('00o'),
    url,
    clock,
    random,
    options,
    created: new Date(clock.now()),
    features: initialFeatures(options),
    apps: currentApps,
    deletedApps: new Map(),
    configs: new Map(configById),
    initialApps: byId,
    initialConfigs: configById,
    jwksCache: new JwksCache(clock, options.jwksCache),
    users,
    directory: new Directory(clock, initialUsers(users, options, random), options.customAttributes),
    groups,
    trustedOrigins: new Map(),
    factors: new Factors(clock, random),
    apiTokens: new ApiTokens(options.apiTokens, { users, clock, random }),
    servers: [
      orgServer(orgContext),
      ...(options.authorizationServers ?? []).map(config => customServer(config, orgContext)),
    ],
    sessions: new TokenStore({ refreshGraceSeconds: 0, clock }),
    deviceSessions: new Map(),
    cookieKey: randomBytes(32).toString('base64url'),
    devices: new DeviceGrants(clock, random),
    nonces: new DpopNonces(clock, random),
    usedAssertions: new ReplayCache(clock),
    usedProofs: new ReplayCache(clock),
    rateLimits: new RateLimits(clock, options.rateLimits),
    faults: new Faults(),
    log: new RequestLog(),
    events: new EventLog(clock, random),
    pushedRequests: new Map(),
    sendIssuer: options.sendIssuer ?? false,
    bindOptionalProofs: options.bindOptionalProofs ?? false,
    isTrustedOrigin: origin => isTrusted(origin, org.trustedOrigins.values(), currentApps.values()),
    activeUser(id) {
      const user = org.directory.find(id)
      return user && USABLE.includes(user.status) ? user : undefined
    },
    isAssigned: ({ assignedUsers, assignedGroups }, { id, profile }) =>
      assignedUsers?.includes(profile.login) === true ||
      assignedGroups.some(groupId => {
        const group = groups.find(groupId)
        return group !== undefined && groups.isMember(group, id)
      }),
  }
  initialGroups(groups, org.directory, options)
  for (const origin of initialTrustedOrigins(org)) org.trustedOrigins.set(origin.id, origin)
  initialStates.set(org, {
    users: org.directory.all,
    groups: groups.all,
    trustedOrigins: [...org.trustedOrigins],
    randomCounts: random.counts,
  })
  return org
}

/** Resets an org to its state after the start. IDs and keys stay the same. */
export function resetOrg(org: Org): void {
  const initial = initialStates.get(org)
  if (initial !== undefined) org.random.reset(initial.randomCounts)
  org.directory.replaceAll(initial?.users ?? [])
  org.groups.replaceAll(initial?.groups ?? [])
  replace(org.trustedOrigins, initial?.trustedOrigins ?? [])
  replace(org.apps, org.initialApps)
  replace(org.configs, org.initialConfigs)
  for (const { tokens, boundGrants } of org.servers) {
    tokens.clear()
    boundGrants.clear()
  }
  for (const collection of [
    org.jwksCache,
    org.deletedApps,
    org.sessions,
    org.deviceSessions,
    org.devices,
    org.pushedRequests,
    org.factors,
    org.usedAssertions,
    org.usedProofs,
    org.faults,
    org.log,
    org.events,
  ]) {
    collection.clear()
  }
  org.features = initialFeatures(org.options)
  org.clock.set(org.options.clock ?? {})
  org.rateLimits.set(org.options.rateLimits)
  org.jwksCache.set(org.options.jwksCache)
  org.apiTokens.reset()
  org.apiTokens.rebind(login => org.users.find(user => user.login === login))
}

interface InitialState {
  readonly users: readonly User[]
  readonly groups: Groups['all']
  readonly trustedOrigins: Iterable<readonly [string, TrustedOrigin]>
  readonly randomCounts: ReadonlyMap<string, number>
}

const initialStates = new WeakMap<Org, InitialState>()

function replace<K, V>(map: Map<K, V>, entries: Iterable<readonly [K, V]>): void {
  map.clear()
  for (const [key, value] of entries) map.set(key, value)
}

function initialFeatures({ apiAccessManagement = true }: EmulatorOptions): OrgFeatures {
  return { apiAccessManagement }
}
