import type { ClientConfig, ClientKind } from '../../config/options.js'
import { GRANT_TYPES } from '../../config/options.js'
import { validationError } from '../../http/validation-error.js'
import { isJwksUri } from '../../keys/jwks-uri.js'
import type { OtherSettings } from '../../org/apps/app.js'
import { objectMember } from '../users/profile-input.js'

type Json = Readonly<Record<string, unknown>>

const KINDS: Readonly<Record<string, ClientKind>> = { browser: 'spa', native: 'native', web: 'web', service: 'service' }
const SECRET_METHODS = ['client_secret_basic', 'client_secret_post']
/** The settings of an OIDC app that the emulator implements. It stores all others. */
const IMPLEMENTED = [
  ...['redirect_uris', 'post_logout_redirect_uris', 'response_types', 'grant_types', 'application_type'],
  ...['jwks', 'jwks_uri', 'refresh_token', 'dpop_bound_access_tokens'],
]

/** An app in a request, as a configuration, and the settings that have no effect in the emulator. */
export interface AppInput {
  readonly config: ClientConfig
  readonly otherSettings: OtherSettings
}

/**
 * Reads an OIDC app. The messages are inferred, except for that of the label.
 *
 * @throws {ApiError} for another kind of app, and for invalid settings
 */
export function readApp(body: Json): AppInput {
  const { name, signOnMode, label } = body
  if (typeof label !== 'string' || label.trim() === '') throw validationError('label', 'label: Label must be specified')
  if (name !== 'oidc_client' || signOnMode !== 'OPENID_CONNECT') {
    throw validationError(
      'name',
      "The emulator supports only OIDC apps: name 'oidc_client' and signOnMode 'OPENID_CONNECT'.",
    )
  }
  const settings = objectMember(body, 'settings') ?? {}
  const client = objectMember(settings, 'oauthClient') ?? {}
  const credentials = objectMember(objectMember(body, 'credentials') ?? {}, 'oauthClient') ?? {}
  const kind = KINDS[String(client.application_type)]
  if (kind === undefined) {
    throw validationError('application_type', 'application_type: The value must be web, native, browser or service.')
  }
  return {
    config: {
      kind,
      label,
      ...authentication(kind, credentials, client),
      ...grants(kind, client),
      ...uris(kind, client),
      ...keys(client),
      ...(client.dpop_bound_access_tokens === true && { dpop: true }),
      scopes: [],
      adminRole: false,
      assignedUsers: [],
    },
    otherSettings: {
      ...(objectMember(body, 'accessibility') && { accessibility: objectMember(body, 'accessibility') as object }),
      ...(objectMember(body, 'visibility') && { visibility: objectMember(body, 'visibility') as object }),
      ...(objectMember(settings, 'notes') && { notes: objectMember(settings, 'notes') as object }),
      oauthClient: Object.fromEntries(Object.entries(client).filter(([setting]) => !IMPLEMENTED.includes(setting))),
    },
  }
}

function authentication(kind: ClientKind, credentials: Json, client: Json): Partial<ClientConfig> {
  const isPublic = kind === 'spa' || kind === 'native'
  const fallback = isPublic ? 'none' : 'client_secret_basic'
  const method = String(credentials.token_endpoint_auth_method ?? fallback)
  const secret = typeof credentials.client_secret === 'string' ? { clientSecret: credentials.client_secret } : {}
  if (isPublic !== (method === 'none')) {
    throw validationError('token_endpoint_auth_method', `The emulator does not support ${method} for this kind of app.`)
  }
  if (isPublic) return {}
  if (SECRET_METHODS.includes(method)) return { authentication: 'client_secret', ...secret }
  if (method !== 'private_key_jwt') {
    throw validationError('token_endpoint_auth_method', `The emulator does not support ${method}.`)
  }
  if (client.jwks === undefined && client.jwks_uri === undefined) {
    throw validationError('jwks', "'jwks' or 'jwks_uri' is required for private_key_jwt.")
  }
  return { authentication: 'private_key_jwt' }
}

function grants(kind: ClientKind, client: Json): Partial<ClientConfig> {
  const grantTypes = strings('grant_types', client.grant_types)
  const unsupported = grantTypes?.find(grantType => !GRANT_TYPES[kind].includes(grantType))
  if (unsupported !== undefined) {
    throw validationError('grant_types', `The emulator does not support ${unsupported} for this kind of app.`)
  }
  const rotation = objectMember(client, 'refresh_token')?.rotation_type
  return {
    ...(grantTypes && { grantTypes }),
    ...(rotation === 'ROTATE' && { refreshTokens: 'rotating' }),
    ...(rotation === 'STATIC' && { refreshTokens: 'persistent' }),
  }
}

function uris(kind: ClientKind, client: Json): Partial<ClientConfig> {
  const redirectUris = strings('redirect_uris', client.redirect_uris) ?? []
  const postLogoutRedirectUris = strings('post_logout_redirect_uris', client.post_logout_redirect_uris) ?? []
  for (const uri of [...redirectUris, ...postLogoutRedirectUris]) {
    if (!URL.canParse(uri)) throw validationError('redirect_uris', `redirect_uris: '${uri}' is not a valid URI.`)
  }
  if (kind !== 'service' && redirectUris.length === 0) {
    throw validationError('redirect_uris', "'redirect_uris' is required for this kind of app.")
  }
  return { redirectUris, postLogoutRedirectUris }
}

function keys(client: Json): Partial<ClientConfig> {
  const { jwks_uri: jwksUri } = client
  if (typeof jwksUri === 'string') {
    if (!isJwksUri(jwksUri)) throw validationError('jwks_uri', "'jwks_uri' must be an HTTPS URL.")
    return { jwksUri }
  }
  const list = objectMember(client, 'jwks')?.keys
  if (list === undefined) return {}
  if (!Array.isArray(list)) throw validationError('jwks', "'jwks' must have 'keys'.")
  return {
    jwks: {
      keys: list.map(key => {
        const { id: _id, status: _status, created: _created, lastUpdated: _lastUpdated, ...jwk } = Object(key)
        return Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== null)) as { kty: string }
      }),
    },
  }
}

function strings(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every(one => typeof one === 'string')) return value
  throw validationError(name, `'${name}' must be a list of texts.`)
}
