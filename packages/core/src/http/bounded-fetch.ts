import { cancelled, OktaConnectError } from '../errors.js'
import { networkError } from './network-error.js'

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
