import * as oauth from 'oauth4webapi'
import type { Attempt } from '../config/connection.js'
import { isScopeToken } from '../config/scope-token.js'
import { requiredEndpoint } from '../config/tenant.js'
import type { Deps } from '../deps.js'
import { isOktaConnectError } from '../errors.js'
import type { RetryPolicy } from '../http/retry-policy.js'
import type { DpopKey } from '../keys/dpop-key.js'
import { printable } from '../safe-text.js'
import { type Account, accountOf } from '../stores/account.js'
import type { DpopState } from '../stores/token-record.js'
import type { KeyChoice } from './authentication/key-choice.js'
import { orgUrlNamedBy, requireConnection } from './broker/token-withheld.js'
import type { DpopNegotiation } from './dpop-negotiation.js'
import { invalidResponse, oauthError } from './oauth-error.js'
import { prepareRequest, withKnownKey } from './prepare-request.js'

/** How a grant sends its token request, and how it reads the response. */
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
  readonly retry: RetryPolicy
}

/** A successful token response (RFC 6749 §5.1). */
export interface TokenResponse {
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  readonly lifetimeMs: number
  readonly refreshToken: string | undefined
  /** Validated: subject, issuer, audience, expiry and nonce. */
  readonly idToken: string | undefined
  /** The account that the ID token names. */
  readonly account: Account | undefined
  /** `undefined` if the response has no `scope`: it is as requested. */
  readonly grantedScopes: readonly string[] | undefined
  /** The org that a broker named. */
  readonly orgUrl: URL | undefined
  /** What to store about DPoP, and the key that the token is bound to. */
  readonly dpop: { readonly state: DpopState; readonly key: DpopKey | undefined }
}

const onceMoreAfterReset: RetryPolicy = { maxAttempts: 2, maxDurationMs: 0, retriesNetworkErrors: 'reset' }

// A proof, a nonce, a key and the time: the server can report each one once.
const maxCorrections = 4
const maxLifetimeSeconds = 10 * 365 * 24 * 3600

/**
 * Requests a token. Every grant uses this function.
 *
 * @throws {@link OktaConnectError} `client_rejected`, `scope_rejected`, `grant_rejected`, `dpop_rejected`, `oauth_failed`,
 * `login_denied`, `network_failed`, `tls_untrusted`, `rate_limited`, `server_failed`, `token_response_invalid`,
 * `key_required`, `cancelled`
 */
export async function requestToken(
  attempt: Attempt,
  exchange: TokenExchange,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenResponse> {
  const { keys, server, client, authenticate, options, send } = prepareRequest(attempt, attempt.endpoints.token, deps)
  const request = (headers: Record<string, string>) =>
    exchange.send(server, client, authenticate, { ...options, headers: { ...options.headers, ...headers } })
  const response = await send(exchange.retry, () => sendWithProof(request, attempt, { dpop, keys }, deps))
  return await withOAuthErrors(response, attempt, async () =>
    toTokenResponse(await exchange.read(server, client, response), attempt, dpop),
  )
}

// Repeats the request if the response reports what was missing: a proof, its nonce, another key, or the right time.
async function sendWithProof(
  request: (headers: Record<string, string>) => Promise<Response>,
  { endpoints, clock }: Attempt,
  { dpop, keys }: { readonly dpop: DpopNegotiation; readonly keys: KeyChoice | undefined },
  { now, notify }: Deps,
): Promise<Response> {
  for (let corrections = 0; ; corrections++) {
    const response = await request(await dpop.headers(endpoints.token, clock.now(now())))
    const error = await errorOf(response)
    const hasBetterProof = dpop.update(response, error) === 'retry'
    const hasOtherKey = (await keys?.update(response)) === 'retry'
    const hasBetterTime = clock.update(response, now(), notify) && isAboutTime(error)
    if ((!hasBetterProof && !hasOtherKey && !hasBetterTime) || corrections === maxCorrections) return response
  }
}

// An assertion or a proof with a wrong time is rejected like any other invalid one.
function isAboutTime(error: string | undefined): boolean {
  return error === 'invalid_client' || error === 'invalid_dpop_proof'
}

/**
 * Revokes a token (RFC 7009). A token that the server does not know is no error.
 *
 * @throws {@link OktaConnectError} as {@link requestToken}
 */
export async function revokeToken(
  attempt: Attempt,
  { token, kind }: { readonly token: string; readonly kind: 'access_token' | 'refresh_token' },
  deps: Deps,
): Promise<void> {
  const prepared = prepareRequest(attempt, requiredEndpoint(attempt.endpoints, 'revoke'), deps)
  const { keys, server, client, authenticate, options, send } = prepared
  const request = () =>
    oauth.revocationRequest(server, client, authenticate, token, {
      ...options,
      additionalParameters: { token_type_hint: kind },
    })
  const response = await send(onceMoreAfterReset, () => withKnownKey(keys, request))
  await withOAuthErrors(response, attempt, () => oauth.processRevocationResponse(response))
}

/** The response to a device authorization request (RFC 8628 §3.2). */
export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete: string | undefined
  readonly lifetimeMs: number
  readonly intervalMs: number
}

/**
 * Requests the code that a user enters on another device.
 *
 * @throws {@link OktaConnectError} as {@link requestToken}
 */
export async function requestDeviceCode(attempt: Attempt, scope: string, deps: Deps): Promise<DeviceCode> {
  const prepared = prepareRequest(attempt, requiredEndpoint(attempt.endpoints, 'deviceAuthorization'), deps)
  const { keys, server, client, authenticate, options, send } = prepared
  const request = () => oauth.deviceAuthorizationRequest(server, client, authenticate, { scope }, options)
  const response = await send(onceMoreAfterReset, () => withKnownKey(keys, request))
  const body = await withOAuthErrors(response, attempt, () =>
    oauth.processDeviceAuthorizationResponse(server, client, response),
  )
  return {
    deviceCode: body.device_code,
    userCode: printable(body.user_code),
    verificationUri: printable(body.verification_uri),
    verificationUriComplete: body.verification_uri_complete && printable(body.verification_uri_complete),
    // Both are limited: Node ends a timer that is too long at once.
    lifetimeMs: Math.min(body.expires_in * 1000, 60 * 60_000),
    intervalMs: Math.min((body.interval ?? 5) * 1000, 60_000),
  }
}

// Errors of the OAuth library hold the response, which may contain a token: they are replaced.
async function withOAuthErrors<T>(response: Response, attempt: Attempt, read: () => Promise<T>): Promise<T> {
  // An error response is read twice: by the library, and for its message.
  const answer = response.ok ? response : response.clone()
  try {
    return await read()
  } catch (error) {
    throw isOktaConnectError(error) ? error : await oauthError(answer, attempt, error)
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

function toTokenResponse(body: oauth.TokenEndpointResponse, attempt: Attempt, dpop: DpopNegotiation): TokenResponse {
  const { access_token, token_type, expires_in, refresh_token, id_token, scope } = body
  if (expires_in === undefined || expires_in <= 0 || expires_in > maxLifetimeSeconds) {
    throw invalidResponse(attempt, 'it has no valid expires_in')
  }
  // RFC 6750 §2.1 allows fewer characters still. An error about an invalid header would contain the token.
  if (!isPrintable(access_token) || !isPrintable(refresh_token ?? 'none')) {
    throw invalidResponse(attempt, 'the token contains invalid characters')
  }
  const claims = oauth.getValidatedIdTokenClaims(body)
  // RFC 6749 §5.1: the value is case-insensitive.
  const tokenType = token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer'
  return {
    accessToken: access_token,
    tokenType,
    lifetimeMs: expires_in * 1000,
    refreshToken: refresh_token,
    idToken: id_token,
    account: claims && accountOf(claims),
    // Nothing else is shown to users.
    grantedScopes: scope?.split(/\s+/).filter(isScopeToken),
    orgUrl: orgOf(body, attempt),
    dpop: dpop.finish(tokenType),
  }
}

// Without it, it is not known where to send the token.
function orgOf({ org_url, connection }: oauth.TokenEndpointResponse, attempt: Attempt): URL | undefined {
  if (attempt.broker !== undefined) requireConnection(attempt.broker, connection)
  const orgUrl = attempt.broker && orgUrlNamedBy(attempt.broker, org_url)
  if (orgUrl === undefined && attempt.broker !== undefined) throw invalidResponse(attempt, 'it has no valid org_url')
  return orgUrl
}

function isPrintable(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token)
}
