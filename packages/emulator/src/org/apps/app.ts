import type { JWK } from 'jose'
import { DEFAULT_REDIRECT_URI, DEFAULT_SCOPES, GRANT_TYPES } from '../../config/defaults.js'
import { OKTA_SCOPES } from '../../config/okta-scopes.js'
import type { ClientConfig, ClientKind, RefreshTokenPolicy } from '../../config/options.js'
import { isJwksUri, JWKS_URI_RULE } from '../../keys/jwks-uri.js'
import { createKeyPair } from '../../keys/key-pair.js'
import { toJwks } from '../../keys/public-keys.js'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import type { EmulatorUser } from '../users/user.js'
import { grantScopes, type SavedSecret, type ScopeGrant, savedSecret } from './credentials.js'
import { problemOfRedirectUris } from './redirect-uris.js'
import { type SavedKey, savedKey } from './saved-keys.js'

/** An app as its developer sees it: the values to configure in the program under test. */
export interface EmulatorClient {
  readonly clientId: string
  readonly kind: ClientKind
  /** Whether the app requires DPoP. */
  readonly dpop: boolean
  readonly redirectUris?: readonly string[]
  /** The private key for `private_key_jwt`, when the emulator generated it. */
  readonly jwk?: JWK
  readonly clientSecret?: string
  /** The URL of the public keys, when the app publishes them. */
  readonly jwksUri?: string
  /** The granted `okta.*` scopes. */
  readonly scopes: readonly string[]
  /** The logins of the users assigned to the app. */
  readonly assignedUsers?: readonly string[]
  /** The enabled grant types. */
  readonly grantTypes: readonly string[]
  /** Whether an admin role is assigned to the app. */
  readonly adminRole: boolean
  /** Whether the access policies of custom authorization servers allow the app. */
  readonly accessPolicy: boolean
  /** Whether the app is active. */
  readonly active: boolean
}

/** How an app authenticates: `token_endpoint_auth_method` in Okta's app settings. */
export type ClientAuthentication = 'none' | 'client_secret' | 'private_key_jwt'

/** Settings of an app that have no effect in the emulator, in the format of the API. */
export interface OtherSettings {
  readonly accessibility?: object
  readonly visibility?: object
  readonly notes?: object
  readonly responseTypes?: readonly string[]
  /** `client_secret_basic` or `client_secret_post`. An app with a secret can use both here. */
  readonly secretMethod?: string
  readonly notifications?: object
  readonly userNameTemplate?: object
  readonly oauthClient?: Readonly<Record<string, unknown>>
}

/** An app as the org stores it. */
export interface AppRegistration extends EmulatorClient {
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly authentication: ClientAuthentication
  /** The public keys, when the org stores them. */
  readonly savedKeys: readonly SavedKey[]
  readonly created: Date
  /** Whether `/authorize` requires PKCE (RFC 7636). */
  readonly pkceRequired: boolean
  readonly label: string
  readonly lastUpdated: Date
  /** The IDs of the groups whose users can use the app. */
  readonly assignedGroups: readonly string[]
  /** The client secrets, of which two can exist (guides/client-secret-rotation-key). The first is `clientSecret`. */
  readonly secrets: readonly SavedSecret[]
  /** The granted `okta.*` scopes, with the IDs of their grants. */
  readonly grants: readonly ScopeGrant[]
  /** Settings that the emulator stores and does not use, such as `logo_uri`. */
  readonly otherSettings: OtherSettings
  readonly refreshTokens: RefreshTokenPolicy
  readonly repeatRefreshToken: boolean
}

/** The part of an org that the registration of an app needs. */
export interface RegistrationContext {
  /** Those with `assigned` are assigned to every app without `assignedUsers`. */
  readonly users: readonly Pick<EmulatorUser, 'login' | 'assigned'>[]
  readonly clock: Clock
  readonly random: Random
}

/**
 * Registers an app: applies the defaults, and generates a key pair when the app needs one.
 *
 * @param previous the app before a change, whose IDs and other settings stay the same
 * @throws {Error} when the configuration is invalid, for example an unknown user, a grant type that this kind of app does
 * not support, or a `jwksUri` that is neither `https` nor on this machine
 */
export async function registerApp(
  config: ClientConfig,
  context: RegistrationContext,
  previous?: AppRegistration,
): Promise<AppRegistration> {
  const { users, random, clock } = context
  checkJwksUri(config)
  checkScopes(config)
  const isService = config.kind === 'service'
  const clientId = config.clientId ?? random.id('0oa')
  const dpop = config.dpop ?? false
  const redirectUris = config.redirectUris ?? (isService ? [] : [DEFAULT_REDIRECT_URI])
  const problem = problemOfRedirectUris(redirectUris)
  if (problem !== undefined) throw new Error(`redirectUris: ${problem}`)
  const grantTypes = grantTypesOf(config)
  const refreshTokens = grantTypes.includes('refresh_token')
    ? (config.refreshTokens ?? (config.kind === 'spa' ? 'rotating' : 'persistent'))
    : 'none'
  const authentication = authenticationOf(config)
  const pair =
    authentication === 'private_key_jwt' && config.jwks === undefined && config.jwksUri === undefined
      ? await createKeyPair('RS256', random, clientId)
      : undefined
  const now = new Date(clock.now())
  const scopes = config.scopes ?? DEFAULT_SCOPES
  const clientSecret =
    authentication === 'client_secret' ? (config.clientSecret ?? random.secret(`secret of ${clientId}`)) : undefined
  const kept = previous?.secrets.some(({ value, status }) => value === clientSecret && status === 'ACTIVE')
    ? previous.secrets
    : undefined
  return {
    clientId,
    kind: config.kind,
    label: config.label ?? previous?.label ?? `Emulated ${config.kind} app`,
    dpop,
    scopes,
    grants: grantScopes(scopes, previous?.grants ?? [], context),
    assignedGroups: previous?.assignedGroups ?? [],
    pkceRequired: previous?.pkceRequired ?? authentication === 'none',
    otherSettings: previous?.otherSettings ?? {},
    secrets: kept ?? (clientSecret === undefined ? [] : [savedSecret(clientSecret, context)]),
    redirectUris,
    postLogoutRedirectUris: config.postLogoutRedirectUris ?? originsOf(redirectUris.slice(0, 1)),
    ...(isService ? {} : { assignedUsers: assignedUsersOf(config, users) }),
    ...(pair && { jwk: pair.privateJwk }),
    ...(clientSecret !== undefined && { clientSecret }),
    authentication,
    ...(config.jwksUri !== undefined && { jwksUri: config.jwksUri }),
    savedKeys: (pair ? [pair.publicJwk] : toJwks(config.jwks ?? []).keys).map(key => savedKey(key, context)),
    created: previous?.created ?? now,
    lastUpdated: now,
    grantTypes,
    adminRole: config.adminRole ?? true,
    accessPolicy: config.accessPolicy ?? true,
    active: config.active ?? true,
    refreshTokens,
    repeatRefreshToken: config.repeatRefreshToken ?? true,
  }
}

/** The part of a registration that the app's developer sees. */
export function describeApp(app: AppRegistration): EmulatorClient {
  const described = descriptions.get(app) ?? description(app)
  descriptions.set(app, described)
  return described
}

/** Callers compare clients by identity, so an unchanged app always has the same description. */
const descriptions = new WeakMap<AppRegistration, EmulatorClient>()

function description(app: AppRegistration): EmulatorClient {
  const { clientId, kind, dpop, scopes, redirectUris, assignedUsers, jwk, clientSecret } = app
  const { grantTypes, adminRole, accessPolicy, active, jwksUri } = app
  return {
    clientId,
    kind,
    dpop,
    scopes,
    grantTypes,
    adminRole,
    accessPolicy,
    active,
    ...(kind !== 'service' && { redirectUris }),
    ...(assignedUsers && { assignedUsers }),
    ...(jwk && { jwk }),
    ...(clientSecret !== undefined && { clientSecret }),
    ...(jwksUri !== undefined && { jwksUri }),
  }
}

/** Okta's wizard suggests the origin of the redirect URI as the sign-out redirect URI. */
function originsOf(uris: readonly string[]): readonly string[] {
  return uris.filter(uri => /^https?:/.test(uri)).map(uri => new URL(uri).origin)
}

function checkScopes({ scopes = [] }: ClientConfig): void {
  const unknown = scopes.find(scope => scope.startsWith('okta.') && !OKTA_SCOPES.includes(scope))
  if (unknown !== undefined) throw new Error(`scopes: Okta has no scope ${unknown}.`)
}

function checkJwksUri({ jwks, jwksUri }: ClientConfig): void {
  if (jwksUri === undefined) return
  if (jwks !== undefined) throw new Error('jwks, jwksUri: set only one of them (RFC 7591 §2).')
  if (!isJwksUri(jwksUri)) throw new Error(`jwksUri: ${JWKS_URI_RULE}.`)
}

function assignedUsersOf(config: ClientConfig, users: readonly Pick<EmulatorUser, 'login' | 'assigned'>[]) {
  const unknown = config.assignedUsers?.find(login => !users.some(user => user.login === login))
  if (unknown !== undefined) throw new Error(`assignedUsers: unknown user ${unknown}. Add it to users.`)
  return config.assignedUsers ?? users.filter(user => user.assigned).map(user => user.login)
}

function authenticationOf(config: ClientConfig): ClientAuthentication {
  const isNative = config.kind === 'native' && config.authentication === 'client_secret'
  if (config.kind === 'spa' || (config.kind === 'native' && !isNative)) return 'none'
  if (config.authentication !== undefined) return config.authentication
  if (config.jwks !== undefined || config.jwksUri !== undefined) return 'private_key_jwt'
  if (config.clientSecret !== undefined) return 'client_secret'
  return config.kind === 'service' ? 'private_key_jwt' : 'client_secret'
}

function grantTypesOf({ kind, grantTypes, refreshTokens }: ClientConfig): readonly string[] {
  const unsupported = grantTypes?.find(grantType => !GRANT_TYPES[kind].includes(grantType))
  if (unsupported !== undefined) throw new Error(`grantTypes: a ${kind} app does not support ${unsupported}.`)
  if (grantTypes !== undefined) return grantTypes
  return GRANT_TYPES[kind].filter(grantType => {
    if (grantType === 'refresh_token') return refreshTokens !== 'none'
    if (grantType === 'implicit') return false
    return grantType !== 'client_credentials' || kind === 'service'
  })
}
