import { isOktaConnectError, OktaConnectError } from '../errors.js'
import { isNetworkError, networkError, requestCancelled } from '../http/network-error.js'
import type { FetchOptions, OktaSession } from '../session/okta-session.js'
import { sentTokensOf } from '../session/sent-tokens.js'
import { type ApiBody, maxApiBodyBytes, readApiBody } from './api-body.js'
import { apiError } from './api-error.js'
import { type ApiRequest, checkApiRequest } from './api-request.js'

/** A response of Okta's API, with any status. */
export interface ApiResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly body: ApiBody
  /** The error for a status of 300 or more. */
  readonly error: OktaConnectError | undefined
}

/** How a request is sent. */
export interface ApiCallOptions extends FetchOptions {
  /** Cancels the call, with the error `cancelled`. */
  readonly signal?: AbortSignal
  /** How much of the body is read, in bytes. The rest is a stream. Default: 32 MiB. */
  readonly maxBytes?: number
}

/**
 * Sends a request to Okta's API with the session's token. Waits when a rate limit is reached, and tries once more with
 * another token when the API rejects the first one.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `network_failed`, `tls_untrusted`, `cancelled`, and what
 * `session.token()` throws. It does not throw for a status of 300 or more: see {@link ApiResponse.error}.
 * @example
 * const { body } = requireSuccess(await callApi(session, { method: 'GET', path: '/api/v1/users/me' }))
 */
export async function callApi(
  session: OktaSession,
  request: ApiRequest,
  { signal, maxBytes = maxApiBodyBytes, waitForRateLimit = true }: ApiCallOptions = {},
): Promise<ApiResponse> {
  const { method, path, headers, body } = checkApiRequest(request)
  const init = { method, headers, ...(body !== undefined && { body }), ...(signal !== undefined && { signal }) }
  return await withApiErrors(session, signal, async () => {
    // The error has the explanation.
    const response = await session.fetch(path, init as RequestInit, { waitForRateLimit, notifyForbidden: false })
    const read = await readApiBody(response.body, maxBytes)
    const { status, statusText } = response
    if (status < 300) return { status, statusText, headers: response.headers, body: read, error: undefined }
    const rejected = { status, headers: response.headers, text: read.start.toString() }
    return {
      status,
      statusText,
      headers: response.headers,
      body: read,
      error: apiError({ method, path, grant: session.grant }, rejected, sentTokensOf(response)),
    }
  })
}

/**
 * Returns the response if it has no error, and throws its error otherwise.
 *
 * @throws {@link OktaConnectError} `api_failed`, `rate_limited`, `server_failed`
 * @example
 * const { body } = requireSuccess(await callApi(session, { method: 'GET', path: '/api/v1/users/me' }))
 */
export function requireSuccess(response: ApiResponse): ApiResponse {
  if (response.error !== undefined) throw response.error
  return response
}

/**
 * Streams the rest of a body that exceeds `maxBytes`.
 *
 * @throws {@link OktaConnectError} `network_failed`, `cancelled`
 * @example
 * const response = await callApi(session, { method: 'GET', path: '/api/v1/users' }, { maxBytes: 1024 })
 * for await (const chunk of restOfBody(response, session)) process.stdout.write(chunk)
 */
export async function* restOfBody(
  { body: { rest } }: ApiResponse,
  session: OktaSession,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  if (rest === undefined) return
  const reader = rest.getReader()
  try {
    for (;;) {
      const { done, value } = await withApiErrors(session, signal, () => reader.read())
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/**
 * Throws an error if a body exceeds `maxBytes`, and cancels the rest of the response.
 *
 * @throws {@link OktaConnectError} `server_failed`
 * @example
 * const response = await callApi(session, { method: 'GET', path: '/api/v1/users' })
 * await requireWholeBody(response, session, 'Request fewer users at once.')
 */
export async function requireWholeBody({ body }: ApiResponse, { orgUrl }: OktaSession, hint: string): Promise<void> {
  if (body.rest === undefined) return
  await body.rest.cancel().catch(() => {})
  const mebibytes = Math.floor(body.start.byteLength / 1024 ** 2)
  throw new OktaConnectError('server_failed', `The response of ${orgUrl.host} is larger than ${mebibytes} MiB.`, {
    hint,
  })
}

async function withApiErrors<T>(
  session: OktaSession,
  signal: AbortSignal | undefined,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (isOktaConnectError(cause)) throw cause
    if (signal?.aborted) throw requestCancelled(signal.reason)
    throw isNetworkError(cause) ? networkError(session.orgUrl.host, cause) : cause
  }
}
