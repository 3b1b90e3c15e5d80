import { cancelled, OktaConnectError } from '../errors.js'
import { ProxyFailure } from './proxy-fetch.js'

/** The most that an answer of the authorization server may hold, in bytes. Real ones have a few thousand. */
const maxAnswerBytes = 1024 * 1024

interface Limits {
  readonly requestTimeoutMs: number
  readonly signal: AbortSignal | undefined
}

/**
 * A `fetch` for requests that carry credentials: it ends in time, never follows a redirect, reads no more than 1 MiB,
 * and hands the answer back whole.
 *
 * @param fetch what sends the request.
 * @param limits how long the answer may take, and the caller's wish to give up.
 * @throws {@link OktaConnectError} `network_failed`, `tls_untrusted`, `token_response_invalid`, `cancelled`
 */
export function boundedFetch(fetch: typeof globalThis.fetch, limits: Limits) {
  const { requestTimeoutMs, signal } = limits
  return async (url: string, init: RequestInit): Promise<Response> => {
    // Ended as soon as the answer is here: a signal of AbortSignal.timeout would live on until its time.
    const end = new AbortController()
    const giveUp = () => end.abort()
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      end.abort()
    }, requestTimeoutMs)
    signal?.addEventListener('abort', giveUp, { once: true })
    if (signal?.aborted) giveUp()
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal: end.signal })
      rejectRedirect(response, url)
      const { status, statusText, headers } = response
      const body = await readBounded(response, url)
      return new Response(body === '' ? null : body, { status, statusText, headers })
    } catch (error) {
      // What is not read any more would hold its connection, and a program that is about to end.
      end.abort()
      if (error instanceof OktaConnectError) throw error
      if (signal?.aborted) throw cancelled()
      if (isLate) throw tooLate(new URL(url).host, requestTimeoutMs)
      throw networkError(new URL(url).host, error)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    }
  }
}

function rejectRedirect(response: Response, url: string): void {
  if (response.status < 300 || response.status > 399) return
  const location = response.headers.get('location') ?? ''
  const target = URL.canParse(location, url) ? new URL(location, url).origin : 'nowhere'
  // Following it would hand the credentials to whoever is named there.
  throw new OktaConnectError('token_response_invalid', `${new URL(url).host} redirects to ${target}.`, {
    hint: 'Check the tenant. If the org has moved to that host, use that host as the tenant.',
  })
}

async function readBounded(response: Response, url: string): Promise<string> {
  if (response.body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  // Not by `for await`: that makes more of it, and nearly all answers are one chunk.
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > maxAnswerBytes) {
      await reader.cancel().catch(() => {})
      throw new OktaConnectError('token_response_invalid', `${new URL(url).host} sent an answer of more than 1 MiB.`, {
        hint: 'That is no token answer. Check the tenant and what stands between you and Okta.',
      })
    }
    chunks.push(value)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function tooLate(host: string, requestTimeoutMs: number): OktaConnectError {
  return new OktaConnectError('network_failed', `${host} did not answer within ${requestTimeoutMs / 1000} s.`, {
    hint: 'Check the network, and whether a proxy is needed. Then try again.',
  })
}

/**
 * Says what it means that the network threw, for who calls `session.fetch` or `fetch`.
 *
 * @param host whom the request was for.
 * @returns an error with the code `network_failed` or `tls_untrusted`.
 * @example
 * await session.fetch('/api/v1/users').catch(error => {
 *   throw isOktaConnectError(error) ? error : networkError(session.orgUrl.host, error)
 * })
 */
export function networkError(host: string, error: unknown): OktaConnectError {
  const code = causeCode(error)
  if (isCertificateProblem(code)) {
    return new OktaConnectError('tls_untrusted', `The certificate of ${host} is not trusted (${code}).`, {
      hint: 'If your network inspects TLS, set NODE_EXTRA_CA_CERTS or SSL_CERT_FILE to a file with its CA certificate.',
      cause: causeWithout(error),
    })
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return new OktaConnectError('network_failed', `${host} does not speak TLS.`, {
      hint: `If it is on this machine, give the tenant as http://${host}. Elsewhere plain HTTP is not an option.`,
    })
  }
  if (error instanceof ProxyFailure) return proxyError(host, code, error)
  const hint =
    code === 'ENOTFOUND' || code === 'EAI_AGAIN'
      ? 'Check the spelling of the tenant, and the network.'
      : 'Check the network, and whether a proxy is needed. Then try again.'
  return new OktaConnectError('network_failed', `${host} cannot be reached (${code}).`, {
    hint,
    cause: causeWithout(error),
  })
}

function proxyError(host: string, code: string, failure: ProxyFailure): OktaConnectError {
  // undici tells the status of a refusal in words alone.
  const status = /\((\d{3})\)/.exec(messagesOf(failure))?.[1]
  const reason = status === undefined ? code : `HTTP ${status}`
  return new OktaConnectError('network_failed', `The proxy ${failure.proxy} gives no way to ${host} (${reason}).`, {
    hint:
      status === '407'
        ? 'It wants a name and a password: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT'
        : 'Check HTTPS_PROXY. Hosts that need no proxy go into NO_PROXY.',
    cause: causeWithout(failure),
  })
}

function messagesOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${messagesOf(error.cause)}` : ''
}

// Names what happened. The error itself stays behind: one about a broken answer holds the answer, and so the token.
function causeWithout(error: unknown): Error {
  const code = causeCode(error)
  return Object.assign(new Error(`fetch failed: ${code}`), { code })
}

// fetch says "fetch failed" and hides the reason in the cause, several layers deep when more addresses were tried.
function causeCode(error: unknown): string {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one.message === 'bad port') return 'fetch refuses the port'
    if ('code' in one && typeof one.code === 'string') return one.code
    if (one instanceof AggregateError && one.errors.length > 0) return causeCode(one.errors[0])
  }
  return 'unknown reason'
}

function isCertificateProblem(code: string): boolean {
  return /CERT|^UNABLE_TO_VERIFY|^HOSTNAME_MISMATCH|^CRL_/.test(code)
}
