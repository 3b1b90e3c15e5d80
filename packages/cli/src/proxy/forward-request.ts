import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isOktaConnectError, OktaConnectError, type OktaSession } from '@connect-okta/core'
import { networkError } from '@connect-okta/core/api'
import { adviceFor } from '../output/render-advice.js'
import { requestHeaders, responseHeaders } from './proxied-headers.js'
import type { RequestTarget } from './request-target.js'

const responseTimeoutMs = 60_000
const maxBufferedBody = 64 * 1024

/** Reports why a request got no response of the org. */
export type ReportFailure = (problem: OktaConnectError) => void

/**
 * Sends a request to the org with the token of the session, and streams both bodies. Its response is returned as it is, also one about a
 * rate limit, which each SDK handles.
 */
export async function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { path, origin }: RequestTarget,
  session: OktaSession,
  report: ReportFailure,
): Promise<void> {
  const { orgUrl } = session
  const abort = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) abort.abort()
  })
  // For the response only: how long a body takes depends on its size.
  let timer: NodeJS.Timeout | undefined
  let isTimedOut = false
  const startTimer = () => {
    timer = setTimeout(() => {
      isTimedOut = true
      abort.abort()
    }, responseTimeoutMs)
  }
  try {
    const body = await bodyOf(request, startTimer)
    const init = {
      method: request.method ?? 'GET',
      headers: [...requestHeaders(request.headers), ...lengthOf(request, body)],
      signal: abort.signal,
      ...(body !== undefined && { body, duplex: 'half' }),
    }
    // A path such as //x is not the URL of another host.
    const url = new URL(orgUrl.origin + path)
    const answer = await session.fetch(url, init as RequestInit, { waitForRateLimit: false })
    clearTimeout(timer)
    response.writeHead(answer.status, responseHeaders(answer.headers, orgUrl, origin))
    if (answer.body === null) return void response.end()
    await pipeline(Readable.fromWeb(answer.body as never), response)
  } catch (error) {
    clearTimeout(timer)
    // A response that has begun, and is incomplete, must not look complete. If the client has gone, no response is needed.
    if (response.headersSent || response.destroyed) return void response.destroy()
    const problem = isTimedOut
      ? timeoutError(orgUrl)
      : isOktaConnectError(error)
        ? error
        : networkError(orgUrl.host, error)
    report(problem)
    const { code, message } = problem
    respondWith(response, isTimedOut ? 504 : 502, {
      error: code,
      error_description: `${message} ${adviceFor(problem)}`,
    })
  }
}

function timeoutError({ host }: URL): OktaConnectError {
  return new OktaConnectError('server_failed', `${host} did not respond within ${responseTimeoutMs / 1000} s.`, {
    hint: 'Try again later, or check https://status.okta.com.',
  })
}

/** Responds with an error of the proxy itself. */
export function respondWith(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
  response.end(JSON.stringify(body))
}

// A short body is read first, so that the request can be repeated with another token. A longer one is streamed.
async function bodyOf(request: IncomingMessage, onEnd: () => void): Promise<Uint8Array | ReadableStream | undefined> {
  const { method = 'GET', headers } = request
  const length = Number(headers['content-length'] ?? 0)
  const isChunked = headers['transfer-encoding'] !== undefined
  if (/^(GET|HEAD)$/.test(method) || (length === 0 && !isChunked)) {
    onEnd()
    return undefined
  }
  request.once('end', onEnd)
  if (isChunked || length > maxBufferedBody) return Readable.toWeb(request) as ReadableStream
  return Buffer.concat(await request.toArray())
}

// A stream of a known length is not sent in chunks.
function lengthOf({ headers }: IncomingMessage, body: unknown): [string, string][] {
  const length = headers['content-length']
  return body instanceof ReadableStream && length !== undefined ? [['content-length', length]] : []
}
