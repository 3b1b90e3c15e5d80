import { type ClientKeySource, parseClientKey } from './client-key.js'
import type { Attempt, AuthorizationCodeGrant, ClientAuthentication, Selection } from './connection.js'
import type { DpopMode } from './dpop.js'
import { optionsInvalid } from './errors.js'
import { ServerClock } from './server-clock.js'
import { endpointsOf, isLoopback, parseTenant } from './tenant.js'
import type { Identity } from './token-record.js'

/** What every grant takes. A client key is for service apps, and for web apps that have one. */
export interface CommonOptions extends ClientKeySource {
  /** `example.okta.com`, a custom domain, or a full `https://` URL. */
  readonly tenant: string
  /** The id of the app in Okta: Applications > your app > General > Client ID. */
  readonly clientId: string
  /** What the token is for. Default: `okta.users.manage`. The order does not matter. */
  readonly scopes?: readonly string[]
  /** The id of a custom authorization server. Default: the org's own, the only one with `okta.*` scopes. */
  readonly authorizationServer?: string
  /** Whether tokens are bound to a key (RFC 9449). Default: `auto`, as the app demands. */
  readonly dpop?: DpopMode
  /**
   * Logs in anew even if a good token is stored; a person is asked for the password even if the browser knows them.
   * Default: false.
   */
  readonly forceLogin?: boolean
  /** How long an answer of the authorization server may take, in milliseconds. Default: ten seconds. */
  readonly requestTimeoutMs?: number
  /** Ends the connecting, with the error `cancelled`. A session that is connected goes on. */
  readonly signal?: AbortSignal
}

/** Interactive: a person signs in, in the browser (RFC 6749 §4.1 with PKCE, RFC 8252). */
export interface AuthorizationCodeOptions {
  readonly grant?: 'authorization_code'
  /**
   * Where Okta sends the browser back to, exactly as registered with the app, port included. Default:
   * `http://localhost:8080/login/callback`, what Okta suggests for a new app.
   */
  readonly redirectUri?: string
  /** The user name to fill in. It also tells one person's login from another's. */
  readonly loginHint?: string
  /** Whether to ask for a refresh token. Default: true. */
  readonly offlineAccess?: boolean
  /** How long to wait for the person, in milliseconds. Default: five minutes. */
  readonly timeoutMs?: number
}

/** Headless: the client credentials grant of an API Services app (RFC 6749 §4.4, RFC 7523). */
export interface ClientCredentialsOptions {
  readonly grant?: 'client_credentials'
}

/** What {@link connect} takes. */
export type ConnectOptions = CommonOptions & (AuthorizationCodeOptions | ClientCredentialsOptions)

/**
 * What {@link resume} takes: whatever is left out may be anything. The client key is for who wants to renew or revoke what
 * was obtained with it.
 */
export interface ResumeOptions extends ClientKeySource {
  /** One login, as {@link listLogins} names it. */
  readonly recordKey?: string
  readonly tenant?: string
  readonly clientId?: string
  readonly scopes?: readonly string[]
  readonly authorizationServer?: string
  readonly dpop?: DpopMode
  readonly requestTimeoutMs?: number
}

const defaultScopes = ['okta.users.manage']
const defaultRedirectUri = 'http://localhost:8080/login/callback'
const defaultLoginTimeoutMs = 5 * 60_000
const defaultRequestTimeoutMs = 10_000
const longestTimeoutMs = 60 * 60_000
// What a person signs in with, not what a token is for: asked for where it is needed, so it tells no login from another.
const signInScopes = new Set(['openid', 'profile', 'offline_access'])

/**
 * The only parser of {@link ConnectOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function parseOptions(options: ConnectOptions): Promise<Attempt> {
  if (typeof options !== 'object' || options === null) {
    throw optionsInvalid('The options are missing.', 'Give an object with tenant and clientId.')
  }
  const orgUrl = parseTenant(options.tenant)
  const authorizationServer = parseAuthorizationServer(options.authorizationServer)
  const { identity, runnable, authentication } = await parseGrant(options)
  return {
    orgUrl,
    endpoints: endpointsOf(orgUrl, authorizationServer),
    login: {
      orgUrl: orgUrl.origin,
      clientId: parseClientId(options.clientId),
      identity,
      scopes: parseScopes(options.scopes ?? defaultScopes),
      ...(authorizationServer !== undefined && { authorizationServer }),
    },
    grant: runnable.type,
    runnable,
    authentication,
    dpop: parseDpop(options.dpop),
    requestTimeoutMs: parseTimeout(options.requestTimeoutMs ?? defaultRequestTimeoutMs),
    clock: new ServerClock(),
    forceLogin: options.forceLogin === true,
    signal: parseSignal(options.signal),
  }
}

async function parseGrant(options: ConnectOptions) {
  const key = await parseClientKey(options)
  const grant = options.grant ?? (key === undefined ? 'authorization_code' : 'client_credentials')
  switch (grant) {
    case 'client_credentials': {
      if (key === undefined) {
        throw optionsInvalid('The client key (jsonWebKey) is missing.', 'Give the private JWK of the API Services app.')
      }
      const identity: Identity = { type: 'app', keyThumbprint: key.thumbprint }
      const authentication: ClientAuthentication = { method: 'private_key_jwt', key }
      return { identity, authentication, runnable: { type: grant } as const }
    }
    case 'authorization_code': {
      const runnable = parseAuthorizationCode(options as CommonOptions & AuthorizationCodeOptions)
      const { loginHint } = runnable
      const identity: Identity = { type: 'user', ...(loginHint !== undefined && { loginHint }) }
      const authentication: ClientAuthentication =
        key === undefined ? { method: 'none' } : { method: 'private_key_jwt', key }
      return { identity, authentication, runnable }
    }
    default:
      throw optionsInvalid(
        `There is no grant named ${JSON.stringify(grant)}.`,
        'Use authorization_code or client_credentials, or leave it out.',
      )
  }
}

function parseAuthorizationCode(options: CommonOptions & AuthorizationCodeOptions): AuthorizationCodeGrant {
  const { redirectUri = defaultRedirectUri, loginHint, offlineAccess = true, scopes = [] } = options
  if (!isLoopbackAddress(redirectUri)) {
    throw optionsInvalid(
      `The redirect URI ${JSON.stringify(redirectUri)} does not lead to this program.`,
      `Register and name one on this machine, such as ${defaultRedirectUri}.`,
    )
  }
  return {
    type: 'authorization_code',
    redirectUri,
    loginHint: loginHint?.trim() || undefined,
    wantsProfile: split(scopes).includes('profile'),
    offlineAccess,
    timeoutMs: parseTimeout(options.timeoutMs ?? defaultLoginTimeoutMs),
  }
}

function isLoopbackAddress(redirectUri: string): boolean {
  // Sent to Okta as it is, and compared there character by character: nothing is trimmed.
  if (!URL.canParse(redirectUri) || /\s/.test(redirectUri)) return false
  const url = new URL(redirectUri)
  return url.protocol === 'http:' && isLoopback(url) && url.hash === '' && url.port !== '0'
}

function parseTimeout(timeoutMs: number): number {
  if (timeoutMs > 0 && timeoutMs <= longestTimeoutMs) return Math.ceil(timeoutMs)
  throw optionsInvalid(`A time to wait of ${timeoutMs} ms is not possible.`, 'Give milliseconds, an hour at most.')
}

function parseSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal
  throw optionsInvalid('The signal is not an AbortSignal.', 'Give the signal of an AbortController: controller.signal.')
}

function parseDpop(dpop: DpopMode = 'auto'): DpopMode {
  if (['auto', 'always', 'never'].includes(dpop)) return dpop
  throw optionsInvalid(`There is no DPoP mode named ${JSON.stringify(dpop)}.`, 'Use auto, always or never.')
}

/**
 * The only parser of {@link ResumeOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function parseSelection(options: ResumeOptions): Promise<Selection> {
  const { recordKey, tenant, clientId, scopes, authorizationServer, dpop } = options
  const key = await parseClientKey(options)
  return {
    ...(recordKey !== undefined && { recordKey }),
    ...(tenant !== undefined && { orgUrl: parseTenant(tenant) }),
    ...(clientId !== undefined && { clientId: parseClientId(clientId) }),
    ...(scopes !== undefined && { scopes: parseScopes(scopes) }),
    ...(authorizationServer !== undefined && { authorizationServer: checkedServerId(authorizationServer) }),
    ...(key !== undefined && { key }),
    dpop: parseDpop(dpop),
    requestTimeoutMs: parseTimeout(options.requestTimeoutMs ?? defaultRequestTimeoutMs),
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
  const wanted = split(scopes).filter(scope => !signInScopes.has(scope))
  if (wanted.length > 0) return wanted
  throw optionsInvalid('No scope is given.', 'Name at least one for the API, such as okta.users.read.')
}

// Sorted, each once. One text with several scopes is a likely slip, and harmless to accept.
function split(scopes: readonly string[]): readonly string[] {
  if (!Array.isArray(scopes)) throw optionsInvalid('The scopes are not a list.', "Give a list: ['okta.users.read'].")
  const named = scopes.flatMap(scope => String(scope).split(/[\s,]+/)).filter(scope => scope !== '')
  // scope-token of RFC 6749 appendix A.4.
  const impossible = named.find(scope => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
  if (impossible === undefined) return [...new Set(named)].sort()
  throw optionsInvalid(`The scope ${JSON.stringify(impossible)} is not possible.`, 'Scopes look like okta.users.read.')
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
