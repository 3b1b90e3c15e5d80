import { parseClientKey } from './client-key.js'
import type { AuthorizationCodeOptions, CommonOptions, ConnectOptions, ResumeOptions } from './connect-options.js'
import type { Attempt, AuthorizationCodeGrant, ClientAuthentication, RunnableGrant, Selection } from './connection.js'
import type { DpopMode } from './dpop.js'
import { optionsInvalid } from './errors.js'
import { ServerClock } from './server-clock.js'
import { endpointsOf, isLoopback, parseTenant } from './tenant.js'
import type { Identity } from './token-record.js'

type Interactive = Extract<RunnableGrant, { type: 'authorization_code' | 'device_code' }>

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
    case 'authorization_code':
    case 'device_code': {
      const user = options as CommonOptions & AuthorizationCodeOptions
      const loginHint = user.loginHint?.trim()
      const identity: Identity = { type: 'user', ...(loginHint && { loginHint }) }
      const authentication: ClientAuthentication =
        key === undefined ? { method: 'none' } : { method: 'private_key_jwt', key }
      const runnable: Interactive =
        grant === 'device_code'
          ? { type: grant, offlineAccess: user.offlineAccess ?? true }
          : parseAuthorizationCode(user, loginHint || undefined)
      return { identity, authentication, runnable }
    }
    default:
      throw optionsInvalid(
        `There is no grant named ${JSON.stringify(grant)}.`,
        'Use authorization_code, device_code or client_credentials, or leave it out.',
      )
  }
}

function parseAuthorizationCode(
  options: CommonOptions & AuthorizationCodeOptions,
  loginHint: string | undefined,
): AuthorizationCodeGrant {
  const { redirectUri = defaultRedirectUri, offlineAccess = true, scopes = [] } = options
  if (!isLoopbackAddress(redirectUri)) {
    throw optionsInvalid(
      `The redirect URI ${JSON.stringify(redirectUri)} does not lead to this program.`,
      `Register and name one on this machine, such as ${defaultRedirectUri}.`,
    )
  }
  return {
    type: 'authorization_code',
    redirectUri,
    loginHint,
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
