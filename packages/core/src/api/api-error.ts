import { type ApiErrorDetails, type ErrorCode, OktaConnectError } from '../errors.js'
import { printable } from '../safe-text.js'
import { permissionAdvice, permissionErrorCode } from '../session/permission-error.js'
import type { Grant } from '../stores/token-record.js'

/** A response, as far as an error needs it. */
export interface RejectedResponse {
  readonly status: number
  readonly headers: Headers
  /** The body; empty if it is not text. */
  readonly text: string
}

/** A request, as far as an error needs it. */
export interface SentRequest {
  readonly method: string
  readonly path: string
  /** The grant of the session that sent it. */
  readonly grant: Grant
}

// Okta's errors are short. A body of megabytes is something else, and takes memory and time.
const maxErrorLength = 64 * 1024
const maxCauses = 20

/**
 * The error for a response with a status of 300 or more.
 *
 * @param sentTokens the access tokens that were sent: a server may repeat them.
 * @returns an error with the code `rate_limited` for 429, `server_failed` for 5xx, else `api_failed`. Its message has a line
 * for each cause that Okta names.
 */
export function apiError(
  sent: SentRequest,
  response: RejectedResponse,
  sentTokens: readonly string[],
): OktaConnectError {
  const withoutToken = (text: string) => sentTokens.reduce((masked, token) => masked.replaceAll(token, '***'), text)
  const { status, headers } = response
  const details = detailsOf(response, withoutToken)
  const { method, path } = sent
  const code = codeOf(status)
  const hint = isOfOkta(response) ? hintFor(response, details.errorCode, sent) : notOfOkta
  const request = `${method} ${pathOf(path)}`
  if (status === 304) {
    return new OktaConnectError(
      'api_failed',
      `${request} returned no content, because the resource was not modified (HTTP 304).`,
      {
        hint: 'To get the content, send the request without its conditions, such as If-None-Match.',
        api: details,
      },
    )
  }
  if (status < 400) {
    // Its query may hold a code or a token.
    const target = withoutToken(printable(headers.get('location') ?? '').replace(/[?#].*/s, ''))
    const message = `${request} was redirected${target === '' ? '' : ` to ${target}`} (HTTP ${status}).`
    return new OktaConnectError('api_failed', message, {
      hint: 'Redirects are not followed, because their target would get the token.',
      api: details,
    })
  }
  const lines = [`${request} failed with HTTP ${status}${summaryOf(details)}`, ...details.causes.map(withoutPeriod)]
  return new OktaConnectError(code, lines.map(line => `${line}.`).join('\n'), {
    hint,
    api: details,
    ...(status === 401 && { remedy: { id: 'sign_in' } }),
  })
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'server_failed' : 'api_failed'
}

function hintFor({ status, headers }: RejectedResponse, errorCode: string | undefined, sent: SentRequest): string {
  if (status === 429) return 'Try again when the limit is reset, or request fewer items at a time.'
  if (status >= 500) return 'Try again in a minute. If it still fails, see status.okta.com.'
  if (status === 401) return 'Sign in again.'
  if (status === 403 && (errorCode ?? permissionErrorCode) === permissionErrorCode) {
    return permissionAdvice(headers, sent.grant)
  }
  if (status === 404) {
    const isOwnUser = sent.grant === 'client_credentials' && /^\/api\/v1\/users\/me\b/.test(pathOf(sent.path))
    return isOwnUser
      ? 'me is the user who signed in, but this is the token of an app. Use the ID or the login of a user.'
      : 'Check the path and the IDs in it.'
  }
  return 'Fix the request as the error message describes.'
}

// A gateway before Okta, or a sign-in page of the network, answers with HTML, without the request id of Okta.
function isOfOkta({ headers }: RejectedResponse): boolean {
  return headers.has('x-okta-request-id') || !/^text\/html/i.test(headers.get('content-type') ?? '')
}

const notOfOkta =
  'The response is an HTML page, not an API response. Check whether a proxy or a captive portal intercepts requests to Okta.'

function summaryOf({ summary, errorCode }: ApiErrorDetails): string {
  const text = summary === undefined ? '' : `: ${withoutPeriod(summary)}`
  return errorCode === undefined ? text : `${text} (${errorCode})`
}

function withoutPeriod(sentence: string): string {
  return sentence.replace(/\.$/, '')
}

function detailsOf(
  { status, headers, text }: RejectedResponse,
  withoutToken: (text: string) => string,
): ApiErrorDetails {
  const body = membersOf(text)
  const isJson = Object.keys(body).length > 0
  const read = (value: unknown) =>
    typeof value === 'string' && value !== '' ? withoutToken(printable(value)) : undefined
  const causes = Array.isArray(body.errorCauses) ? body.errorCauses.slice(0, maxCauses) : []
  const optional = {
    errorCode: read(body.errorCode ?? body.error),
    summary: read(body.errorSummary ?? body.error_description),
    errorId: read(body.errorId),
    requestId: read(headers.get('x-okta-request-id')),
    body: isJson ? withoutToken(text) : undefined,
  }
  return {
    status,
    causes: causes.map(cause => read(Object(cause).errorSummary)).filter(one => one !== undefined),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

function membersOf(text: string): Record<string, unknown> {
  if (text.length > maxErrorLength) return {}
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

function pathOf(path: string): string {
  return printable(URL.canParse(path) ? new URL(path).pathname : path.replace(/[?#].*/s, ''))
}
