import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { EmulatorUser } from './directory.js'
import { oktaId, randomSecret } from './okta-id.js'
import {
  type ClientConfig,
  type ClientKind,
  DEFAULT_REDIRECT_URI,
  DEFAULT_SCOPES,
  type RefreshTokenPolicy,
} from './options.js'

/** An app as its developer knows it: what goes into the options of the program under test. */
export interface EmulatorClient {
  readonly clientId: string
  readonly kind: ClientKind
  /** Whether the app requires DPoP. */
  readonly dpop: boolean
  readonly redirectUris?: readonly string[]
  /** The private key for `private_key_jwt`, when the emulator made it. */
  readonly jwk?: JWK
  readonly clientSecret?: string
  /** The granted `okta.*` scopes. */
  readonly scopes: readonly string[]
  /** The logins of the users assigned to the app. */
  readonly assignedUsers?: readonly string[]
}

/** How an app proves who it is (the `token_endpoint_auth_method` of Okta's app settings). */
export type ClientAuthentication = 'none' | 'client_secret' | 'private_key_jwt'

/** An app as the org knows it: what the developer sees, and the settings behind it. */
export interface AppRegistration extends EmulatorClient {
  readonly redirectUris: readonly string[]
  readonly authentication: ClientAuthentication
  readonly publicKeys: readonly JWK[]
  readonly grantTypes: readonly string[]
  readonly refreshTokens: RefreshTokenPolicy
  readonly repeatRefreshToken: boolean
}

/**
 * Registers an app: fills in what the configuration leaves open, a key pair included.
 *
 * @param users the org's users: those whose `assigned` is true belong to every app that does not list its own
 * @throws {Error} when the app lists a user that the org does not have
 */
export async function registerApp(
  config: ClientConfig,
  users: readonly Pick<EmulatorUser, 'login' | 'assigned'>[],
): Promise<AppRegistration> {
  const isService = config.kind === 'service'
  const dpop = config.dpop ?? false
  const refreshTokens = config.refreshTokens ?? (config.kind === 'spa' ? 'rotating' : 'persistent')
  const authentication = authenticationOf(config)
  const pair =
    authentication === 'private_key_jwt' && config.jwks === undefined
      ? await freshKeyPair(dpop ? 'ES256' : 'RS256')
      : undefined
  return {
    clientId: config.clientId ?? oktaId('0oa'),
    kind: config.kind,
    dpop,
    scopes: config.scopes ?? DEFAULT_SCOPES,
    redirectUris: config.redirectUris ?? (isService ? [] : [DEFAULT_REDIRECT_URI]),
    ...(isService ? {} : { assignedUsers: assignedUsersOf(config, users) }),
    ...(pair && { jwk: pair.privateJwk }),
    ...(authentication === 'client_secret' && { clientSecret: config.clientSecret ?? randomSecret() }),
    authentication,
    publicKeys: pair ? [pair.publicJwk] : (config.jwks?.keys ?? []),
    grantTypes: grantTypesOf(config.kind, refreshTokens),
    refreshTokens,
    repeatRefreshToken: config.repeatRefreshToken ?? true,
  }
}

/** The part of a registration that the app's developer sees. */
export function describeApp(app: AppRegistration): EmulatorClient {
  const { clientId, kind, dpop, scopes, redirectUris, assignedUsers, jwk, clientSecret } = app
  return {
    clientId,
    kind,
    dpop,
    scopes,
    ...(kind !== 'service' && { redirectUris }),
    ...(assignedUsers && { assignedUsers }),
    ...(jwk && { jwk }),
    ...(clientSecret !== undefined && { clientSecret }),
  }
}

function assignedUsersOf(config: ClientConfig, users: readonly Pick<EmulatorUser, 'login' | 'assigned'>[]) {
  const unknown = config.assignedUsers?.find(login => !users.some(user => user.login === login))
  if (unknown !== undefined) throw new Error(`assignedUsers names ${unknown}, who is not among the users`)
  return config.assignedUsers ?? users.filter(user => user.assigned).map(user => user.login)
}

function authenticationOf(config: ClientConfig): ClientAuthentication {
  if (config.kind === 'spa' || config.kind === 'native') return 'none'
  if (config.jwks !== undefined) return 'private_key_jwt'
  if (config.clientSecret !== undefined) return 'client_secret'
  return config.kind === 'service' ? 'private_key_jwt' : 'client_secret'
}

function grantTypesOf(kind: ClientKind, refreshTokens: RefreshTokenPolicy): readonly string[] {
  if (kind === 'service') return ['client_credentials']
  return refreshTokens === 'none' ? ['authorization_code'] : ['authorization_code', 'refresh_token']
}

async function freshKeyPair(alg: 'RS256' | 'ES256'): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  const publicPart = await exportJWK(publicKey)
  const facts = { kid: await calculateJwkThumbprint(publicPart), alg, use: 'sig' }
  return { privateJwk: { ...(await exportJWK(privateKey)), ...facts }, publicJwk: { ...publicPart, ...facts } }
}
