import type { Remedy } from './remedy.js'

/** One entry of the catalog: what a code means, and what each interface returns for it. */
export interface ErrorCatalogEntry {
  /** The meaning, in one sentence. */
  readonly meaning: string
  /** The exit code of the CLI. */
  readonly exitCode: number
  /** The HTTP status of the broker; `null` if the broker never returns it. */
  readonly httpStatus: number | null
}

/**
 * Every code of an {@link OktaConnectError}. Codes are stable. Messages can change: do not branch on them.
 *
 * @example
 * const { exitCode } = errorCatalog[error.code]
 */
export const errorCatalog = {
  options_invalid: { meaning: 'An option is missing or invalid.', exitCode: 2, httpStatus: 400 },
  private_key_invalid: {
    meaning: 'The private key is not usable: it is damaged, or it is a public key.',
    exitCode: 2,
    httpStatus: 400,
  },
  key_required: {
    meaning: 'The private key or client secret is required to get a new token.',
    exitCode: 2,
    httpStatus: 400,
  },
  signer_failed: {
    meaning: 'The ssh-agent or command that holds the private key did not sign.',
    exitCode: 6,
    httpStatus: 503,
  },
  login_required: {
    meaning: 'Not signed in. A user must sign in, or the client must provide a key or secret.',
    exitCode: 3,
    httpStatus: 401,
  },
  login_denied: { meaning: 'Okta or the user denied the sign-in.', exitCode: 3, httpStatus: 401 },
  login_timeout: { meaning: 'The user did not complete the sign-in in time.', exitCode: 3, httpStatus: 401 },
  state_mismatch: { meaning: 'The response in the browser does not match the sign-in.', exitCode: 3, httpStatus: 401 },
  client_rejected: { meaning: 'Okta rejected the client or its key.', exitCode: 4, httpStatus: 502 },
  scope_rejected: { meaning: 'Okta rejected a requested scope.', exitCode: 4, httpStatus: 502 },
  grant_rejected: { meaning: 'Okta rejected the grant.', exitCode: 4, httpStatus: 502 },
  dpop_rejected: { meaning: 'The DPoP setting of the app does not match the DPoP mode.', exitCode: 4, httpStatus: 502 },
  oauth_failed: { meaning: 'Okta rejected the request for another reason.', exitCode: 4, httpStatus: 502 },
  api_failed: { meaning: "Okta's API rejected the request.", exitCode: 4, httpStatus: 502 },
  network_failed: { meaning: 'Okta could not be reached.', exitCode: 5, httpStatus: 503 },
  tls_untrusted: { meaning: 'The certificate of the server is not trusted.', exitCode: 5, httpStatus: 503 },
  rate_limited: { meaning: "Okta's rate limit was reached.", exitCode: 5, httpStatus: 503 },
  server_failed: { meaning: 'Okta failed to process the request.', exitCode: 5, httpStatus: 503 },
  token_response_invalid: { meaning: 'The response is not a valid token response.', exitCode: 5, httpStatus: 503 },
  store_failed: { meaning: 'The token store cannot be read or written.', exitCode: 6, httpStatus: 503 },
  browser_failed: { meaning: 'No browser could be opened.', exitCode: 6, httpStatus: 500 },
  callback_port_in_use: { meaning: 'Another program uses the callback port.', exitCode: 6, httpStatus: 500 },
  port_in_use: {
    meaning: 'Another program uses the port that the broker or the local proxy listens on.',
    exitCode: 6,
    httpStatus: null,
  },
  program_not_started: { meaning: 'The program could not be started.', exitCode: 6, httpStatus: null },
  cancelled: { meaning: 'The request was canceled.', exitCode: 130, httpStatus: null },
} as const satisfies Record<string, ErrorCatalogEntry>

/** The code of an error: stable, snake_case. */
export type ErrorCode = keyof typeof errorCatalog

/**
 * The error response of Okta's API.
 *
 * @see https://developer.okta.com/docs/reference/error-codes/
 */
export interface ApiErrorDetails {
  /** The HTTP status. */
  readonly status: number
  /** `errorCode`, such as `E0000007`. */
  readonly errorCode?: string
  /** `errorSummary`, or `error_description`. */
  readonly summary?: string
  /** The `errorSummary` of each of `errorCauses`. */
  readonly causes: readonly string[]
  /** `errorId`, for Okta's support. */
  readonly errorId?: string
  /** The header `x-okta-request-id`, which the System Log also contains. */
  readonly requestId?: string
  /** The JSON text of the response, up to 64 KiB, without the access tokens that were sent. */
  readonly body?: string
}

/** The error response of the authorization server (RFC 6749 §5.2). */
export interface OAuthErrorDetails {
  /** `error`, such as `invalid_client`. */
  readonly error: string
  /** `error_description`; empty if there is none. */
  readonly description: string
  /** The HTTP status of the response. */
  readonly status: number
}

/** The optional properties of an {@link OktaConnectError}, and its hint. */
export interface ErrorDetails {
  /** What the user can do next, as an instruction that names no flag or parameter. */
  readonly hint: string
  /** The same in machine-readable form, for interfaces that show their own text. */
  readonly remedy?: Remedy
  readonly oauth?: OAuthErrorDetails
  readonly api?: ApiErrorDetails
  readonly cause?: unknown
}

// In the global registry, so that several copies of this package recognize each other's errors.
const brand = Symbol.for('connect-okta.error')

/**
 * The only error class that this package throws intentionally. Any other error is a bug, except network errors of `session.fetch`, and what
 * your own functions throw.
 *
 * @example
 * try {
 *   await connect(options)
 * } catch (error) {
 *   if (isOktaConnectError(error) && error.code === 'client_rejected') console.error(error.hint)
 *   else throw error
 * }
 */
export class OktaConnectError extends Error {
  override readonly name = 'OktaConnectError'
  readonly code: ErrorCode
  readonly hint: string
  readonly remedy?: Remedy
  /** The error response of the authorization server. */
  readonly oauth?: OAuthErrorDetails
  /** The error response of the API. */
  readonly api?: ApiErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    if (details.remedy !== undefined) this.remedy = details.remedy
    if (details.oauth !== undefined) this.oauth = details.oauth
    if (details.api !== undefined) this.api = details.api
    Object.defineProperty(this, brand, { value: true })
  }

  /** Returns the error without its cause, which may contain a request with secrets, and without the text of the response. */
  toJSON(): Pick<OktaConnectError, 'code' | 'message' | 'hint' | 'oauth' | 'api'> {
    const { code, message, hint, oauth } = this
    const { body: _body, ...api } = this.api ?? {}
    return { code, message, hint, ...(oauth && { oauth }), ...(this.api && { api: api as ApiErrorDetails }) }
  }
}

/**
 * Returns whether an error is an {@link OktaConnectError}, including one from another copy of this package.
 *
 * @example
 * if (isOktaConnectError(error)) process.exitCode = errorCatalog[error.code].exitCode
 */
export function isOktaConnectError(error: unknown): error is OktaConnectError {
  return error instanceof Error && brand in error
}

/** The error for an option that is missing or invalid. */
export function optionsInvalid(message: string, hint: string, cause?: unknown): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint, cause })
}

/** The error after the caller's `signal` fired, or after Ctrl+C. */
export function cancelled(cause?: unknown): OktaConnectError {
  return new OktaConnectError('cancelled', 'Cancelled.', { hint: 'To continue, start again.', cause })
}

/** For the `default` of a switch over a tagged union: a missing case does not compile. */
export function assertNever(value: never): never {
  throw new TypeError(`Unexpected ${JSON.stringify(value)}`)
}
