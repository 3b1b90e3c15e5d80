import { networkError } from '@connect-okta/core/api'
import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Next } from 'hono'
import type { AppContext, AppEnv } from '../../app-env.js'
import { permits } from '../../clients/request-rule.js'
import { connectionNamed } from '../../connections/choose-connection.js'
import { chooseScopes } from '../../connections/choose-scopes.js'
import { parseTargetPath } from '../../connections/target-path.js'
import type { Upstream } from '../../connections/upstream.js'
import { connectionError, HttpError } from '../../http/http-error.js'
import { requestHeader } from '../../http/request-header.js'
import { authenticateByHeader } from '../../middleware/authenticate.js'
import { audit, requesterOf } from '../../operations/audit.js'
import type { RouteDeps } from '../../route-deps.js'
import { clientSecurity, errorResponse } from '../oauth/operations.js'
import { requestHeaders, responseHeaders } from './proxied-headers.js'

const answerTimeoutMs = 60_000
const maxBufferedResponse = 16 * 1024
const maxBufferedBody = 64 * 1024
const bodiless = new Set(['GET', 'HEAD'])
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** `/proxy/NAME/PATH`: sends a request to the org with the token of the connection, and streams both bodies. */
export function addProxy(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  app.openAPIRegistry.registerPath({
    operationId: 'proxy',
    method: 'get',
    path: '/proxy/{name}/{path}',
    summary: 'Sends the request to the org, with any method and body, and returns the response',
    security: clientSecurity,
    request: { params: z.object({ name: z.string(), path: z.string() }) },
    responses: {
      200: { description: 'The response of the org, with any status' },
      400: errorResponse('invalid_request: an invalid path'),
      401: errorResponse('invalid_client; login_required: a user must sign in'),
      403: errorResponse('unauthorized_client or access_denied: the policy of the client does not allow the request'),
      404: errorResponse('not_found: the client has no connection with this name'),
      409: errorResponse('invalid_target: the org of the connection is not the one in the header connect-okta-org'),
      502: errorResponse('Okta rejected the request for a token, or its response was incomplete'),
      503: errorResponse('Okta is not available'),
    },
  })
  app.all('/proxy/:name/*', requireMethod, authenticateByHeader(deps, 'proxy'), c => proxy(c, deps))
}

// RFC 9110 §15.5.6
function requireMethod(c: AppContext, next: Next): Promise<void> {
  if (methods.has(c.req.method)) return next()
  const headers = { allow: [...methods].join(', ') }
  throw new HttpError(405, 'invalid_request', 'The proxy does not support this method.', { headers })
}

async function proxy(c: AppContext, deps: RouteDeps): Promise<Response> {
  const { connections, config, auditLog, metrics } = deps
  const { method } = c.req
  const client = c.get('client')
  const upstream = connectionNamed(c.req.param('name') ?? '', client, connections, requestHeader(c, 'connect-okta-org'))
  const { path, query } = targetOf(c, upstream.name)
  if (!permits(client.requests, method, path)) {
    throw new HttpError(403, 'access_denied', `The policy of this client does not allow ${method} ${path}.`)
  }
  const scopes = chooseScopes(undefined, client, upstream)
  const requestBody = await readBody(c)
  try {
    const token = await upstream.token({ scopes, minValidityMs: 0 })
    const session = await upstream.session(scopes)
    metrics.issued('proxy', upstream.name, token.source)
    const event = {
      ...({ audit: 'proxy', connection: upstream.name } as const),
      ...requesterOf(c),
      ...{ scope: token.scopes.join(' '), source: token.source, method, path },
    }
    audit(auditLog, event, token.account)
    const { response, body } = await withAbort(c, requestBody, async (signal, bodyToSend) => {
      const response = await session.fetch(
        `${path}${query}`,
        {
          method,
          headers: {
            ...requestHeaders(Object.entries(c.env?.incoming?.headers ?? c.req.header())),
            ...lengthOf(c, bodyToSend),
          },
          signal,
          ...(bodyToSend !== undefined && { body: bodyToSend, duplex: 'half' }),
        } as RequestInit,
        { waitForRateLimit: false },
      )
      return { response, body: isShort(response) ? new Uint8Array(await response.arrayBuffer()) : response.body }
    })
    const base = `${config.issuer}/proxy/${upstream.name}`
    const { headers, links } = responseHeaders(response.headers, { orgUrl: upstream.orgUrl, base, token: token.value })
    // Headers of a Response would be joined.
    if (links.length > 0) c.env?.outgoing?.setHeader('link', links)
    const responseBody = body instanceof ReadableStream ? abortIfIncomplete(body, c, deps) : body
    return new Response(responseBody, { status: response.status, headers })
  } catch (error) {
    throw (
      orgError(error, upstream) ??
      connectionError(error, {
        name: upstream.name,
        isUserConnection: upstream.isUserConnection,
        issuer: config.issuer,
      })
    )
  }
}

// As sent over the wire: parsing a URL resolves dot segments and changes slashes.
function targetOf(c: AppContext, name: string) {
  const raw = c.env?.incoming?.url ?? c.req.url.slice(new URL(c.req.url).origin.length)
  const prefix = `/proxy/${name}/`
  // Rejects an absolute URL (RFC 9112 §3.2.2), and another encoding of the prefix.
  if (!raw.startsWith(prefix)) throw new HttpError(400, 'invalid_request', `The path must begin with ${prefix}.`)
  return parseTargetPath(raw.slice(prefix.length - 1))
}

// A response that fits into a packet or two is sent at once, because a stream costs more.
function isShort({ body, headers }: Response): boolean {
  return (
    body !== null &&
    !headers.has('content-encoding') &&
    Number(headers.get('content-length') ?? Infinity) <= maxBufferedResponse
  )
}

type Body = ReadableStream<Uint8Array> | Uint8Array | undefined

// A short body is buffered, so that the request can be repeated with a new token after a 401. A longer one is streamed.
async function readBody(c: AppContext): Promise<Body> {
  const { method, raw } = c.req
  const length = Number(requestHeader(c, 'content-length') ?? 0)
  const isChunked = requestHeader(c, 'transfer-encoding') !== undefined
  if (bodiless.has(method) || raw.body === null || (length === 0 && !isChunked)) return undefined
  return isChunked || length > maxBufferedBody ? raw.body : new Uint8Array(await raw.arrayBuffer())
}

// A stream of known length is not sent in chunks, which some servers and firewalls reject. fetch knows the length of other bodies.
function lengthOf(c: AppContext, body: Body): Readonly<Record<string, string>> {
  const length = requestHeader(c, 'content-length')
  return body instanceof ReadableStream && length !== undefined ? { 'content-length': length } : {}
}

// The time limit applies from the end of the request body to the beginning of the response: the duration of the transfers depends
// on the org and the client. When the client disconnects, the request to the org is aborted.
async function withAbort<T>(
  c: AppContext,
  body: Body,
  send: (signal: AbortSignal, body: Body) => Promise<T>,
): Promise<T> {
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let isDone = false
  const startTimer = () => {
    if (!isDone) timer = setTimeout(() => abort.abort(), answerTimeoutMs)
  }
  const outgoing = c.env?.outgoing
  outgoing?.once('close', () => {
    if (!outgoing.writableFinished) abort.abort()
  })
  try {
    if (body instanceof ReadableStream) {
      return await send(abort.signal, body.pipeThrough(new TransformStream({ flush: startTimer })))
    }
    startTimer()
    return await send(abort.signal, body)
  } finally {
    isDone = true
    clearTimeout(timer)
  }
}

// An incomplete response of the org must not look complete to the client: the connection is destroyed.
function abortIfIncomplete(
  body: ReadableStream<Uint8Array>,
  c: AppContext,
  { log }: RouteDeps,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch {
        // Not when the client has disconnected.
        if (!c.env?.outgoing?.destroyed)
          log.warn({ requestId: c.get('requestId') }, 'the response of the org is incomplete')
        c.env?.outgoing?.destroy()
        controller.close()
      }
    },
    cancel: reason => reader.cancel(reason),
  })
}

// The reason is only logged: it may name a proxy of the server.
function orgError(error: unknown, { orgUrl }: Upstream): HttpError | undefined {
  const isTimeout = error instanceof DOMException && error.name === 'AbortError'
  if (!isTimeout && !(error instanceof TypeError)) return undefined
  const reason = isTimeout ? undefined : networkError(orgUrl.host, error)
  return new HttpError(502, reason?.code ?? 'network_failed', 'The org did not respond.', { cause: reason })
}
