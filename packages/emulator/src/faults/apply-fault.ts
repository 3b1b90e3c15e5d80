import { Readable } from 'node:stream'
import type { Context } from 'koa'
import { ApiError, OauthError } from '../http/errors/errors.js'
import { oauthError } from '../http/errors/oauth-errors.js'
import { sendJsonError } from '../http/errors/send-error.js'
import type { Org } from '../org/org.js'
import type { FaultSpec } from './faults.js'

const HUGE_BYTES = 64 * 1024 * 1024
const CAPTIVE_PORTAL = `<!doctype html>
<html lang="en"><head><title>Sign in to this network</title></head>
<body><h1>Sign in to this network</h1><p>Your request was intercepted.</p></body></html>
`

/** Whether the fault replaces the whole response, so that the request is not processed. */
export function replacesResponse({ status, body, html, huge, drop, afterwards }: FaultSpec): boolean {
  if (afterwards === true) return false
  return status !== undefined || body !== undefined || html === true || Boolean(huge) || drop === true
}

/** Changes a response by a fault. */
export function applyFault(ctx: Context, org: Org, fault: FaultSpec): void {
  if (fault.status !== undefined)
    sendJsonError({ ctx, org }, oauthErrorFor(ctx.path, fault.status) ?? errorFor(fault.status))
  if (fault.body !== undefined) ctx.body = fault.body
  if (fault.html) {
    // A gateway of the network has none of Okta's headers.
    for (const name of Object.keys(ctx.response.headers)) if (name !== 'date') ctx.remove(name)
    ctx.status = fault.status ?? 200
    ctx.type = 'html'
    ctx.body = CAPTIVE_PORTAL
  }
  if (fault.huge) {
    ctx.status = fault.status ?? 200
    ctx.body = paddedJson(fault.huge === true ? HUGE_BYTES : fault.huge)
    ctx.type = 'json'
  }
  if (fault.contentType !== undefined) ctx.set('Content-Type', fault.contentType)
  if (fault.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(fault.retryAfterSeconds))
  if (fault.status === 429 && ctx.res.hasHeader('x-rate-limit-reset')) {
    const reset = org.clock.seconds() + (fault.retryAfterSeconds ?? 0)
    ctx.set({ 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(reset) })
  }
  ctx.set({ ...fault.headers })
}

/** Closes the connection of a response, when the fault says so. */
export async function closeConnection(ctx: Context, { drop, truncate }: FaultSpec): Promise<void> {
  if (drop) {
    ctx.respond = false
    ctx.req.socket.destroy()
  } else if (truncate) await sendHalf(ctx)
}

/** The error of an OAuth endpoint for a status that has one (RFC 6749 §5.2). */
function oauthErrorFor(path: string, status: number): OauthError | undefined {
  if (!/\/v1\/(token|introspect|revoke|par|device\/authorize)$/.test(path)) return undefined
  if (status === 400) return new OauthError('invalid_request', 'Invalid request')
  return status === 401 ? oauthError('invalid_token_endpoint_auth_method') : undefined
}

/** The error for a status (developer.okta.com/docs/reference/error-codes). */
function errorFor(status: number): ApiError {
  if (status === 429)
    return new ApiError('E0000047', 'API call exceeded rate limit due to too many requests.', { status })
  if (status === 401) return new ApiError('E0000011', 'Invalid token provided', { status })
  if (status === 403) {
    return new ApiError('E0000006', 'You do not have permission to perform the requested action', { status })
  }
  if (status === 404) return new ApiError('E0000007', 'Not found: Resource not found', { status })
  if (status === 405)
    return new ApiError('E0000022', 'The endpoint does not support the provided HTTP method', { status })
  if (status === 503) return new ApiError('E0000010', 'Service is in read only mode', { status })
  return new ApiError('E0000009', 'Internal Server Error', { status })
}

function paddedJson(bytes: number): Readable {
  const block = Buffer.alloc(64 * 1024, 'x')
  function* blocks() {
    yield '{"padding":"'
    for (let sent = 0; sent < bytes; sent += block.length) yield block.subarray(0, Math.min(block.length, bytes - sent))
    yield '"}'
  }
  return Readable.from(blocks())
}

/** Sends the Content-Length of the whole response, then half of its body, and closes the connection. */
async function sendHalf(ctx: Context): Promise<void> {
  const { body, res } = ctx
  const text = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body ?? '')
  const bytes = Buffer.from(text)
  ctx.respond = false
  res.statusCode = ctx.status
  res.setHeader('Content-Length', Math.max(2, bytes.length))
  await new Promise<void>(resolve => {
    res.write(bytes.length < 2 ? ' ' : bytes.subarray(0, Math.floor(bytes.length / 2)), () => resolve())
  })
  ctx.req.socket.destroy()
}
