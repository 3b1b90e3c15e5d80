import { setTimeout as delay } from 'node:timers/promises'
import type { Context, Next } from 'koa'
import { type Board, isSwitchboard, switchboard } from '../control-panel/control-panel.js'
import { findEndpoint } from '../endpoints.js'
import { replacesAnswer, spoilAnswer } from '../faults/apply-fault.js'
import type { FaultSpec } from '../faults/faults.js'
import { ApiError, OauthError } from './errors.js'
import { beginExchange, type Exchange, type Surroundings } from './exchange.js'
import { masked } from './request-log.js'
import { refuseAsJson } from './send-error.js'

/**
 * The way of every request: the endpoint's checks, then its answer or oidc-provider's; a refusal in Okta's form;
 * every answer gets Okta's headers and a line in the log.
 */
export function requestHandler(surroundings: Surroundings, board: Board): (ctx: Context, next: Next) => Promise<void> {
  const { org } = surroundings
  return async (ctx, next) => {
    if (isSwitchboard(ctx.path)) return switchboard(board, ctx)
    adoptOrgUrl(ctx, org.url)
    const asked = describeRequest(ctx)
    const permit = org.limits.take({ path: ctx.path, caller: callerOf(ctx) })
    ctx.set(permit.headers)
    const fault = permit.allowed ? org.faults.take(ctx.method, ctx.path) : undefined
    const exchange = permit.allowed
      ? await answerUnlessFaulty(surroundings, fault, ctx, next).finally(permit.done)
      : refuseForRate(surroundings, ctx)
    ctx.set('Date', new Date(org.clock.now()).toUTCString())
    ctx.set('X-Okta-Request-Id', org.random.bytes('request id', 20).toString('base64url'))
    ctx.set('Cache-Control', 'no-cache, no-store')
    ctx.set('Pragma', 'no-cache')
    org.log.add({
      ...asked,
      form: asked.method === 'POST' && exchange ? masked(exchange.form) : {},
      status: ctx.status,
      error: answeredError(ctx),
      fault: fault && JSON.stringify(fault),
    })
    if (fault !== undefined) await spoilAnswer(ctx, org, fault)
  }
}

/** What was asked, taken down before anything rewrites it for oidc-provider. */
function describeRequest(ctx: Context) {
  return {
    method: ctx.method,
    path: ctx.path,
    query: masked(new URLSearchParams(ctx.querystring)),
    authorizationScheme: ctx.get('authorization').split(' ')[0]?.toLowerCase() || undefined,
    hasDpopProof: ctx.get('dpop') !== '',
  }
}

/** Okta counts `/authorize` by client, address and device (reference/rl2-limits). */
function callerOf(ctx: Context): string {
  const clientId = new URLSearchParams(ctx.querystring).get('client_id') ?? ''
  return `${clientId} ${ctx.req.socket.remoteAddress} ${ctx.get('user-agent')}`
}

/** Every endpoint says it in the form of the API (okta-powershell-cli's README shows the answer whole). */
function refuseForRate({ org }: Surroundings, ctx: Context): undefined {
  const words = 'API call exceeded rate limit due to too many requests.'
  // A nonce comes with any answer to a proof (RFC 9449 §8.2).
  const headers = ctx.get('dpop') === '' ? {} : { 'DPoP-Nonce': org.nonces.current() }
  refuseAsJson({ ctx, org }, new ApiError('E0000047', words, { status: 429, headers }))
}

async function answerUnlessFaulty(
  surroundings: Surroundings,
  fault: FaultSpec | undefined,
  ctx: Context,
  next: Next,
): Promise<Exchange | undefined> {
  if (fault?.delayMs !== undefined) await delay(fault.delayMs, undefined, { ref: false })
  return fault !== undefined && replacesAnswer(fault) ? undefined : answerOrRefuse(surroundings, ctx, next)
}

async function answerOrRefuse(surroundings: Surroundings, ctx: Context, next: Next): Promise<Exchange | undefined> {
  const { org, server } = surroundings
  const endpoint = findEndpoint(ctx.method, ctx.path, server)
  let exchange: Exchange | undefined
  try {
    if (endpoint === undefined) {
      if (ctx.path.startsWith('/api/')) {
        throw new ApiError('E0000008', 'The requested path was not found', { status: 404 })
      }
      await next()
      return undefined
    }
    exchange = await beginExchange(surroundings, ctx)
    for (const check of endpoint.checks) await check(exchange)
    await endpoint.answer(exchange, next)
  } catch (error) {
    if (error instanceof OauthError && exchange !== undefined && endpoint?.refuse) endpoint.refuse(exchange, error)
    else if (error instanceof OauthError || error instanceof ApiError) refuseAsJson({ ctx, org }, error)
    else throw error
  }
  return exchange
}

/** Makes the org URL the origin of every URL that is made or compared, whatever address was called. */
function adoptOrgUrl(ctx: Context, orgUrl: URL): void {
  ctx.req.headers.host = orgUrl.host
  ctx.req.headers['x-forwarded-host'] = orgUrl.host
  ctx.req.headers['x-forwarded-proto'] = orgUrl.protocol.slice(0, -1)
}

function answeredError(ctx: Context): string | undefined {
  const { error, errorCode } = (ctx.body ?? {}) as { error?: unknown; errorCode?: unknown }
  const code = error ?? errorCode
  if (typeof code === 'string') return code
  const location = ctx.response.get('location')
  if (!URL.canParse(location)) return undefined
  const { searchParams, hash } = new URL(location)
  return searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error') ?? undefined
}
