import { randomBytes } from 'node:crypto'
import { type ClientConfig, DEFAULT_CLIENTS, DEFAULT_USERS, type EmulatorOptions } from '../config/options.js'
import { Faults } from '../faults/faults.js'
import { RateLimits } from '../http/rate-limits.js'
import { RequestLog } from '../http/request-log.js'
import { ApiTokens } from './api-tokens.js'
import { type AppRegistration, registerApp } from './app.js'
import { type AuthorizationServer, customServer, orgServer } from './authorization-server.js'
import { Clock } from './clock.js'
import { DeviceGrants } from './device-grants.js'
import { buildDirectory, type EmulatorUser, enrolUser, type Person } from './directory.js'
import { DpopNonces } from './dpop-nonces.js'
import { Random } from './random.js'
import { UsedOnce } from './replay-cache.js'
import { TokenStore } from './token-store.js'

/** Everything one emulated org knows. Nothing is shared between two orgs in one process. */
export interface Org {
  readonly id: string
  /** The org URL, which is the issuer of its own authorization server too. */
  readonly url: URL
  readonly clock: Clock
  readonly random: Random
  readonly options: EmulatorOptions
  readonly apps: Map<string, AppRegistration>
  /** What each app was configured to be, and the whole as it was at the start. */
  readonly configs: Map<string, ClientConfig>
  readonly firstApps: ReadonlyMap<string, AppRegistration>
  readonly firstConfigs: ReadonlyMap<string, ClientConfig>
  readonly users: readonly EmulatorUser[]
  readonly directory: readonly Person[]
  readonly apiTokens: ApiTokens
  /** The org's own authorization server first, then the custom ones. */
  readonly servers: readonly AuthorizationServer[]
  /** Who is signed in, in oidc-provider's terms. */
  readonly sessions: TokenStore
  /** Who is signed in at `/activate`: user ids by cookie. */
  readonly visits: Map<string, string>
  readonly cookieKey: string
  readonly devices: DeviceGrants
  readonly nonces: DpopNonces
  readonly assertionIds: UsedOnce
  readonly proofIds: UsedOnce
  readonly limits: RateLimits
  readonly faults: Faults
  readonly log: RequestLog
  readonly sendIssuer: boolean
  readonly bindUnaskedProofs: boolean
  /** Who signs in with these: the user name in any case and with blanks around it. */
  userBy(username: string, password: string): EmulatorUser | undefined
}

/** Builds an org from its options; keys of several apps are made side by side. */
export async function buildOrg(url: URL, options: EmulatorOptions): Promise<Org> {
  const clock = new Clock(options.clock)
  const random = new Random(options.seed)
  const users = (options.users ?? DEFAULT_USERS).map(user => enrolUser(user, random))
  const configs = options.clients ?? DEFAULT_CLIENTS
  const apps = await Promise.all(configs.map(config => registerApp(config, users, random)))
  const byId = new Map(apps.map(app => [app.clientId, app]))
  const configById = new Map(apps.map((app, index) => [app.clientId, configs[index] ?? { kind: app.kind }]))
  const surroundings = { orgUrl: url, options, clock, random }
  return {
    id: random.id('00o'),
    url,
    clock,
    random,
    options,
    apps: new Map(byId),
    configs: new Map(configById),
    firstApps: byId,
    firstConfigs: configById,
    users,
    directory: buildDirectory(users, options.people ?? 25, random),
    apiTokens: new ApiTokens(options.apiTokens, { users, clock, random }),
    servers: [
      orgServer(surroundings),
      ...(options.authorizationServers ?? []).map(config => customServer(config, surroundings)),
    ],
    sessions: new TokenStore({ refreshGraceSeconds: 0, clock }),
    visits: new Map(),
    cookieKey: randomBytes(32).toString('base64url'),
    devices: new DeviceGrants(clock, random),
    nonces: new DpopNonces(clock, random),
    assertionIds: new UsedOnce(clock),
    proofIds: new UsedOnce(clock),
    limits: new RateLimits(clock, options.rateLimits),
    faults: new Faults(),
    log: new RequestLog(),
    sendIssuer: options.sendIssuer ?? false,
    bindUnaskedProofs: options.bindUnaskedProofs ?? false,
    userBy(username, password) {
      const wanted = username.trim().toLowerCase()
      return users.find(user => user.login.toLowerCase() === wanted && user.password === password)
    },
  }
}

/** Makes an org what it was after its start. Ids and keys stay. */
export function resetOrg(org: Org): void {
  for (const [id, app] of org.firstApps) org.apps.set(id, app)
  for (const [id, config] of org.firstConfigs) org.configs.set(id, config)
  for (const { tokens, boundGrants } of org.servers) {
    tokens.clear()
    boundGrants.clear()
  }
  for (const memory of [org.sessions, org.visits, org.devices, org.assertionIds, org.proofIds, org.faults, org.log]) {
    memory.clear()
  }
  org.clock.set(org.options.clock ?? {})
  org.limits.set(org.options.rateLimits)
  org.apiTokens.reset()
}
