import { isOktaConnectError, OktaConnectError, type OktaSession } from '@connect-okta/core'
import { printable } from '@connect-okta/core/api'
import type { ApiRequest } from './api-request.js'
import { type Body, maxBufferedMiB, readBody } from './read-body.js'

/** An answer of the API. */
export interface Answer {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly body: Body
  /** The token that the request was sent with, which the server may repeat; only where it rejected the request. */
  readonly token: string | undefined
}

/**
 * Sends a request with the session's token.
 *
 * @throws {@link OktaConnectError} `network_failed`, `cancelled`; else as `OktaSession.fetch` does
 */
export async function sendRequest(session: OktaSession, request: ApiRequest, signal: AbortSignal): Promise<Answer> {
  const { method, target, headers, body } = request
  try {
    const init = { method, headers: [...headers] as [string, string][], signal, ...(body !== undefined && { body }) }
    const response = await session.fetch(target, init)
    const { status, statusText } = response
    const token = status < 300 ? undefined : await session.token({ signal }).catch(() => undefined)
    return { status, statusText, headers: response.headers, body: await readBody(response.body), token: token?.value }
  } catch (cause) {
    throw withoutAnswer(cause, session, signal)
  }
}

/**
 * What follows the beginning of a body that is too large for the memory.
 *
 * @throws {@link OktaConnectError} `network_failed`, `cancelled`
 */
export async function* restOf(
  { body }: Answer,
  session: OktaSession,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  try {
    if (body.rest !== undefined) yield* body.rest
  } catch (cause) {
    throw withoutAnswer(cause, session, signal)
  }
}

// What the network throws comes as it is.
function withoutAnswer(cause: unknown, { orgUrl }: OktaSession, signal: AbortSignal): unknown {
  if (isOktaConnectError(cause)) return cause
  if (signal.aborted) {
    return new OktaConnectError('cancelled', 'Cancelled.', { hint: 'The request may have been sent already.', cause })
  }
  if (!(cause instanceof Error)) return cause
  const { code } = (cause.cause ?? {}) as NodeJS.ErrnoException
  const why = code === undefined ? '' : ` (${code})`
  return new OktaConnectError('network_failed', `The answer of ${orgUrl.host} did not come${why}.`, {
    hint: 'connect-okta doctor tells what is in the way.',
    cause,
  })
}

/**
 * Gives up an answer that is too large to be held in memory.
 *
 * @throws {@link OktaConnectError} `server_failed`
 */
export async function requireFits({ body }: Answer, { orgUrl }: OktaSession, hint: string): Promise<void> {
  if (body.rest === undefined) return
  // What the server still sends is of no interest, and neither is how that ends.
  await body.rest.cancel().catch(() => {})
  const message = `The answer of ${orgUrl.host} is larger than ${maxBufferedMiB} MiB.`
  throw new OktaConnectError('server_failed', message, { hint })
}

/**
 * Ends with an error where the API has refused.
 *
 * @throws {@link OktaConnectError} `oauth_failed`, `rate_limited`, `server_failed`
 */
export function requireSuccess(answer: Answer, { method, target }: ApiRequest): void {
  const { status, headers, body, token } = answer
  if (status < 300) return
  const what = `${method} ${pathOf(target)} answered ${status}${summaryIn(body, token)}`
  if (status < 400) {
    // Its query may hold a code or a token.
    const to = withoutToken(headers.get('location')?.replace(/[?#].*/s, '') ?? 'nowhere', token)
    throw failure(
      'oauth_failed',
      `${what}: a redirect to ${to}.`,
      'Redirects are not followed: their target would get the token.',
    )
  }
  if (status === 429) throw failure('rate_limited', what, 'Try again when the limit is reset, or ask for less at once.')
  if (status >= 500) throw failure('server_failed', what, 'Try again in a minute. See status.okta.com if it goes on.')
  throw failure('oauth_failed', what, hints[status] ?? 'The answer says what is wrong with the request.')
}

// Okta's errors are short. One of megabytes is of something else, and takes memory and time.
const maxErrorBytes = 64 * 1024

const hints: Readonly<Record<number, string>> = {
  401: 'Log in again: connect-okta login --force.',
  403: 'Grant the scope, or assign the admin role, that this request takes.',
  404: 'Check the path and the ids in it.',
}

function failure(code: 'oauth_failed' | 'rate_limited' | 'server_failed', message: string, hint: string) {
  return new OktaConnectError(code, message.endsWith('.') ? message : `${message}.`, { hint })
}

// The words of Okta's error, where the body has them.
function summaryIn({ start }: Body, token: string | undefined): string {
  if (start.byteLength > maxErrorBytes) return ''
  try {
    const { errorSummary, errorCode } = JSON.parse(withoutToken(start.toString(), token))
    return typeof errorSummary === 'string'
      ? `: ${printable(errorSummary).replace(/\.$/, '')} (${printable(errorCode)})`
      : ''
  } catch {
    return ''
  }
}

function withoutToken(text: string, token: string | undefined): string {
  return token === undefined ? text : text.replaceAll(token, '***')
}

function pathOf(target: string): string {
  return URL.canParse(target) ? new URL(target).pathname : (target.split('?')[0] ?? target)
}
