import type { Connection } from '../config/connection.js'
import { type ErrorCode, type OAuthErrorDetails, OktaConnectError } from '../errors.js'
import type { Remedy } from '../remedy.js'
import { printable } from '../safe-text.js'
import { brokerError } from './broker/broker-error.js'
import { withoutSecret } from './mask-secret.js'
import { oauthErrors, oktaRejections } from './okta-rejections.js'
import { scopeAdvice } from './scope-advice.js'

/**
 * Turns an error response into an error of this package.
 *
 * @param response unread, if its status is an error.
 * @param error the error of the OAuth library. It has the body of a response that is no error.
 */
export async function oauthError(
  response: Response,
  connection: Connection,
  error: unknown,
): Promise<OktaConnectError> {
  const body: unknown = response.ok ? bodyOf(error) : await response.json().catch(() => undefined)
  const details = withoutSecret(detailsIn(body, response.status), connection)
  if (connection.broker !== undefined && (!response.ok || details !== undefined)) {
    return brokerError(response, connection.broker, connection, details, body)
  }
  const host = connection.orgUrl.host
  const unavailable = unavailableError(response, host, details)
  if (unavailable !== undefined) return unavailable
  if (details === undefined) return invalidResponse(connection, describe(response, error))
  const { code, ...advice } = classifyOAuthError(details, connection)
  const reason = details.description === '' ? details.error : `${details.error}: ${details.description}`
  return new OktaConnectError(code, `${host} rejected the request: ${reason}`, { ...advice, oauth: details })
}

/** The error for an authorization request that the server rejected (RFC 6749 §4.1.2.1). */
export function authorizationError(details: OAuthErrorDetails, connection: Connection): OktaConnectError {
  const { code, ...advice } = classifyOAuthError(details, connection)
  const reason = details.description === '' ? details.error : details.description
  return new OktaConnectError(code, `Okta rejected the sign-in: ${reason}`, { ...advice, oauth: details })
}

/** The error for a response that asks to try again later: 429 or 5xx. */
export function unavailableError(
  response: Response,
  host: string,
  details?: OAuthErrorDetails,
): OktaConnectError | undefined {
  const oauth = details && { oauth: details }
  if (response.status === 429) {
    const hint = `Try again in ${secondsToWait(response)} s.`
    return new OktaConnectError('rate_limited', `${host} received too many requests.`, { hint, ...oauth })
  }
  if (response.status < 500) return undefined
  const hint = 'Try again in a minute. If it still fails, see status.okta.com.'
  return new OktaConnectError('server_failed', `${host} failed with HTTP ${response.status}.`, { hint, ...oauth })
}

/** The error for a response that is not a valid token response. */
export function invalidResponse(connection: Connection, reason: string): OktaConnectError {
  const [address, server] =
    connection.broker === undefined ? ['tenant', 'Okta'] : ['address of the broker', 'the broker']
  return new OktaConnectError(
    'token_response_invalid',
    `The response of ${connection.orgUrl.host} is not a token response: ${reason}.`,
    {
      hint: `Check the ${address}, and whether a proxy or a sign-in page of the network responds in place of ${server}.`,
    },
  )
}

/** What an error of the server means for a connection. */
export interface Rejection {
  readonly code: ErrorCode
  readonly hint: string
  readonly remedy?: Remedy
}

/** Returns what an error of the server means: that depends on the grant, the authorization server and the scopes. */
export function classifyOAuthError({ error, description }: OAuthErrorDetails, connection: Connection): Rejection {
  const byCode = Object.hasOwn(oauthErrors, error) ? oauthErrors[error] : undefined
  const known = oktaRejections.find(({ message }) => message.test(description)) ?? byCode
  if (known === undefined) {
    return { code: 'oauth_failed', hint: 'Find the reason in the System Log of the Admin Console.' }
  }
  if (known.code === 'scope_rejected') return { code: known.code, ...scopeAdvice(connection) }
  // A program has no user who could deny the access.
  if (known.code === 'login_denied' && connection.grant === 'client_credentials') {
    return {
      code: 'client_rejected',
      hint: 'A policy denied the access. Find the policy in the System Log of the Admin Console.',
    }
  }
  const remedy = known.remedy?.(connection)
  return { code: known.code, hint: known.hint(connection), ...(remedy && { remedy }) }
}

// The body that the OAuth library has read: some servers send an error with the status 200.
function bodyOf(error: unknown): unknown {
  return error instanceof Error ? Object(error.cause).body : undefined
}

function detailsIn(body: unknown, status: number): OAuthErrorDetails | undefined {
  if (typeof body !== 'object' || body === null || 'access_token' in body) return undefined
  // A gateway in front of the token endpoint may use the error format of Okta's API.
  const { error, error_description, errorCode, errorSummary } = body as Record<string, unknown>
  const name = error ?? errorCode
  if (typeof name !== 'string') return undefined
  return { error: printable(name), description: printable(error_description ?? errorSummary), status }
}

function describe(response: Response, error: unknown): string {
  const type = printable(response.headers.get('content-type')?.split(';')[0] ?? 'no content type')
  if (!response.ok) return `HTTP ${response.status} with ${type}`
  if (response.body === null) return 'it is empty'
  if (type !== 'application/json') return `it is ${type}, not JSON`
  return error instanceof Error ? error.message : 'it is malformed'
}

function secondsToWait(response: Response): number {
  const reset = Number(response.headers.get('x-rate-limit-reset')?.split(',')[0])
  const date = Date.parse(response.headers.get('date') ?? '') / 1000
  const seconds = Math.ceil(reset - date)
  return seconds > 0 && seconds < 3600 ? seconds : 60
}
