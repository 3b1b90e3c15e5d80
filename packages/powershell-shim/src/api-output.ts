import type { OktaSession } from '@connect-okta/core'
import { type ApiRequest, type ApiResponse, apiPages, callApi, requireWholeBody } from '@connect-okta/core/api'

/** What to do if a response is too large. */
export const requestLessHint = 'Request fewer items at once: use a smaller limit in the path, with -Paginate.'

/**
 * Sends a request to Okta's API, and returns the response. If `paginate` is true, the next pages follow.
 *
 * @throws {@link OktaConnectError} what `callApi` and `apiPages` throw, and the error of a response that has failed
 */
export async function* apiResponses(
  session: OktaSession,
  request: ApiRequest,
  paginate: boolean,
  signal: AbortSignal,
): AsyncGenerator<ApiResponse, void> {
  if (paginate) return yield* apiPages(session, request, { signal })
  const response = await callApi(session, request, { signal })
  if (response.error !== undefined) throw response.error
  await requireWholeBody(response, session, requestLessHint)
  yield response
}

/** The content of a response: the value of its JSON, else its text; `undefined` if it has none. */
export function contentOf({ headers, body }: ApiResponse): unknown {
  const text = new TextDecoder().decode(body.start)
  if (text === '') return undefined
  if (!/json/.test(headers.get('content-type') ?? '')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
