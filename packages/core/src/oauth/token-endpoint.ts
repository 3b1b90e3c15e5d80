import * as oauth from 'oauth4webapi'
import type { Attempt } from '../config/connection.js'
import { isLoopback, requiredEndpoint } from '../config/tenant.js'
import type { Deps } from '../deps.js'
import { assertNever, isOktaConnectError, OktaConnectError } from '../errors.js'
import { boundedFetch } from '../http/bounded-fetch.js'
import { type Patience, patiently } from '../http/retry-policy.js'
import type { DpopKey } from '../keys/dpop-key.js'
import { printable } from '../safe-text.js'
import { type Account, accountOf } from '../stores/account.js'
import type { DpopMemory } from '../stores/token-record.js'
import { signClientAssertion } from './client-assertion.js'
import type { DpopNegotiation } from './dpop-negotiation.js'
import { oauthError, unreadableAnswer } from './oauth-error.js'

/** What a grant puts into the request for a token, and how it reads the answer. */
export interface TokenExchange {
  send(
    server: oauth.AuthorizationServer,
    client: oauth.Client,
    authentication: oauth.ClientAuth,
    options: oauth.TokenEndpointRequestOptions,
  ): Promise<Response>
  read(
    server: oauth.AuthorizationServer,
    client: oauth.Client,
    response: Response,
  ): Promise<oauth.TokenEndpointResponse>
  /** What the grant allows where the server is busy or at fault. */
  readonly patience: Patience
}

/** A token as the authorization server gave it (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  readonly lifetimeMs: number
  readonly refreshToken: string | undefined
  /** Checked against the request: whose it is, by whom, for whom, until when. */
  readonly idToken: string | undefined
  /** Who signed in, from that ID token. */
  readonly account: Account | undefined
  /** `undefined` when the server says nothing, which means: as requested. */
  readonly grantedScopes: readonly string[] | undefined
  /** What to remember of DPoP, and the key that the token is bound to. */
  readonly dpop: { readonly memory: DpopMemory; readonly key: DpopKey | undefined }
}

// A proof, a nonce and the time: each is said once.
const mostCorrections = 3
const longestLifetimeSeconds = 10 * 365 * 24 * 3600

/**
 * Asks for a token. Every grant goes through here.
 *
 * @throws {@link OktaConnectError} every code of the rows "Okta said no" and "retry later", `key_required`,
 * `cancelled`
 */
export async function requestToken(
  connection: Attempt,
  exchange: TokenExchange,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenAnswer> {
  const { server, client, authenticate, options } = prepare(connection, connection.endpoints.token, deps)
  const request = (headers: Record<string, string>) =>
    exchange.send(server, client, authenticate, { ...options, headers: { ...options.headers, ...headers } })
  const response = await patiently(exchange.patience, () => negotiated(request, connection, dpop, deps), {
    ...deps,
    signal: connection.signal,
  })
  return await explained(response, connection, async () =>
    toAnswer(await exchange.read(server, client, response), connection, dpop),
  )
}

// Asks again where the answer says what was missing: a proof, the nonce in it, or the right time.
async function negotiated(
  request: (headers: Record<string, string>) => Promise<Response>,
  { endpoints, clock }: Attempt,
  dpop: DpopNegotiation,
  { now, notify }: Deps,
): Promise<Response> {
  for (let corrections = 0; ; corrections++) {
    const response = await request(await dpop.headers(endpoints.token, clock.now(now())))
    const error = await errorOf(response)
    const hasBetterProof = dpop.learn(response, error) === 'retry'
    const hasBetterTime = clock.learn(response, now(), notify) && isAboutTime(error)
    if ((!hasBetterProof && !hasBetterTime) || corrections === mostCorrections) return response
  }
}

// An assertion or a proof that was made too early or too late is refused as any other wrong one is.
function isAboutTime(error: string | undefined): boolean {
  return error === 'invalid_client' || error === 'invalid_dpop_proof'
}

/**
 * Ends a token at the authorization server (RFC 7009). A token that is unknown there is no error.
 *
 * @throws {@link OktaConnectError} as {@link requestToken} does.
 */
export async function revokeToken(
  connection: Attempt,
  { token, kind }: { readonly token: string; readonly kind: 'access_token' | 'refresh_token' },
  deps: Deps,
): Promise<void> {
  const { server, client, authenticate, options } = prepare(
    connection,
    requiredEndpoint(connection.endpoints, 'revoke'),
    deps,
  )
  const response = await oauth.revocationRequest(server, client, authenticate, token, {
    ...options,
    additionalParameters: { token_type_hint: kind },
  })
  await explained(response, connection, () => oauth.processRevocationResponse(response))
}

/** What the device grant begins with (RFC 8628 §3.2). */
export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete: string | undefined
  readonly lifetimeMs: number
  readonly intervalMs: number
}

/**
 * Asks for the code that a person enters on another device.
 *
 * @throws {@link OktaConnectError} as {@link requestToken} does.
 */
export async function requestDeviceCode(connection: Attempt, scope: string, deps: Deps): Promise<DeviceCode> {
  const { server, client, authenticate, options } = prepare(
    connection,
    requiredEndpoint(connection.endpoints, 'deviceAuthorization'),
    deps,
  )
  const response = await oauth.deviceAuthorizationRequest(server, client, authenticate, { scope }, options)
  const body = await explained(response, connection, () =>
    oauth.processDeviceAuthorizationResponse(server, client, response),
  )
  return {
    deviceCode: body.device_code,
    userCode: printable(body.user_code),
    verificationUri: printable(body.verification_uri),
    verificationUriComplete: body.verification_uri_complete && printable(body.verification_uri_complete),
    // Both within reason: a timer that is too long ends at once.
    lifetimeMs: Math.min(body.expires_in * 1000, 60 * 60_000),
    intervalMs: Math.min((body.interval ?? 5) * 1000, 60_000),
  }
}

function prepare(connection: Attempt, endpoint: URL, deps: Deps) {
  const { endpoints, login } = connection
  return {
    server: {
      issuer: endpoints.issuer,
      token_endpoint: endpoints.token.href,
      ...(endpoints.revoke && { revocation_endpoint: endpoints.revoke.href }),
      ...(endpoints.deviceAuthorization && { device_authorization_endpoint: endpoints.deviceAuthorization.href }),
    },
    client: { client_id: login.clientId },
    authenticate: clientAuth(connection, endpoint, deps),
    options: {
      [oauth.customFetch]: boundedFetch(deps.fetch, connection),
      [oauth.allowInsecureRequests]: endpoint.protocol === 'http:' && isLoopback(endpoint),
      headers: { 'user-agent': 'connect-okta' },
    },
  }
}

function clientAuth({ authentication, clock }: Attempt, endpoint: URL, deps: Deps): oauth.ClientAuth {
  switch (authentication.method) {
    case 'none':
      return oauth.None()
    case 'unavailable':
      throw new OktaConnectError('key_required', 'The private key or client secret is missing: it is never stored.', {
        hint: 'Give it again, or use a profile that names it.',
        remedy: { id: 'give_credential' },
      })
    case 'client_secret_post':
      return oauth.ClientSecretPost(authentication.secret)
    case 'private_key_jwt':
      return async (_server, client, body) => {
        body.set('client_id', client.client_id)
        body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
        const now = clock.now(deps.now())
        const assertion = await signClientAssertion(authentication.key, client.client_id, endpoint, now)
        body.set('client_assertion', assertion)
      }
    default:
      return assertNever(authentication)
  }
}

// Whatever is wrong with an answer leaves as one of our errors. The library's own never do: they hold the answer, and
// an answer may hold a token.
async function explained<T>(response: Response, connection: Attempt, read: () => Promise<T>): Promise<T> {
  // Read twice only where it is a refusal, whose words are wanted.
  const answer = response.ok ? response : response.clone()
  try {
    return await read()
  } catch (error) {
    throw isOktaConnectError(error) ? error : await oauthError(answer, connection, error)
  }
}

async function errorOf(response: Response): Promise<string | undefined> {
  if (response.ok) return undefined
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  const error: unknown = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  return typeof error === 'string' ? error : undefined
}

function toAnswer(body: oauth.TokenEndpointResponse, connection: Attempt, dpop: DpopNegotiation): TokenAnswer {
  const { access_token, token_type, expires_in, refresh_token, id_token, scope } = body
  if (expires_in === undefined || expires_in <= 0 || expires_in > longestLifetimeSeconds) {
    throw unreadableAnswer(connection, 'it does not say how long the token lives')
  }
  // What fits no header (RFC 6750 §2.1 allows less) would come back in the error of whoever sends it.
  if (!isPrintable(access_token) || !isPrintable(refresh_token ?? 'none')) {
    throw unreadableAnswer(connection, 'the token holds characters that no token has')
  }
  const claims = oauth.getValidatedIdTokenClaims(body)
  // The scheme arrives in any case.
  const tokenType = token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer'
  return {
    accessToken: access_token,
    tokenType,
    lifetimeMs: expires_in * 1000,
    refreshToken: refresh_token,
    idToken: id_token,
    account: claims && accountOf(claims),
    // scope-token of RFC 6749 appendix A.4: nothing else is shown to people.
    grantedScopes: scope?.split(/\s+/).filter(one => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(one)),
    dpop: dpop.conclude(tokenType),
  }
}

function isPrintable(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token)
}
