import { type OktaConnectError, optionsInvalid } from '../errors.js'
import { ServerClock } from '../http/server-clock.js'
import { quoted } from '../safe-text.js'
import type { Identity } from '../stores/token-record.js'
import { parseBroker, parseConnectionName } from './broker.js'
import { checkOptions } from './check-options.js'
import type { ApiTokenOptions, AuthorizationCodeOptions, OAuthOptions, ResumeOptions } from './connect-options.js'
import type { AuthorizationCodeGrant, Credential, DeviceCodeGrant, ParsedOptions, Selection } from './connection.js'
import { defaultScopes } from './default-scopes.js'
import {
  defaultRedirectUri,
  parseAccept,
  parseApiToken,
  parseAuthorizationServer,
  parseClientId,
  parseDpop,
  parseLoginHint,
  parseRedirectUri,
  parseRequestTimeout,
  parseScopes,
  parseSignal,
  parseTimeout,
} from './option-values.js'
import { parseCredential } from './parse-credential.js'
import { endpointsOf, parseTenant } from './tenant.js'

/** The options of all OAuth grants: which ones apply depends on the grant. */
interface AnyOAuthOptions extends Omit<AuthorizationCodeOptions, 'grant'> {
  readonly grant?: OAuthOptions['grant']
}

const defaultLoginTimeoutMs = 5 * 60_000

/**
 * Validates {@link OAuthOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function parseOptions(options: AnyOAuthOptions): Promise<ParsedOptions> {
  if (typeof options !== 'object' || options === null) {
    throw optionsInvalid('The options are missing.', 'Pass an object with tenant and clientId.')
  }
  const orgUrl = parseTenant(options.tenant)
  const authorizationServer =
    options.authorizationServer === undefined
      ? undefined
      : parseAuthorizationServer(options.authorizationServer, orgUrl)
  const { identity, grantRequest, authentication } = await parseGrant(options)
  const connection = {
    orgUrl,
    broker: undefined,
    endpoints: endpointsOf(orgUrl, authorizationServer),
    login: {
      orgUrl: orgUrl.origin,
      clientId: parseClientId(options.clientId),
      identity,
      scopes: parseScopes(options.scopes ?? defaultScopes, identity.type === 'user'),
      ...(authorizationServer !== undefined && { authorizationServer }),
    },
    grant: grantRequest.type,
    grantRequest,
    authentication,
    accept: parseAccept(options.accept),
    dpop: parseDpop(options.dpop),
    requestTimeoutMs: parseRequestTimeout(options.requestTimeoutMs),
    clock: new ServerClock(),
  }
  return { connection, forceLogin: options.forceLogin === true, signal: parseSignal(options.signal) }
}

async function parseGrant(options: AnyOAuthOptions) {
  const { thumbprint, authentication } = await parseCredential(options)
  const grant = options.grant ?? (authentication.method === 'none' ? 'authorization_code' : 'client_credentials')
  switch (grant) {
    case 'client_credentials': {
      if (authentication.method === 'none') {
        throw optionsInvalid('The client key is missing.', 'Use the private key of the API Services app, a JWK or PEM.')
      }
      if (thumbprint === undefined && options.authorizationServer === undefined) throw secretNotAccepted()
      const identity: Identity = { type: 'app', ...(thumbprint !== undefined && { keyThumbprint: thumbprint }) }
      return { identity, authentication, grantRequest: { type: grant } as const }
    }
    case 'authorization_code':
    case 'device_code': {
      const loginHint = parseLoginHint(options.loginHint)
      const identity: Identity = { type: 'user', ...(loginHint !== undefined && { loginHint }) }
      const grantRequest =
        grant === 'device_code' ? parseDeviceCode(options) : parseAuthorizationCode(options, loginHint)
      return { identity, authentication, grantRequest }
    }
    default:
      throw unknownGrant(grant)
  }
}

function secretNotAccepted(): OktaConnectError {
  return optionsInvalid(
    'For client credentials, the org authorization server accepts only a private key, not a client secret.',
    'Use the private key of an API Services app, or the ID of a custom authorization server.',
  )
}

function parseDeviceCode({ offlineAccess = true, timeoutMs }: AnyOAuthOptions): DeviceCodeGrant {
  return {
    type: 'device_code',
    offlineAccess,
    timeoutMs: timeoutMs === undefined ? undefined : parseTimeout(timeoutMs),
  }
}

function parseAuthorizationCode(options: AnyOAuthOptions, loginHint: string | undefined): AuthorizationCodeGrant {
  const { redirectUri = defaultRedirectUri, manual = false, offlineAccess = true } = options
  const redirectUris = [redirectUri].flat().map(uri => parseRedirectUri(uri, manual))
  if (redirectUris.length === 0) throw optionsInvalid('The redirect URI is missing.', `Use ${defaultRedirectUri}.`)
  return {
    type: 'authorization_code',
    redirectUris,
    isManual: manual,
    loginHint,
    offlineAccess,
    timeoutMs: parseTimeout(options.timeoutMs ?? defaultLoginTimeoutMs),
  }
}

/**
 * Validates {@link ApiTokenOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function parseApiTokenOptions(options: ApiTokenOptions) {
  return {
    orgUrl: parseTenant(options.tenant),
    apiToken: parseApiToken(options.apiToken),
    requestTimeoutMs: parseRequestTimeout(options.requestTimeoutMs),
    signal: parseSignal(options.signal),
  }
}

/**
 * Validates {@link ResumeOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function parseSelection(options: ResumeOptions): Promise<Selection> {
  checkOptions(options)
  const { recordKey, tenant, broker, connection, clientId, scopes, authorizationServer, loginHint, grant, dpop } =
    options
  const credential = await parseCredential(options)
  const accept = parseAccept(options.accept)
  const hint = parseLoginHint(loginHint)
  const orgUrl = tenant === undefined ? undefined : parseTenant(tenant)
  const isOneClient = (tenant ?? broker) !== undefined && clientId !== undefined
  return {
    ...(recordKey !== undefined && { recordKey }),
    ...(orgUrl !== undefined && { orgUrl }),
    ...(broker !== undefined ? { broker: parseBroker(broker).origin } : isOneClient && { broker: null }),
    ...(connection !== undefined && { connection: parseConnectionName(connection) }),
    ...(clientId !== undefined && { clientId: parseClientId(clientId) }),
    ...(scopes !== undefined && { scopes: parseScopes(scopes, true) }),
    ...(authorizationServer !== undefined
      ? { authorizationServer: parseAuthorizationServer(authorizationServer, orgUrl) ?? null }
      : isOneClient && { authorizationServer: null }),
    ...(hint !== undefined && { loginHint: hint }),
    ...(grant !== undefined && { identity: identityTypeOf(grant) }),
    ...(isUsable(credential, isOneClient) && { credential }),
    ...(accept !== undefined && { accept }),
    dpop: parseDpop(dpop),
    requestTimeoutMs: parseRequestTimeout(options.requestTimeoutMs),
  }
}

// A secret is sent: only to a server that the options name.
function isUsable({ authentication: { method } }: Credential, isOneClient: boolean): boolean {
  return method !== 'none' && (method !== 'client_secret_post' || isOneClient)
}

function identityTypeOf(grant: string): Identity['type'] | 'none' {
  if (grant === 'api_token' || grant === 'access_token') return 'none'
  if (grant === 'client_credentials') return 'app'
  if (grant === 'authorization_code' || grant === 'device_code') return 'user'
  throw unknownGrant(grant)
}

function unknownGrant(grant: unknown): OktaConnectError {
  return optionsInvalid(
    `There is no grant named ${quoted(grant)}.`,
    'Use authorization_code, device_code, client_credentials or api_token, or omit it.',
  )
}
