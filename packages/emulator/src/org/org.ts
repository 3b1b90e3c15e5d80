import { randomBytes } from 'node:crypto'
import { type ClientConfig, DEFAULT_CLIENTS, DEFAULT_USERS, type EmulatorOptions } from '../config/options.js'
import { Faults } from '../faults/faults.js'
import { RateLimits } from '../http/rate-limits/rate-limits.js'
import { RequestLog } from '../http/request-log.js'
import { ApiTokens } from './api-tokens.js'
import { type AppRegistration, registerApp } from './apps/app.js'
import { JwksCache } from './apps/jwks-cache.js'
import { type AuthorizationServer, customServer, orgServer } from './authorization-server.js'
import { Clock } from './clock.js'
import { DeviceGrants } from './device-grants.js'
import { DpopNonces } from './dpop-nonces.js'
import { Random } from './random.js'
import { ReplayCache } from './replay-cache.js'
import { TokenStore } from './token-store.js'
import { isTrusted } from './trusted-origins.js'
import { createUser, Directory, type EmulatorUser } from './users/directory.js'
import { Factors } from './users/factors.js'

/** The features of an org that can be off. */
export interface OrgFeatures {
  /** Whether the org has API Access Management, which custom authorization servers require. */
  readonly apiAccessManagement: boolean
}

/** An authorization request that was pushed (RFC 9126). */
interface PushedRequest {
  readonly clientId: string
  readonly parameters: URLSearchParams
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
  features: OrgFeatures
  readonly apps: Map<string, AppRegistration>
  /** The configuration of each app, by client ID. */
  readonly configs: Map<string, ClientConfig>
  /** The apps as they were at the start, for {@link resetOrg}. */
  readonly initialApps: ReadonlyMap<string, AppRegistration>
  readonly initialConfigs: ReadonlyMap<string, ClientConfig>
  /** The key sets of apps whose keys are at a URL. */
  readonly jwksCache: JwksCache
  readonly users: readonly EmulatorUser[]
  readonly directory: Directory
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
  /** The authorization requests of `/par`, by `request_uri`. */
  readonly pushedRequests: Map<string, PushedRequest>
  readonly sendIssuer: boolean
  readonly bindUnaskedProofs: boolean
  /** Whether pages of this origin can call the org. */
  isTrustedOrigin(origin: string): boolean
  /** Checks a username and password. The username is not case-sensitive, and spaces around it are ignored. */
  authenticateUser(username: string, password: string): EmulatorUser | undefined
}

/** Creates an org from its options. */
export async function createOrg(url: URL, options: EmulatorOptions): Promise<Org> {
  const clock = new Clock(options.clock)
  const random = new Random(options.seed)
  const users = (options.users ?? DEFAULT_USERS).map(user => createUser(user, random))
  const configs = options.clients ?? DEFAULT_CLIENTS
  const apps = await Promise.all(configs.map(config => registerApp(config, { users, clock, random })))
  const byId = new Map(apps.map(app => [app.clientId, app]))
  const currentApps = new Map(byId)
  const configById = new Map(apps.map((app, index) => [app.clientId, configs[index] ?? { kind: app.kind }]))
  const orgContext = { orgUrl: url, options, clock, random }
  return {
    id: random.id('00o'),
    url,
    clock,
    random,
    options,
    features: initialFeatures(options),
    apps: currentApps,
    configs: new Map(configById),
    initialApps: byId,
    initialConfigs: configById,
    jwksCache: new JwksCache(clock, options.jwksCache),
    users,
    directory: new Directory(users, options.people ?? 25, random),
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
    pushedRequests: new Map(),
    sendIssuer: options.sendIssuer ?? false,
    bindUnaskedProofs: options.bindUnaskedProofs ?? false,
    isTrustedOrigin: origin => isTrusted(origin, options.trustedOrigins ?? [], currentApps.values()),
    authenticateUser(username, password) {
      const login = username.trim().toLowerCase()
      return users.find(user => user.login.toLowerCase() === login && user.password === password)
    },
  }
}

/** Resets an org to its state after the start. IDs and keys stay the same. */
export function resetOrg(org: Org): void {
  for (const [id, app] of org.initialApps) org.apps.set(id, app)
  for (const [id, config] of org.initialConfigs) org.configs.set(id, config)
  for (const { tokens, boundGrants } of org.servers) {
    tokens.clear()
    boundGrants.clear()
  }
  for (const collection of [
    org.jwksCache,
    org.sessions,
    org.deviceSessions,
    org.devices,
    org.pushedRequests,
    org.factors,
    org.usedAssertions,
    org.usedProofs,
    org.faults,
    org.log,
  ]) {
    collection.clear()
  }
  org.features = initialFeatures(org.options)
  org.clock.set(org.options.clock ?? {})
  org.rateLimits.set(org.options.rateLimits)
  org.jwksCache.set(org.options.jwksCache)
  org.apiTokens.reset()
}

function initialFeatures({ apiAccessManagement = true }: EmulatorOptions): OrgFeatures {
  return { apiAccessManagement }
}
