import { Readable } from 'node:stream'
import type { Context } from 'koa'
import type { Org } from '../org/org.js'
import { requestIdOf } from './events.js'

const NO_CACHE = { 'Cache-Control': 'no-cache, no-store', Pragma: 'no-cache', Expires: '0' }
const COMMON = {
  'x-xss-protection': '0',
  'accept-ch': 'Sec-CH-UA-Platform-Version',
  p3p: 'CP="HONK"',
}
const REFERRER_POLICY = 'strict-origin-when-cross-origin'

/**
 * Sets the headers that Okta adds to every response, with names in its case (recordings in okta-sdk-python, 2025 and 2026).
 * A 405 has almost none, and a 429 no headers about caches. Cookies, `Server` and `Strict-Transport-Security` are omitted:
 * a browser would keep the latter for localhost.
 */
export function setOktaHeaders(ctx: Context, org: Org): void {
  ctx.set('Date', new Date(org.clock.now()).toUTCString())
  const isEmpty = ctx.body === undefined || ctx.body === null || ctx.body === ''
  if (!isEmpty) ctx.set('x-content-type-options', 'nosniff')
  if (!reportsRateLimit(ctx)) for (const name of ['limit', 'remaining', 'reset']) ctx.remove(`x-rate-limit-${name}`)
  if (ctx.status === 405) return
  ctx.set('x-okta-request-id', requestIdOf(ctx, org))
  ctx.set(COMMON)
  setUnlessSet(ctx, { 'content-security-policy': "frame-ancestors 'self'" })
  if (isEmpty) ctx.set('x-frame-options', 'SAMEORIGIN')
  if (ctx.status === 429) return
  setUnlessSet(ctx, { 'referrer-policy': REFERRER_POLICY })
  // The response of /keys can be cached.
  if (!String(ctx.response.get('cache-control')).includes('max-age')) ctx.set(NO_CACHE)
}

/** A 405 does not report the rate limit, and neither does the error for a feature that is off. */
function reportsRateLimit({ status, body }: Context): boolean {
  const { errorCode } = (body ?? {}) as { errorCode?: unknown }
  return status !== 405 && errorCode !== 'E0000015'
}

/** Sends a JSON body as Okta does: without a character set, and in chunks instead of with a length. */
export function sendJsonAsOkta(ctx: Context): void {
  const { body } = ctx
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body) || body instanceof Readable) return
  const type = ctx.response.get('content-type').replace(/; charset=utf-8$/, '')
  ctx.body = Readable.from([Buffer.from(JSON.stringify(body))])
  ctx.set('Content-Type', type)
}

function setUnlessSet(ctx: Context, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) if (!ctx.res.hasHeader(name)) ctx.set(name, value)
}
