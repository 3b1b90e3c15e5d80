import { type ClientKey, parseClientKey } from './client-key.js'
import { optionsInvalid } from './errors.js'
import { type Endpoints, endpointsOf, parseTenant } from './tenant.js'
import type { Grant, Identity, LoginIdentity } from './token-record.js'

/** What every grant needs. */
export interface CommonOptions {
  /** `example.okta.com`, a custom domain, or a full `https://` URL. */
  readonly tenant: string
  /** The id of the app in Okta: Applications > your app > General > Client ID. */
  readonly clientId: string
  /** What the token is for. Default: `okta.users.manage`. The order does not matter. */
  readonly scopes?: readonly string[]
  /** The id of a custom authorization server. Default: the org's own, the only one with `okta.*` scopes. */
  readonly authorizationServer?: string
  /** Ends the waiting, with the error `cancelled`. */
  readonly signal?: AbortSignal
}

/** Headless: the client credentials grant of an API Services app (RFC 6749 §4.4, RFC 7523). */
export interface ClientCredentialsOptions {
  readonly grant?: 'client_credentials'
  /** The private key: a JWK as text or object, or PEM text. */
  readonly jsonWebKey: string | object
}

/** What {@link connect} takes. */
export type ConnectOptions = CommonOptions & ClientCredentialsOptions

/** What {@link resume} takes: whatever is left out may be anything. */
export interface ResumeOptions {
  readonly tenant?: string
  readonly clientId?: string
  readonly scopes?: readonly string[]
  readonly authorizationServer?: string
  /** The client key, for who wants to renew or revoke what was obtained with it. */
  readonly jsonWebKey?: string | object
  readonly signal?: AbortSignal
}

/** How the client proves who it is to the authorization server. */
export type ClientAuthentication =
  | { readonly method: 'private_key_jwt'; readonly key: ClientKey }
  /** The key that the login was made with is not at hand. */
  | { readonly method: 'unavailable' }

/** Options, checked: what the core works with. */
export interface Connection {
  readonly orgUrl: URL
  readonly endpoints: Endpoints
  readonly login: LoginIdentity
  readonly grant: Grant
  readonly authentication: ClientAuthentication
  readonly signal: AbortSignal | undefined
}

/** What a stored login is looked up by, checked. */
export interface Selection {
  readonly orgUrl?: URL
  readonly clientId?: string
  readonly scopes?: readonly string[]
  readonly authorizationServer?: string
  readonly key?: ClientKey
  readonly signal: AbortSignal | undefined
}

const defaultScopes = ['okta.users.manage']
// Asked for by every sign-in of a person, so they tell no login from another.
const signInScopes = new Set(['openid', 'profile', 'offline_access'])

/**
 * The only parser of {@link ConnectOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export function parseOptions(options: ConnectOptions): Connection {
  const orgUrl = parseTenant(options.tenant)
  const clientId = parseClientId(options.clientId)
  const scopes = parseScopes(options.scopes ?? defaultScopes)
  const authorizationServer = parseAuthorizationServer(options.authorizationServer)
  if (options.jsonWebKey === undefined || options.jsonWebKey === null) {
    throw optionsInvalid('The client key (jsonWebKey) is missing.', 'Give the private JWK of the API Services app.')
  }
  const key = parseClientKey(options.jsonWebKey)
  const identity: Identity = { type: 'app', keyThumbprint: key.thumbprint }
  return {
    orgUrl,
    endpoints: endpointsOf(orgUrl, authorizationServer),
    login: {
      orgUrl: orgUrl.origin,
      clientId,
      identity,
      scopes,
      ...(authorizationServer === undefined ? {} : { authorizationServer }),
    },
    grant: 'client_credentials',
    authentication: { method: 'private_key_jwt', key },
    signal: options.signal,
  }
}

/**
 * The only parser of {@link ResumeOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export function parseSelection(options: ResumeOptions): Selection {
  const { tenant, clientId, scopes, authorizationServer, jsonWebKey, signal } = options
  return {
    ...(tenant !== undefined && { orgUrl: parseTenant(tenant) }),
    ...(clientId !== undefined && { clientId: parseClientId(clientId) }),
    ...(scopes !== undefined && { scopes: parseScopes(scopes) }),
    ...(authorizationServer !== undefined && { authorizationServer: checkedServerId(authorizationServer) }),
    ...(jsonWebKey !== undefined && { key: parseClientKey(jsonWebKey) }),
    signal,
  }
}

function parseClientId(clientId: string): string {
  const text = typeof clientId === 'string' ? clientId.trim() : ''
  if (text === '') {
    throw optionsInvalid('The client id is missing.', 'Copy it from Applications > your app > General > Client ID.')
  }
  // VSCHAR of RFC 6749 appendix A.1, without the space.
  if (!/^[\x21-\x7e]{1,255}$/.test(text)) {
    throw optionsInvalid('The client id holds characters that no client id has.', 'Copy it again, without spaces.')
  }
  return text
}

function parseScopes(scopes: readonly string[]): readonly string[] {
  if (!Array.isArray(scopes)) throw optionsInvalid('The scopes are not a list.', "Give a list: ['okta.users.read'].")
  const wanted = new Set<string>()
  for (const scope of scopes) {
    // scope-token of RFC 6749 appendix A.4. One text with several scopes is a likely slip, and harmless to accept.
    for (const one of String(scope)
      .split(/[\s,]+/)
      .filter(Boolean)) {
      if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(one)) {
        throw optionsInvalid(`The scope ${JSON.stringify(one)} is not possible.`, 'Scopes look like okta.users.read.')
      }
      if (!signInScopes.has(one)) wanted.add(one)
    }
  }
  if (wanted.size === 0) throw optionsInvalid('No scope is given.', 'Name at least one, such as okta.users.read.')
  return [...wanted].sort()
}

function parseAuthorizationServer(id: string | undefined): string | undefined {
  return id === undefined ? undefined : checkedServerId(id)
}

function checkedServerId(id: string): string {
  if (typeof id === 'string' && /^[A-Za-z0-9_-]{1,100}$/.test(id)) return id
  throw optionsInvalid(
    'The authorization server is not an id.',
    'Give its id, such as default or aus1a2b3c4: Security > API > Authorization Servers.',
  )
}
