import type { JWK } from 'jose'
import { GRANT_TYPES } from '../config/defaults.js'
import type { ClientConfig, ClientKind } from '../config/options.js'
import { isJwksUri } from '../keys/jwks-uri.js'
import type { ExportedApp, OrgExport } from './org-export.js'
import type { Pseudonyms } from './pseudonyms.js'

/** An app of a real org, without its secret. */
export interface ImportedApp extends ClientConfig {
  readonly label?: string
  readonly postLogoutRedirectUris?: readonly string[]
}

type OauthSettings = NonNullable<NonNullable<ExportedApp['settings']>['oauthClient']>

const KINDS: Readonly<Record<string, ClientKind>> = { browser: 'spa', native: 'native', web: 'web', service: 'service' }
const CLIENT_ID = /^[A-Za-z0-9_-]{20}$/
/** The members of public keys (RFC 7518 §6), and those that describe a key (RFC 7517 §4). */
const PUBLIC_MEMBERS: readonly string[] = ['kty', 'kid', 'use', 'alg', 'n', 'e', 'crv', 'x', 'y']

/**
 * Converts an OIDC app. Its secret and its inactive keys are dropped. Its label is replaced, and so is personal data in its
 * redirect URIs.
 *
 * @param logins the made-up logins by user ID
 * @param warn is called with what cannot be emulated
 * @returns undefined for an app of another kind
 */
export function importApp(
  app: ExportedApp,
  { appUsers, appGrants }: Pick<OrgExport, 'appUsers' | 'appGrants'>,
  {
    pseudonyms,
    logins,
    label,
    warn,
  }: {
    pseudonyms: Pseudonyms
    logins: ReadonlyMap<string, string>
    label: string
    warn: (message: string) => void
  },
): ImportedApp | undefined {
  const settings = app.settings?.oauthClient
  const kind = KINDS[settings?.application_type ?? '']
  if (!settings || kind === undefined) {
    warn(`App ${app.id} is skipped, because it is not an OIDC app.`)
    return undefined
  }
  const assigned = appUsers[app.id]?.map(user => logins.get(typeof user === 'string' ? user : user.id))
  const { client_id: clientId = app.id, token_endpoint_auth_method: method } = app.credentials?.oauthClient ?? {}
  if (!CLIENT_ID.test(clientId))
    warn(`App ${app.id}: The client ID is replaced, because it does not have 20 characters.`)
  return {
    kind,
    ...(CLIENT_ID.test(clientId) && { clientId }),
    label,
    adminRole: false,
    active: app.status !== 'INACTIVE',
    ...authentication(kind, method, text => warn(`App ${app.id}: ${text}`)),
    ...grants(kind, settings, text => warn(`App ${app.id}: ${text}`)),
    ...(settings.dpop_bound_access_tokens && { dpop: true }),
    ...uris('redirectUris', kind === 'service' ? [] : settings.redirect_uris, pseudonyms),
    ...uris('postLogoutRedirectUris', settings.post_logout_redirect_uris, pseudonyms),
    ...keys(settings, pseudonyms, text => warn(`App ${app.id}: ${text}`)),
    ...(appGrants && { scopes: (appGrants[app.id] ?? []).map(({ scopeId }) => scopeId) }),
    ...(assigned && kind !== 'service' && { assignedUsers: assigned.filter(login => login !== undefined) }),
  }
}

function authentication(
  kind: ClientKind,
  method: string | undefined,
  warn: (text: string) => void,
): Partial<ImportedApp> {
  if (kind === 'spa' || kind === 'native') {
    if (method !== undefined && method !== 'none') warn(`The emulated app has no client authentication, not ${method}.`)
    return {}
  }
  if (method === 'private_key_jwt') return { authentication: 'private_key_jwt' }
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') {
    warn(`The emulated app authenticates with a secret, not with ${method ?? 'an unknown method'}.`)
  }
  return { authentication: 'client_secret' }
}

function grants(
  kind: ClientKind,
  { grant_types: grantTypes, refresh_token: refreshToken }: OauthSettings,
  warn: (text: string) => void,
): Partial<ImportedApp> {
  if (!grantTypes) return {}
  const supported = grantTypes.filter(grantType => GRANT_TYPES[kind].includes(grantType))
  const dropped = grantTypes.filter(grantType => !supported.includes(grantType))
  if (dropped.length > 0) warn(`These grant types are dropped: ${dropped.join(', ')}.`)
  if (!supported.includes('refresh_token')) return { grantTypes: supported }
  const isRotating = refreshToken?.rotation_type === 'ROTATE'
  return { grantTypes: supported, refreshTokens: isRotating ? 'rotating' : 'persistent' }
}

function uris(
  name: 'redirectUris' | 'postLogoutRedirectUris',
  values: readonly string[] | null | undefined,
  pseudonyms: Pseudonyms,
): Partial<ImportedApp> {
  return values && values.length > 0 ? { [name]: values.map(uri => lowerCaseHost(pseudonyms.replaceInUrl(uri))) } : {}
}

function keys(
  { jwks, jwks_uri: jwksUri }: OauthSettings,
  pseudonyms: Pseudonyms,
  warn: (text: string) => void,
): Partial<ImportedApp> {
  if (jwksUri) {
    if (isJwksUri(jwksUri)) return { jwksUri: pseudonyms.replaceInUrl(jwksUri) }
    warn('The URL of its keys is dropped, because it does not use https and is not on this machine.')
    return {}
  }
  const active = (jwks?.keys ?? []).filter(key => key.status !== 'INACTIVE' && (key.kty === 'RSA' || key.kty === 'EC'))
  return active.length === 0 ? {} : { jwks: { keys: active.map(key => publicKey(key, pseudonyms)) } }
}

function publicKey(key: Readonly<Record<string, unknown>>, pseudonyms: Pseudonyms): JWK {
  const members = Object.entries(key).filter(
    ([name, value]) => PUBLIC_MEMBERS.includes(name) && typeof value === 'string',
  )
  const { kid, ...rest } = Object.fromEntries(members)
  return kid === undefined ? rest : { kid: pseudonyms.replaceInUrl(String(kid)), ...rest }
}

/** Made-up names have capital letters, which browsers convert in a host. */
function lowerCaseHost(uri: string): string {
  return uri.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i, origin => origin.toLowerCase())
}
