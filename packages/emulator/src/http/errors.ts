/**
 * An error of an OAuth endpoint (RFC 6749 §5.2). The status is 401 for `invalid_client`, and 400 for all other errors.
 */
export class OauthError extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

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
  readonly headers: Readonly<Record<string, string>>

  constructor(
    readonly errorCode: string,
    readonly errorSummary: string,
    { status = 400, headers = {} }: ErrorDetails = {},
  ) {
    super(`${errorCode}: ${errorSummary}`)
    this.name = 'ApiError'
    this.status = status
    this.headers = headers
  }

  /** @param errorId identifies the error in Okta's logs */
  body(errorId: string): object {
    const { errorCode, errorSummary } = this
    return { errorCode, errorSummary, errorLink: errorCode, errorId, errorCauses: [] }
  }
}

interface ErrorDetails {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}
