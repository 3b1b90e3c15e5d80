import type { Connection } from '../config/connection.js'
import { type ErrorCode, type OAuthErrorDetails, OktaConnectError } from '../errors.js'
import { printable } from '../safe-text.js'
import { oauthErrors, oktaRefusals } from './okta-rejections.js'

/**
 * Turns an answer that is no token into our error.
 *
 * @param answer the answer; unread, if it is a refusal.
 * @param error what the OAuth library said of it; used when the answer says nothing itself.
 */
export async function oauthError(answer: Response, connection: Connection, error: unknown): Promise<OktaConnectError> {
  const details = withoutSecret(await readDetails(answer), connection)
  const host = connection.orgUrl.host
  if (answer.status === 429) {
    return new OktaConnectError('rate_limited', `${host} asks to wait: too many requests.`, {
      hint: `Try again in ${secondsToWait(answer)} s.`,
      ...(details && { oauth: details }),
    })
  }
  if (answer.status >= 500) {
    return new OktaConnectError('server_failed', `${host} has a fault of its own (HTTP ${answer.status}).`, {
      hint: 'Try again in a minute. See status.okta.com if it goes on.',
      ...(details && { oauth: details }),
    })
  }
  if (details === undefined) return unreadableAnswer(connection, describe(answer, error))
  const [code, hint] = meaningOf(details, connection)
  const words = details.description === '' ? details.error : `${details.error}: ${details.description}`
  return new OktaConnectError(code, `${host} refused: ${words}`, { hint, oauth: details })
}

/** The error for an answer that has not the form of a token answer. */
export function unreadableAnswer(connection: Connection, reason: string): OktaConnectError {
  return new OktaConnectError(
    'token_response_invalid',
    `The answer of ${connection.orgUrl.host} is no token answer: ${reason}.`,
    { hint: 'Check the tenant, and whether a proxy or a sign-in page of the network stands in front of Okta.' },
  )
}

/** Our code for what the server says, and what the user can do about it. */
export function meaningOf({ error, description }: OAuthErrorDetails, connection: Connection): [ErrorCode, string] {
  const byCode = Object.hasOwn(oauthErrors, error) ? oauthErrors[error] : undefined
  const known = oktaRefusals.find(({ words }) => words.test(description)) ?? byCode
  if (known !== undefined) return [known.code, known.hint(connection)]
  return ['oauth_failed', 'See the System Log in the admin console for the reason.']
}

// A server may repeat what it was sent.
function withoutSecret(
  details: OAuthErrorDetails | undefined,
  { authentication }: Connection,
): OAuthErrorDetails | undefined {
  if (details === undefined || authentication.method !== 'client_secret_post') return details
  const masked = (text: string) => text.replaceAll(authentication.secret, '***')
  return { ...details, error: masked(details.error), description: masked(details.description) }
}

async function readDetails(answer: Response): Promise<OAuthErrorDetails | undefined> {
  if (answer.ok) return undefined
  try {
    const body: unknown = await answer.json()
    if (typeof body !== 'object' || body === null) return undefined
    // The token endpoint speaks OAuth; a gateway in front of it may speak as Okta's API does.
    const { error, error_description, errorCode, errorSummary } = body as Record<string, unknown>
    const name = error ?? errorCode
    if (typeof name !== 'string') return undefined
    return { error: printable(name), description: printable(error_description ?? errorSummary), status: answer.status }
  } catch {
    return undefined
  }
}

function describe(answer: Response, error: unknown): string {
  const type = printable(answer.headers.get('content-type')?.split(';')[0] ?? 'no content type')
  if (!answer.ok) return `HTTP ${answer.status} with ${type}`
  if (answer.body === null) return 'it is empty'
  if (type !== 'application/json') return `it is ${type}, not JSON`
  return error instanceof Error ? error.message : 'it cannot be read'
}

function secondsToWait(answer: Response): number {
  const reset = Number(answer.headers.get('x-rate-limit-reset')?.split(',')[0])
  const date = Date.parse(answer.headers.get('date') ?? '') / 1000
  const seconds = Math.ceil(reset - date)
  return seconds > 0 && seconds < 3600 ? seconds : 60
}
