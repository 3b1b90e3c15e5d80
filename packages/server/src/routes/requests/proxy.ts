import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { AppContext, AppEnv, World } from '../../app-env.js'
import { permits } from '../../clients/request-rule.js'
import { connectionNamed } from '../../connections/choose-connection.js'
import { chooseScopes } from '../../connections/choose-scopes.js'
import { parseTargetPath } from '../../connections/target-path.js'
import { headerOf } from '../../http/header-of.js'
import { connectionRefusal, Refusal } from '../../http/http-error.js'
import { knowCallerOfHeader } from '../../middleware/authenticate.js'
import { audit } from '../../operations/audit.js'
import { callerSecurity, refused } from '../oauth/operations.js'
import { requestHeaders, responseHeaders } from './proxied-headers.js'

const answerWithinMs = 60_000
const maxPiece = 16 * 1024
const maxKeptBody = 64 * 1024
const bodiless = new Set(['GET', 'HEAD'])
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Sends a caller's request to the org with the connection's token, both ways as a stream. */
export function addProxy(app: OpenAPIHono<AppEnv>, world: World): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/proxy/{name}/{path}',
    summary: 'Sends the request to the org, with any method and body, and answers what the org answers',
    security: callerSecurity,
    request: { params: z.object({ name: z.string(), path: z.string() }) },
    responses: {
      200: { description: 'What the org answers, whatever its status' },
      400: refused('invalid_request: a path that is none of the org'),
      401: refused('invalid_client; login_required where somebody has to sign in'),
      403: refused('access_denied: the policy of the caller'),
      404: refused('not_found: no connection of this name that the caller may use'),
      502: refused('Okta refused to give a token, or its answer broke off'),
      503: refused('Okta is away'),
    },
  })
  app.all('/proxy/:name/*', knowCallerOfHeader(world, 'proxy'), c => proxy(c, world))
}

async function proxy(c: AppContext, world: World): Promise<Response> {
  const { connections, config, auditLog, metrics } = world
  const { method } = c.req
  if (!methods.has(method)) throw new Refusal(405, 'invalid_request', 'This method goes nowhere.')
  const caller = c.get('caller')
  const upstream = connectionNamed(c.req.param('name') ?? '', caller, connections)
  const { path, query } = targetOf(c, upstream.name)
  if (!permits(caller.requests, method, path)) {
    throw new Refusal(403, 'access_denied', `This caller may not ask for ${method} ${path}.`)
  }
  const scopes = chooseScopes(undefined, caller, upstream)
  const given = await bodyOf(c)
  try {
    const token = await upstream.token({ scopes, minValidityMs: 0 })
    const session = await upstream.session(scopes)
    metrics.handedOut('proxy', upstream.name, token.source)
    const event = {
      ...({ audit: 'proxy', requestId: c.get('requestId'), caller: caller.name, connection: upstream.name } as const),
      ...{ scope: token.scopes.join(' '), source: token.source, method, path },
    }
    audit(auditLog, event, token.account)
    const { response, body } = await inTime(c, given, async (signal, toOrg) => {
      const response = await session.fetch(
        `${path}${query}`,
        {
          method,
          headers: requestHeaders(Object.entries(c.env?.incoming?.headers ?? c.req.header())),
          signal,
          ...(toOrg !== undefined && { body: toOrg, duplex: 'half' }),
        } as RequestInit,
        { waitForRateLimit: false },
      )
      return { response, body: isShort(response) ? new Uint8Array(await response.arrayBuffer()) : response.body }
    })
    const base = `${config.issuer}/proxy/${upstream.name}`
    const headers = responseHeaders(response.headers, { orgUrl: upstream.orgUrl, base, token: token.value })
    const toCaller = body instanceof ReadableStream ? whole(body, c, world) : body
    return new Response(toCaller, { status: response.status, headers })
  } catch (error) {
    throw isNetwork(error)
      ? new Refusal(502, 'network_failed', 'The org does not answer.')
      : connectionRefusal(error, { name: upstream.name, isPersonal: upstream.isPersonal, issuer: config.issuer })
  }
}

// As it came over the wire: a parsed URL has lost its dots and slashes already.
function targetOf(c: AppContext, name: string) {
  const raw = c.env?.incoming?.url ?? c.req.url.slice(new URL(c.req.url).origin.length)
  const prefix = `/proxy/${name}/`
  // An absolute URL (RFC 9112 §3.2.2), or another spelling of the prefix.
  if (!raw.startsWith(prefix)) throw new Refusal(400, 'invalid_request', `The path begins with ${prefix}.`)
  return parseTargetPath(raw.slice(prefix.length - 1))
}

// What fits into a packet or two goes on in one piece, with its head: streams cost more than that.
function isShort({ body, headers }: Response): boolean {
  return (
    body !== null && !headers.has('content-encoding') && Number(headers.get('content-length') ?? Infinity) <= maxPiece
  )
}

type Body = ReadableStream<Uint8Array> | Uint8Array | undefined

// A short body is kept, so that the request can be sent again with another token. A longer one is a stream.
async function bodyOf(c: AppContext): Promise<Body> {
  const { method, raw } = c.req
  const length = Number(headerOf(c, 'content-length') ?? 0)
  const isChunked = headerOf(c, 'transfer-encoding') !== undefined
  if (bodiless.has(method) || raw.body === null || (length === 0 && !isChunked)) return undefined
  return isChunked || length > maxKeptBody ? raw.body : new Uint8Array(await raw.arrayBuffer())
}

// From the end of the body until the answer begins; how long it takes is up to the org and the client. When the client
// has disconnected, the request to the org ends.
async function inTime<T>(c: AppContext, body: Body, send: (signal: AbortSignal, body: Body) => Promise<T>): Promise<T> {
  const end = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const start = () => {
    if (!isOver) timer = setTimeout(() => end.abort(), answerWithinMs)
  }
  const outgoing = c.env?.outgoing
  outgoing?.once('close', () => {
    if (!outgoing.writableFinished) end.abort()
  })
  try {
    if (body instanceof ReadableStream) {
      return await send(end.signal, body.pipeThrough(new TransformStream({ flush: start })))
    }
    start()
    return await send(end.signal, body)
  } finally {
    isOver = true
    clearTimeout(timer)
  }
}

// Where the org breaks off, so does the answer: it must not look like a whole one.
function whole(body: ReadableStream<Uint8Array>, c: AppContext, { log }: World): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch {
        // A client that is gone is no fault of the org.
        if (!c.env?.outgoing?.destroyed) log.warn({ requestId: c.get('requestId') }, 'the answer of the org broke off')
        c.env?.outgoing?.destroy()
        controller.close()
      }
    },
    cancel: reason => reader.cancel(reason),
  })
}

function isNetwork(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === 'AbortError')
}
