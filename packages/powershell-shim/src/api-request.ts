import { isOktaConnectError, OktaConnectError, type OktaSession } from '@connect-okta/core'
import { networkError, printable } from '@connect-okta/core/api'

const maxAnswerMiB = 32
const mebibyte = 1024 ** 2

/** One request to Okta's API. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  /** JSON, as text. */
  readonly body?: string
}

/** What Okta answered. */
export interface ApiAnswer {
  readonly status: number
  readonly hasContent: boolean
  /** The body: what its JSON describes, else the text. */
  readonly content: unknown
  /** Where the next page is. */
  readonly next: string | null
  /** What went wrong, where the status says so. */
  readonly problem: { readonly code: string | null; readonly message: string } | null
}

/**
 * Asks Okta's API, with the session's token.
 *
 * @throws {@link OktaConnectError} as `session.token()`, `options_invalid`, `network_failed`, `tls_untrusted`, `cancelled`
 */
export async function askApi(
  session: OktaSession,
  { method, path, body }: ApiRequest,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  if (body !== undefined && /^(GET|HEAD)$/.test(method)) {
    throw new OktaConnectError('options_invalid', `A request by ${method} has no body.`, {
      hint: 'Use POST, PUT or PATCH, or put what you look for into the path: /api/v1/users?search=...',
    })
  }
  const headers = { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) }
  try {
    const response = await session.fetch(path, { method, headers, signal, ...(body !== undefined && { body }) })
    const content = contentOf(response, await textOf(response, session.orgUrl))
    const next = nextOf(response, session.orgUrl)
    const { status } = response
    if (response.ok) return { status, hasContent: content !== undefined, content, next, problem: null }
    return { status, hasContent: false, content: null, next: null, problem: problemIn(content) }
  } catch (error) {
    if (signal.aborted) throw new OktaConnectError('cancelled', 'Cancelled.', { hint: 'Try again when ready.' })
    throw isOktaConnectError(error) ? error : networkError(session.orgUrl.host, error)
  }
}

// A small body can be gigabytes once it is decompressed.
async function textOf(response: Response, { host }: URL): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxAnswerMiB * mebibyte) throw answerTooLarge(host, maxAnswerMiB)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

/** The error for an answer that would take all memory, here or in PowerShell. */
export function answerTooLarge(who: string, maxMiB: number): OktaConnectError {
  return new OktaConnectError('server_failed', `The answer of ${who} is larger than ${maxMiB} MiB.`, {
    hint: 'Ask for less at once: a smaller limit in the path, with -Paginate.',
  })
}

// RFC 8288 §3. As a URL is written, so that nothing in it is a control character.
function nextOf({ headers }: Response, orgUrl: URL): string | null {
  const next = /<([^<>]+)>\s*;[^,]*\brel="?next"?/.exec(headers.get('link') ?? '')?.[1] ?? ''
  return next !== '' && URL.canParse(next, orgUrl.href) ? new URL(next, orgUrl).href : null
}

function contentOf({ headers }: Response, text: string): unknown {
  if (text === '') return undefined
  if (!/json/.test(headers.get('content-type') ?? '')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

// https://developer.okta.com/docs/reference/error-codes/
function problemIn(content: unknown): ApiAnswer['problem'] {
  const { errorCode, errorSummary, errorCauses, error_description } = Object(content) as Record<string, unknown>
  const causes = Array.isArray(errorCauses) ? errorCauses.map(cause => Object(cause).errorSummary) : []
  const words = [errorSummary ?? error_description, ...causes].filter(one => typeof one === 'string' && one !== '')
  return { code: typeof errorCode === 'string' ? printable(errorCode) : null, message: printable(words.join(' ')) }
}
