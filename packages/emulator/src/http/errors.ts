/**
 * A refusal by an OAuth endpoint: `error` and `error_description` as JSON (RFC 6749 §5.2). Okta answers
 * `invalid_client` with 401 and everything else with 400.
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

/** A refusal by the management API, in Okta's error form: `errorCode`, `errorSummary` and company. */
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

  /** @param errorId what an admin would find the report by */
  body(errorId: string): object {
    const { errorCode, errorSummary } = this
    return { errorCode, errorSummary, errorLink: errorCode, errorId, errorCauses: [] }
  }
}

interface ErrorDetails {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}
