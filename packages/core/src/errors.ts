import type { Remedy } from './remedy.js'

/** One row of the catalogue: what a code means, and what every door answers with. */
export interface ErrorCatalogueEntry {
  /** What the code says, in one sentence. */
  readonly meaning: string
  /** The exit code of the command line. */
  readonly exitCode: number
  /** The HTTP status of the broker; `null` where the broker never answers with it. */
  readonly httpStatus: number | null
}

/**
 * Every code an {@link OktaConnectError} can have. Codes are stable; messages are not, so never branch on a message.
 *
 * @example
 * const { exitCode } = errorCatalogue[error.code]
 */
export const errorCatalogue = {
  options_invalid: { meaning: 'An option is missing or breaks its rule.', exitCode: 2, httpStatus: 400 },
  private_key_invalid: {
    meaning: 'The client key cannot sign: it is damaged or public.',
    exitCode: 2,
    httpStatus: 400,
  },
  key_required: { meaning: 'A new token needs the client key, which is not at hand.', exitCode: 2, httpStatus: 400 },
  login_required: { meaning: 'Nobody is signed in; a person or a key is needed.', exitCode: 3, httpStatus: 401 },
  login_denied: { meaning: 'The sign-in was refused or cancelled at Okta.', exitCode: 3, httpStatus: 401 },
  login_timeout: { meaning: 'Nobody completed the sign-in in time.', exitCode: 3, httpStatus: 401 },
  state_mismatch: { meaning: 'The sign-in answer is not the answer to our question.', exitCode: 3, httpStatus: 401 },
  client_rejected: { meaning: 'Okta does not accept the client or its key.', exitCode: 4, httpStatus: 502 },
  scope_rejected: { meaning: 'Okta does not grant a requested scope.', exitCode: 4, httpStatus: 502 },
  grant_rejected: { meaning: 'Okta does not accept the grant.', exitCode: 4, httpStatus: 502 },
  dpop_rejected: { meaning: 'Okta and the DPoP setting disagree.', exitCode: 4, httpStatus: 502 },
  oauth_failed: { meaning: 'Okta refused for another reason.', exitCode: 4, httpStatus: 502 },
  api_failed: { meaning: 'Okta’s API rejected a request.', exitCode: 4, httpStatus: 502 },
  network_failed: { meaning: 'Okta could not be reached.', exitCode: 5, httpStatus: 503 },
  tls_untrusted: { meaning: 'The certificate of the server is not trusted.', exitCode: 5, httpStatus: 503 },
  rate_limited: { meaning: 'Okta asks to wait.', exitCode: 5, httpStatus: 503 },
  server_failed: { meaning: 'Okta has a fault of its own.', exitCode: 5, httpStatus: 503 },
  token_response_invalid: { meaning: 'The answer is not a token answer.', exitCode: 5, httpStatus: 503 },
  store_failed: { meaning: 'The token store cannot be read or written.', exitCode: 6, httpStatus: 500 },
  browser_failed: { meaning: 'No browser could be opened.', exitCode: 6, httpStatus: 500 },
  callback_port_in_use: { meaning: 'Another program listens on the callback port.', exitCode: 6, httpStatus: 500 },
  cancelled: { meaning: 'The caller gave up.', exitCode: 130, httpStatus: null },
} as const satisfies Record<string, ErrorCatalogueEntry>

/** A stable, snake_case name of what went wrong. */
export type ErrorCode = keyof typeof errorCatalogue

/**
 * What Okta's API answered to a request that it rejected.
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
  /** `errorId`, which Okta's support asks for. */
  readonly errorId?: string
  /** The header `x-okta-request-id`, which the System Log has too. */
  readonly requestId?: string
}

/** What the authorization server said, word for word (RFC 6749 §5.2). */
export interface OAuthErrorDetails {
  /** `error`, such as `invalid_client`. */
  readonly error: string
  /** `error_description`, in Okta's words; empty when Okta gave none. */
  readonly description: string
  /** The HTTP status of the answer. */
  readonly status: number
}

/** What an {@link OktaConnectError} is made of besides its code. */
export interface ErrorDetails {
  /** What the user can do next, as an instruction that names no flag or parameter. */
  readonly hint: string
  /** The same for interfaces that have a name for it. */
  readonly remedy?: Remedy
  readonly oauth?: OAuthErrorDetails
  readonly api?: ApiErrorDetails
  readonly cause?: unknown
}

// Kept in the global registry, so that two copies of this package recognise each other's errors.
const brand = Symbol.for('connect-okta.error')

/**
 * The one error that the package throws on purpose. Anything else that escapes is a bug.
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
  /** What the authorization server answered. */
  readonly oauth?: OAuthErrorDetails
  /** What the API answered. */
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

  /** The error without its cause: a cause may hold a request, and a request holds secrets. */
  toJSON(): Pick<OktaConnectError, 'code' | 'message' | 'hint' | 'oauth' | 'api'> {
    const { code, message, hint, oauth, api } = this
    return { code, message, hint, ...(oauth && { oauth }), ...(api && { api }) }
  }
}

/**
 * Tells our errors from everyone else's, also when they come from another copy of this package.
 *
 * @example
 * if (isOktaConnectError(error)) process.exitCode = errorCatalogue[error.code].exitCode
 */
export function isOktaConnectError(error: unknown): error is OktaConnectError {
  return error instanceof Error && brand in error
}

/** The error for an option that is missing or breaks its rule. */
export function optionsInvalid(message: string, hint: string, cause?: unknown): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint, cause })
}

/** The error for a caller that gave up: its `signal`, or Ctrl+C. */
export function cancelled(cause?: unknown): OktaConnectError {
  return new OktaConnectError('cancelled', 'Cancelled.', { hint: 'Nothing was changed. Try again when ready.', cause })
}

/** For the `default` of a switch over a tagged union: a case that was forgotten does not compile. */
export function assertNever(value: never): never {
  throw new TypeError(`Unexpected ${JSON.stringify(value)}`)
}
