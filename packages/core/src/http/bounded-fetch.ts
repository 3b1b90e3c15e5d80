import { cancelled, OktaConnectError } from '../errors.js'
import { isNetworkError, isReset, networkError } from './network-error.js'
import { ProxyFailure } from './proxy-fetch.js'
import { RequestTimeout } from './request-timeout.js'
import { withUserAgent } from './user-agent.js'

/** The maximum size of a response of the authorization server. Real ones have a few thousand bytes. */
const maxResponseBytes = 1024 * 1024

/** Limits of a request. */
export interface RequestLimits {
  readonly requestTimeoutMs: number
  readonly signal: AbortSignal | undefined
  /** Set if the server is a broker, for hints. */
  readonly broker?: object | undefined
  /** What names the server, for hints. Default: `tenant`, or `address of the broker`. */
  readonly address?: string
  /** Whether to return a redirect, which is not followed. Default: an error. */
  readonly returnsRedirects?: boolean
  /** Runs before each request. What it throws prevents the request. */
  readonly beforeRequest?: () => Promise<void>
}

/**
 * Returns a `fetch` for requests that carry credentials: it has a timeout, follows no redirect, and returns the response
 * with its whole body, at most 1 MiB.
 *
 * @throws {@link OktaConnectError} `network_failed`, `tls_untrusted`, `token_response_invalid`, `cancelled`
 */
export function boundedFetch(fetch: typeof globalThis.fetch, limits: RequestLimits) {
  const { requestTimeoutMs, signal, broker, beforeRequest, returnsRedirects = false } = limits
  const { address = broker === undefined ? 'tenant' : 'address of the broker' } = limits
  return async (url: string, init: RequestInit): Promise<Response> => {
    await beforeRequest?.()
    // Not AbortSignal.timeout: its timer would live on after the response.
    const end = new AbortController()
    const onAbort = () => end.abort()
    const timeout = new RequestTimeout()
    const timer = setTimeout(() => end.abort(timeout), requestTimeoutMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    try {
      const headers = withUserAgent(init.headers)
      const send = () => fetch(url, { ...init, headers, redirect: 'manual', signal: end.signal })
      const isRepeatable = (init.method ?? 'GET') === 'GET'
      const response = await send().catch(error => (isRepeatable && isReset(error) ? send() : Promise.reject(error)))
      if (!returnsRedirects) rejectRedirect(response, url, address)
      const { status, statusText } = response
      const body = await readBounded(response, url, address)
      return new Response(body === '' ? null : body, { status, statusText, headers: response.headers })
    } catch (error) {
      // A body that is not read would keep its connection open, and the process alive. The first reason stays.
      end.abort()
      if (error instanceof OktaConnectError) throw error
      if (signal?.aborted) throw cancelled()
      if (end.signal.reason === timeout) throw timeoutError(new URL(url).host, requestTimeoutMs, error)
      throw isNetworkError(error) ? networkError(new URL(url).host, error, address) : error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }
}

function rejectRedirect(response: Response, url: string, address: string): void {
  if (response.status < 300 || response.status > 399) return
  const location = response.headers.get('location') ?? ''
  const target = URL.canParse(location, url) ? new URL(location, url).origin : 'an invalid URL'
  // The target would get the credentials.
  throw new OktaConnectError('token_response_invalid', `${new URL(url).host} redirects to ${target}.`, {
    hint:
      address === 'tenant'
        ? 'Check the tenant. If the org has moved to that host, use that host as the tenant.'
        : `Check the ${address}.`,
  })
}

async function readBounded(response: Response, url: string, address: string): Promise<string> {
  if (response.body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  // A reader is faster than `for await`, and nearly all responses have one chunk.
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > maxResponseBytes) {
      await reader.cancel().catch(() => {})
      throw new OktaConnectError('token_response_invalid', `The response of ${new URL(url).host} exceeds 1 MiB.`, {
        hint: `Check the ${address}, and whether a proxy or a sign-in page of the network responds in its place.`,
      })
    }
    chunks.push(value)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function timeoutError(host: string, requestTimeoutMs: number, error: unknown): OktaConnectError {
  const isProxied = error instanceof ProxyFailure
  const through = isProxied ? ` through the proxy ${error.proxy}` : ''
  return new OktaConnectError(
    'network_failed',
    `${host} did not respond${through} within ${requestTimeoutMs / 1000} s.`,
    {
      hint: isProxied
        ? 'Check HTTPS_PROXY and the proxy. In NO_PROXY, list hosts that do not need a proxy.'
        : 'Check the network, and whether a proxy is needed. Then try again.',
    },
  )
}
