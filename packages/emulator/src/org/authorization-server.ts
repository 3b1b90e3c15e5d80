import type { AuthorizationServerConfig, EmulatorOptions } from '../config/options.js'
import { createKeyPair, type KeyPair } from '../keys/key-pair.js'
import type { Clock } from './clock.js'
import type { Random } from './random.js'
import { TokenStore } from './token-store.js'

const WEEK_SECONDS = 7 * 24 * 60 * 60

/** An authorization server: the org authorization server or a custom one (concepts/auth-servers). */
export interface AuthorizationServer {
  /** The ID of a custom authorization server; undefined for the org authorization server. */
  readonly id: string | undefined
  readonly issuer: string
  /** The base path of its endpoints: `/oauth2`, or `/oauth2/{id}`. */
  readonly base: string
  /** The scopes of a custom authorization server. At the org authorization server, each app has its granted scopes. */
  readonly scopes: readonly string[]
  readonly defaultScopes: readonly string[]
  /** The audience of the access tokens of a custom authorization server. */
  readonly audience: string
  /** The apps that the access policy allows; undefined for all. */
  readonly clients: readonly string[] | undefined
  readonly accessTokenLifetimeSeconds: number
  /** How long a refresh token stays valid without use. */
  readonly refreshTokenIdleSeconds: number
  readonly tokens: TokenStore
  /** Thumbprints of the DPoP keys that tokens are bound to, by grant ID. */
  readonly boundGrants: Map<string, string>
  /** The key that signs ID tokens and, at a custom server, access tokens. It is generated at first use. */
  signingKey(): Promise<KeyPair>
  /** Replaces the signing key, by that of a snapshot. */
  useSigningKey(key: KeyPair): void
}

/** The parts of an org that its authorization servers use. */
interface OrgContext {
  readonly orgUrl: URL
  readonly options: EmulatorOptions
  readonly clock: Clock
  readonly random: Random
}

/** Creates the org authorization server. Its issuer is the org URL, and only it issues `okta.*` scopes. */
export function orgServer(context: OrgContext): AuthorizationServer {
  const { orgUrl, options } = context
  return {
    ...commonParts(context, 'org'),
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

/** Creates a custom authorization server. */
export function customServer(config: AuthorizationServerConfig, context: OrgContext): AuthorizationServer {
  const { id, scopes = [], defaultScopes = [] } = config
  const reserved = scopes.find(scope => scope.startsWith('okta.'))
  if (reserved !== undefined) {
    throw new Error(
      `authorizationServers: ${id} cannot have the scope ${reserved}. Only the org authorization server has okta.* scopes.`,
    )
  }
  if (id === 'v1')
    throw new Error('authorizationServers: the ID v1 is reserved for the paths of the org authorization server.')
  return {
    ...commonParts(context, id),
    id,
    issuer: `${context.orgUrl.origin}/oauth2/${id}`,
    base: `/oauth2/${id}`,
    scopes: [...new Set([...scopes, ...defaultScopes])],
    defaultScopes,
    audience: config.audience ?? `api://${id}`,
    clients: config.clients,
    accessTokenLifetimeSeconds: config.accessTokenLifetimeSeconds ?? 3600,
    refreshTokenIdleSeconds: config.refreshTokenIdleSeconds ?? WEEK_SECONDS,
  }
}

function commonParts({ options, clock, random }: OrgContext, name: string) {
  let keyPair: Promise<KeyPair> | undefined
  return {
    tokens: new TokenStore({ refreshGraceSeconds: options.refreshGraceSeconds ?? 30, clock }),
    boundGrants: new Map<string, string>(),
    signingKey: () => {
      keyPair ??= createKeyPair('RS256', random, name)
      return keyPair
    },
    useSigningKey(key: KeyPair) {
      keyPair = Promise.resolve(key)
    },
  }
}
