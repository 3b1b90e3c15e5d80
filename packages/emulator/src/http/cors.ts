import type { Context } from 'koa'
import type { Match } from '../endpoints/table/table.js'
import type { Org } from '../org/org.js'

const MAX_AGE_SECONDS = '3600'
/** That Okta exposes these headers is inferred: auth-js reads the first two. */
const EXPOSED =
  'dpop-nonce, WWW-Authenticate, Link, x-okta-request-id, x-rate-limit-limit, x-rate-limit-remaining, x-rate-limit-reset'

/** Whether a request is a preflight (Fetch §3.2.2). It is not counted by rate limits and faults. */
export function isPreflight(ctx: Context): boolean {
  return ctx.method === 'OPTIONS' && ctx.get('origin') !== '' && ctx.get('access-control-request-method') !== ''
}

/**
 * Answers a preflight. At the token endpoint and at `/par` every origin is allowed: the request itself is checked. At other
 * endpoints only trusted origins are, and requests with an access token.
 *
 * @returns whether the path has an endpoint that pages of other origins can call
 */
export function answerPreflight(ctx: Context, org: Org, matches: readonly Match[]): boolean {
  const origin = ctx.get('origin')
  const endpoints = matches.map(({ endpoint }) => endpoint).filter(({ cors }) => cors !== 'none')
  const [first] = endpoints
  if (!isPreflight(ctx) || first === undefined) return false
  ctx.body = null
  ctx.status = first.cors === 'client' ? 204 : 200
  ctx.vary('Origin')
  const asked = ctx.get('access-control-request-headers')
  const hasToken = first.kind === 'api' && first.scopes.length > 0 && /(^|,)\s*authorization\s*(,|$)/i.test(asked)
  if (first.cors === 'trusted' && !hasToken && !org.isTrustedOrigin(origin)) return true
  const methods = [...new Set(endpoints.map(({ method }) => method))]
  ctx.set('Access-Control-Allow-Origin', origin)
  ctx.set('Access-Control-Allow-Methods', first.cors === 'client' ? 'POST' : [...methods, 'OPTIONS'].join(', '))
  ctx.set('Access-Control-Max-Age', MAX_AGE_SECONDS)
  if (first.cors === 'trusted') ctx.set('Access-Control-Allow-Credentials', 'true')
  const names = asked.split(',').map(name => name.trim())
  const all = names.some(name => /^content-type$/i.test(name)) ? names : [...names, 'Content-Type']
  ctx.set('Access-Control-Allow-Headers', all.filter(name => name !== '').join(', '))
  return true
}

/** The headers of a request as the client sent them, since some requests are rewritten for oidc-provider. */
export interface OriginRequest extends Pick<Match, 'endpoint'> {
  readonly origin: string
  readonly authorization: string
}

/**
 * Adds the headers with which a page of another origin can read a response, also an error: every page at the token endpoint
 * and at `/par`, pages of trusted origins at other endpoints, and those with an access token at the API
 * (guides/enable-cors).
 */
export function allowOrigin(ctx: Context, org: Org, { endpoint, origin, authorization }: OriginRequest): void {
  const { cors, kind } = endpoint
  if (cors === 'none') return
  ctx.vary('Origin')
  const hasToken = kind === 'api' && endpoint.scopes.length > 0 && /^(bearer|dpop) /i.test(authorization)
  if (origin === '' || (cors === 'trusted' && !hasToken && !org.isTrustedOrigin(origin))) return
  ctx.set('Access-Control-Allow-Origin', origin)
  ctx.set('Access-Control-Expose-Headers', EXPOSED)
  if (cors === 'trusted') ctx.set('Access-Control-Allow-Credentials', 'true')
}
