import type { AuthorizationServerConfig, EmulatorOptions } from '../config/options.js'
import { type KeyPair, makeKeyPair } from '../keys/key-pair.js'
import type { Clock } from './clock.js'
import type { Random } from './random.js'
import { TokenStore } from './token-store.js'

const WEEK_SECONDS = 7 * 24 * 60 * 60

/** One authorization server of an org: the org's own, or a custom one (concepts/auth-servers). */
export interface AuthorizationServer {
  /** The id of a custom server; undefined for the org's own. */
  readonly id: string | undefined
  readonly issuer: string
  /** What the paths of its endpoints begin with: `/oauth2`, or `/oauth2/{id}`. */
  readonly base: string
  /** The scopes of a custom server. The org's own has those granted to each app. */
  readonly scopes: readonly string[]
  readonly defaultScopes: readonly string[]
  /** What the access tokens of a custom server are for. */
  readonly audience: string
  /** The apps that the access policy lets through; undefined for all. */
  readonly clients: readonly string[] | undefined
  readonly accessTokenLifetimeSeconds: number
  /** How long a refresh token lives without being used. */
  readonly refreshTokenIdleSeconds: number
  readonly tokens: TokenStore
  /** Which DPoP key each sign-in's tokens are bound to, by grant. */
  readonly boundGrants: Map<string, string>
  /** The key that signs its ID tokens, and its access tokens when it is a custom one. Made when first needed. */
  signingKey(): Promise<KeyPair>
}

/** What the servers of one org share. */
interface Surroundings {
  readonly orgUrl: URL
  readonly options: EmulatorOptions
  readonly clock: Clock
  readonly random: Random
}

/** The org's own authorization server: its issuer is the org URL, and it alone issues `okta.*` scopes. */
export function orgServer(surroundings: Surroundings): AuthorizationServer {
  const { orgUrl, options } = surroundings
  return {
    ...empty(surroundings, 'org'),
    id: undefined,
    issuer: orgUrl.origin,
    base: '/oauth2',
    scopes: [],
    defaultScopes: [],
    audience: orgUrl.origin,
    clients: undefined,
    accessTokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
    refreshTokenIdleSeconds: WEEK_SECONDS,
  }
}

/** A custom authorization server, with scopes and lifetimes of its own. */
export function customServer(config: AuthorizationServerConfig, surroundings: Surroundings): AuthorizationServer {
  const { id, scopes = [], defaultScopes = [] } = config
  const reserved = scopes.find(scope => scope.startsWith('okta.'))
  if (reserved !== undefined) {
    throw new Error(`authorizationServers: ${id} cannot have the scope ${reserved}: okta.* belongs to the org's own`)
  }
  if (id === 'v1') throw new Error('authorizationServers: v1 is no id, it is part of a path')
  return {
    ...empty(surroundings, id),
    id,
    issuer: `${surroundings.orgUrl.origin}/oauth2/${id}`,
    base: `/oauth2/${id}`,
    scopes: [...new Set([...scopes, ...defaultScopes])],
    defaultScopes,
    audience: config.audience ?? `api://${id}`,
    clients: config.clients,
    accessTokenLifetimeSeconds: config.accessTokenLifetimeSeconds ?? 3600,
    refreshTokenIdleSeconds: config.refreshTokenIdleSeconds ?? WEEK_SECONDS,
  }
}

function empty({ options, clock, random }: Surroundings, name: string) {
  let making: Promise<KeyPair> | undefined
  return {
    tokens: new TokenStore({ refreshGraceSeconds: options.refreshGraceSeconds ?? 30, clock }),
    boundGrants: new Map<string, string>(),
    signingKey: () => {
      making ??= makeKeyPair('RS256', random, name)
      return making
    },
  }
}
