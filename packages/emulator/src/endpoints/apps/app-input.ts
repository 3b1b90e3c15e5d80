import { GRANT_TYPES } from '../../config/defaults.js'
import type { ClientConfig, ClientKind } from '../../config/options.js'
import { checkMembers, type Members, malformed } from '../../http/body/check-members.js'
import { validationError } from '../../http/errors/validation-error.js'
import { isJwksUri } from '../../keys/jwks-uri.js'
import type { AppRegistration, OtherSettings } from '../../org/apps/app.js'
import { problemOfRedirectUris } from '../../org/apps/redirect-uris.js'
import { MAX_SAVED_KEYS } from '../../org/apps/saved-keys.js'
import { objectMember } from '../users/profile-input.js'
import { checkSecret } from './credentials/check-secret.js'
import { checkKids, keyError, publicJwk } from './credentials/new-key.js'

type Json = Readonly<Record<string, unknown>>

const KINDS: Readonly<Record<string, ClientKind>> = { browser: 'spa', native: 'native', web: 'web', service: 'service' }
const SECRET_METHODS = ['client_secret_basic', 'client_secret_post']
const MAX_LABEL = 100

const APP: Members = {
  name: ['oidc_client'],
  label: 'string',
  signOnMode: ['OPENID_CONNECT'],
  accessibility: 'object',
  visibility: 'object',
  credentials: 'object',
  settings: 'object',
  profile: [{}],
}
const SETTINGS: Members = {
  app: [{}],
  notifications: 'object',
  notes: 'object',
  emOptInStatus: 'string',
  oauthClient: 'object',
  manualProvisioning: [false],
  implicitAssignment: [false],
}
const CREDENTIALS: Members = {
  client_id: 'string',
  client_secret: 'string',
  token_endpoint_auth_method: 'string',
  pkce_required: 'boolean',
  autoKeyRotation: [true],
}
/** Settings that the emulator stores and does not use. */
const STORED = [
  'client_uri',
  'logo_uri',
  'tos_uri',
  'policy_uri',
  'initiate_login_uri',
  'issuer_mode',
  'idp_initiated_login',
]
const CLIENT: Members = {
  application_type: 'string',
  redirect_uris: 'strings',
  post_logout_redirect_uris: 'strings',
  response_types: 'strings',
  grant_types: 'strings',
  jwks: 'object',
  jwks_uri: 'string',
  refresh_token: 'object',
  dpop_bound_access_tokens: 'boolean',
  consent_method: ['TRUSTED'],
  wildcard_redirect: ['DISABLED'],
  participate_slo: [false],
  network: [{ connection: 'ANYWHERE' }],
  ...Object.fromEntries(STORED.map(name => [name, 'any'] as const)),
}

/** An app in a request, as a configuration, and the settings that have no effect in the emulator. */
export interface AppInput {
  readonly config: ClientConfig
  readonly otherSettings: OtherSettings
  /** Whether `/authorize` requires PKCE. */
  readonly pkceRequired: boolean
}

/**
 * Reads an OIDC app. The messages are inferred, except for that of the label.
 *
 * @throws {ApiError} for another kind of app, and for invalid settings
 */
export function readApp(body: Json, current?: AppRegistration): AppInput {
  const { label } = body
  if (typeof label !== 'string' || label.trim() === '') throw validationError('label', 'label: Label must be specified')
  if (label.length > MAX_LABEL) throw validationError('label', `label: The field is too long (more than ${MAX_LABEL})`)
  checkMembers({ name: undefined, signOnMode: undefined, ...body }, APP)
  const settings = objectMember(body, 'settings') ?? {}
  checkMembers(settings, SETTINGS, 'settings.')
  const client = objectMember(settings, 'oauthClient') ?? {}
  checkMembers(client, CLIENT, 'settings.oauthClient.')
  const allCredentials = objectMember(body, 'credentials') ?? {}
  checkMembers(allCredentials, { oauthClient: 'object', userNameTemplate: 'object', signing: 'any' }, 'credentials.')
  const credentials = objectMember(allCredentials, 'oauthClient') ?? {}
  checkMembers(credentials, CREDENTIALS, 'credentials.oauthClient.')
  const { client_id: clientId } = credentials
  if (clientId !== undefined && clientId !== null && clientId !== current?.clientId) {
    throw validationError('client_id', 'client_id: The emulator generates the client ID.')
  }
  const kind = KINDS[String(client.application_type)]
  if (kind === undefined) {
    throw validationError('application_type', 'application_type: The value must be web, native, browser or service.')
  }
  const member = (from: Json, name: string) => {
    const value = objectMember(from, name)
    return value && { [name]: value }
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
    pkceRequired: pkce(kind, credentials),
    otherSettings: {
      ...(SECRET_METHODS.includes(String(credentials.token_endpoint_auth_method)) && {
        secretMethod: String(credentials.token_endpoint_auth_method),
      }),
      ...(Array.isArray(client.response_types) && { responseTypes: client.response_types }),
      ...member(body, 'accessibility'),
      ...member(body, 'visibility'),
      ...member(settings, 'notes'),
      ...member(settings, 'notifications'),
      ...member(allCredentials, 'userNameTemplate'),
      oauthClient: Object.fromEntries(Object.entries(client).filter(([name]) => STORED.includes(name))),
    },
  }
}

function pkce(kind: ClientKind, { pkce_required: isRequired }: Json): boolean {
  const isPublic = kind === 'spa' || kind === 'native'
  if (isPublic && isRequired === false) {
    throw validationError('pkce_required', 'pkce_required: The emulator requires PKCE of public apps.')
  }
  return isPublic || isRequired === true
}

function authentication(kind: ClientKind, credentials: Json, client: Json): Partial<ClientConfig> {
  const isPublic = kind === 'spa'
  const fallback = isPublic || kind === 'native' ? 'none' : 'client_secret_basic'
  const method = String(credentials.token_endpoint_auth_method ?? fallback)
  const { client_secret: given } = credentials
  const secret = typeof given === 'string' ? { clientSecret: checkSecret(given) } : {}
  const isAllowed = kind === 'native' ? method !== 'private_key_jwt' : isPublic === (method === 'none')
  if (!isAllowed) {
    throw validationError('token_endpoint_auth_method', `The emulator does not support ${method} for this kind of app.`)
  }
  if (typeof given === 'string' && !SECRET_METHODS.includes(method)) {
    throw validationError(
      'client_secret',
      `'client_secret' can't be used when 'token_endpoint_auth_method' is '${method}'.`,
    )
  }
  if (method === 'none') return {}
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
  if (grantTypes?.length === 0) throw validationError('grant_types', "'grant_types' must have a value.")
  checkResponseTypes(kind, grantTypes ?? [], strings('response_types', client.response_types))
  const refreshToken = objectMember(client, 'refresh_token') ?? {}
  checkMembers(refreshToken, { rotation_type: 'string', leeway: 'any' }, 'refresh_token.')
  const rotation = refreshToken.rotation_type
  if (rotation !== undefined && rotation !== 'ROTATE' && rotation !== 'STATIC') {
    throw validationError('rotation_type', 'rotation_type: The value must be ROTATE or STATIC.')
  }
  return {
    ...(grantTypes && { grantTypes }),
    ...(rotation === 'ROTATE' && { refreshTokens: 'rotating' }),
    ...(rotation === 'STATIC' && { refreshTokens: 'persistent' }),
  }
}

/** `token` and `id_token` belong to the implicit grant, which the emulator stores and does not support. */
function checkResponseTypes(kind: ClientKind, grantTypes: readonly string[], given?: readonly string[]): void {
  if (given === undefined) return
  const implicit = grantTypes.includes('implicit') ? ['token', 'id_token'] : []
  const allowed = kind === 'service' ? ['token'] : ['code', ...implicit]
  const unknown = given.find(type => !allowed.includes(type))
  if (given.length > 0 && unknown === undefined) return
  throw validationError('response_types', `response_types: The values for these grant types are ${allowed.join(', ')}.`)
}

function uris(kind: ClientKind, client: Json): Partial<ClientConfig> {
  const redirectUris = strings('redirect_uris', client.redirect_uris) ?? []
  const postLogoutRedirectUris = strings('post_logout_redirect_uris', client.post_logout_redirect_uris) ?? []
  const problem = problemOfRedirectUris(redirectUris) ?? problemOfRedirectUris(postLogoutRedirectUris)
  if (problem !== undefined) throw validationError('redirect_uris', `redirect_uris: ${problem}`)
  if (new Set(redirectUris).size < redirectUris.length) {
    throw validationError('redirect_uris', 'redirect_uris: A URI is specified more than once.')
  }
  if (kind !== 'service' && redirectUris.length === 0) {
    throw validationError('redirect_uris', "'redirect_uris' is required for this kind of app.")
  }
  return { redirectUris, postLogoutRedirectUris }
}

function keys(client: Json): Partial<ClientConfig> {
  const { jwks_uri: jwksUri } = client
  const jwks = objectMember(client, 'jwks')
  if (typeof jwksUri === 'string') {
    if (jwks !== undefined) throw validationError('jwks', "Only one of 'jwks' and 'jwks_uri' can be set.")
    if (!isJwksUri(jwksUri)) throw validationError('jwks_uri', "'jwks_uri' must be an HTTPS URL.")
    return { jwksUri }
  }
  if (jwks === undefined) return {}
  const list = jwks.keys
  if (!Array.isArray(list) || list.length === 0) throw validationError('jwks', "'jwks' must have at least one key.")
  if (list.length > MAX_SAVED_KEYS) {
    throw keyError(`You have reached the maximum number of keys allowed (${MAX_SAVED_KEYS}).`)
  }
  const publicKeys = list.map(key => {
    if (typeof key !== 'object' || key === null) throw malformed('jwks.keys')
    return publicJwk(key)
  })
  checkKids(publicKeys.map(({ kid }) => kid))
  return { jwks: { keys: publicKeys } }
}

function strings(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every(one => typeof one === 'string')) return value
  throw validationError(name, `'${name}' must be a list of strings.`)
}
