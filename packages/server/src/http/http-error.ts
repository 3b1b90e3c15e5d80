import { type ErrorCode, errorCatalog, isOktaConnectError, type OktaConnectError } from '@connect-okta/core'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

interface HttpErrorOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Its message is logged instead of the description. */
  readonly cause?: Error | undefined
  /** The connection that failed, for the log. */
  readonly connection?: string | undefined
  /** Whether its reason was logged. */
  readonly isLogged?: boolean
  /** More members of the response. */
  readonly members?: Readonly<Record<string, string>>
}

/** An error response: thrown by middleware and routes, rendered by `app.onError` (RFC 6749 §5.2). */
export class HttpError extends Error {
  override readonly name: string = 'HttpError'
  readonly headers: Readonly<Record<string, string>>
  readonly connection: string | undefined
  readonly members: Readonly<Record<string, string>>
  readonly isLogged: boolean

  constructor(
    readonly status: ContentfulStatusCode,
    /** An error code of OAuth, or of the core's catalog. */
    readonly error: string,
    /** What happened, and what to do. Sent to the client. */
    description: string,
    { headers = {}, cause, connection, members = {}, isLogged = false }: HttpErrorOptions = {},
  ) {
    super(description, { cause })
    this.headers = headers
    this.connection = connection
    this.members = members
    this.isLogged = isLogged
  }
}

/** Required with 401 (RFC 9110 §11.6.1). */
const challenge: Readonly<Record<string, string>> = {
  'www-authenticate': 'Basic realm="connect-okta", charset="UTF-8"',
}
const retryLater: Readonly<Record<string, string>> = { 'retry-after': '5' }

/** 401: client authentication failed, or is missing. */
export function invalidClient(description: string): HttpError {
  return new HttpError(401, 'invalid_client', description, { headers: challenge })
}

/** 401: the client signed the assertion, but its claims are not valid. That is not an attempt to guess. */
export class InvalidAssertionError extends HttpError {
  override readonly name = 'InvalidAssertionError'

  constructor(description: string) {
    super(401, 'invalid_client', description, { headers: challenge })
  }
}

/** 400: the request breaks a rule of its syntax. */
export function invalidRequest(description: string): HttpError {
  return new HttpError(400, 'invalid_request', description)
}

/** 503: the shared state, or the token store, is not available. */
export function unavailable(description: string, options: HttpErrorOptions = {}): HttpError {
  return new HttpError(503, 'temporarily_unavailable', description, { headers: retryLater, ...options })
}

/** 503, after a time in milliseconds. Its reason was logged. */
export function unavailableFor(ms: number, description: string): HttpError {
  const headers = { 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))) }
  return unavailable(description, { headers, isLogged: true })
}

const signInErrors = new Set<ErrorCode>(['login_required', 'login_denied', 'login_timeout', 'state_mismatch'])
// The token endpoint uses the codes of RFC 6749 §5.2, where they differ from the catalog.
const tokenEndpointErrors: Partial<Record<ErrorCode, readonly [ContentfulStatusCode, string]>> = {
  login_required: [400, 'invalid_grant'],
  login_denied: [400, 'invalid_grant'],
  login_timeout: [400, 'invalid_grant'],
  state_mismatch: [400, 'invalid_grant'],
  scope_rejected: [400, 'invalid_scope'],
  // A mistake in the broker's configuration is not the client's fault.
  options_invalid: [500, 'server_error'],
  private_key_invalid: [500, 'server_error'],
  key_required: [500, 'server_error'],
}
// Their messages name paths and settings of the server: they are logged, and not sent.
const internalCodes = new Set<ErrorCode>(['options_invalid', 'private_key_invalid', 'key_required', 'store_failed'])

/** The connection that failed, and the issuer of the sign-in page. */
export interface FailedConnection {
  readonly name: string
  readonly isUserConnection: boolean
  readonly issuer: string
}

/** The response of the token endpoint when a connection returns no token. */
export function tokenEndpointError(error: unknown, connection: FailedConnection): HttpError {
  if (error instanceof HttpError) return error
  if (!isOktaConnectError(error)) throw error
  const httpStatus = (errorCatalog[error.code].httpStatus ?? 503) as ContentfulStatusCode
  const fallback = [httpStatus, httpStatus === 503 ? 'temporarily_unavailable' : 'server_error'] as const
  const [status, code] = tokenEndpointErrors[error.code] ?? fallback
  const headers = status === 503 ? retryLater : {}
  return new HttpError(status, code, descriptionOf(error, connection), {
    headers,
    cause: error,
    connection: connection.name,
  })
}

/** The response of the broker's own routes when a connection fails: the codes and statuses of the catalog. */
export function connectionError(error: unknown, connection: FailedConnection): HttpError {
  if (error instanceof HttpError) return error
  if (!isOktaConnectError(error)) throw error
  return httpErrorOf(error, connection)
}

/** The response to any other error of the core. */
export function httpErrorOf(error: OktaConnectError, connection?: FailedConnection): HttpError {
  const { code } = error
  const status = errorCatalog[code].httpStatus ?? 503
  const headers = status === 401 ? challenge : status === 503 ? retryLater : {}
  const description = descriptionOf(error, connection)
  return new HttpError(status as ContentfulStatusCode, code, description, {
    headers,
    cause: error,
    connection: connection?.name,
  })
}

/** Whether a user must sign in before the connection works. */
export function requiresSignIn(code: ErrorCode): boolean {
  return signInErrors.has(code)
}

function descriptionOf({ code, message, hint }: OktaConnectError, connection?: FailedConnection): string {
  if (code === 'store_failed') return 'The token store of this server is not available.'
  if (code === 'signer_failed')
    return 'The signer of the client key is not available to this server. Its log has the details.'
  if (internalCodes.has(code)) return 'The configuration of this server is not valid. Its log has the details.'
  if (!requiresSignIn(code) || !connection?.isUserConnection) return `${message} ${hint}`
  const { name, issuer } = connection
  return `No user is signed in for ${name}. Sign in at ${issuer}/login/${name}`
}

/** The JSON of an error. The description is printable ASCII without quotes and backslashes (RFC 6749 §5.2). */
export function errorBody({ error, message, members }: HttpError): Record<string, string> {
  return { ...members, error, error_description: message.replaceAll('"', "'").replace(/[^\x20-\x5b\x5d-\x7e]/g, ' ') }
}
