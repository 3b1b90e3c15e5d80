/**
 * An error of an OAuth endpoint (RFC 6749 §5.2). The status is 401 for `invalid_client`, and 400 for all other errors.
 */
export class OauthError extends Error {
  readonly status: number
  readonly headers: Headers

  constructor(
    readonly error: string,
    readonly description: string,
    { status = error === 'invalid_client' ? 401 : 400, headers = {} }: ErrorDetails = {},
  ) {
    super(`${error}: ${description}`)
    this.name = 'OauthError'
    this.status = status
    this.headers = headers
  }

  get body(): object {
    return { error: this.error, error_description: this.description }
  }
}

/** An error of the management API, in Okta's format. */
export class ApiError extends Error {
  readonly status: number
  readonly headers: Headers
  readonly causes: readonly string[]

  constructor(
    readonly errorCode: string,
    readonly errorSummary: string,
    { status = 400, headers = {}, causes = [] }: ErrorDetails & { readonly causes?: readonly string[] } = {},
  ) {
    super(`${errorCode}: ${errorSummary}`)
    this.name = 'ApiError'
    this.status = status
    this.headers = headers
    this.causes = causes
  }

  /** @param errorId identifies the error in Okta's logs */
  body(errorId: string): object {
    const { errorCode, errorSummary, causes } = this
    const errorCauses = causes.map(cause => ({ errorSummary: cause }))
    return { errorCode, errorSummary, errorLink: errorCode, errorId, errorCauses }
  }
}

/** The error for an unknown ID in a path (reference/error-codes, `E0000007`). */
export function resourceNotFound(id: string, type: string): ApiError {
  return new ApiError('E0000007', `Not found: Resource not found: ${id} (${type})`, { status: 404 })
}

type Headers = Readonly<Record<string, string | string[]>>

interface ErrorDetails {
  readonly status?: number
  readonly headers?: Headers
}
