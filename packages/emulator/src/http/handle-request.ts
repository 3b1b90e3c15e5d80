import { setTimeout as delay } from 'node:timers/promises'
import type { Context, Next } from 'koa'
import type { PanelContext } from '../control-panel/control-panel.js'
import { findEndpoints } from '../endpoints/table/table.js'
import { applyFault, closeConnection, replacesResponse } from '../faults/apply-fault.js'
import { FAULT_HEADER, faultOfHeader } from '../faults/fault-header.js'
import type { FaultSpec } from '../faults/faults.js'
import type { Org } from '../org/org.js'
import { allowOrigin, isPreflight } from './cors.js'
import type { Exchange, ServerContext } from './exchange.js'
import { rateLimitError } from './rate-limits/rate-limit-error.js'
import { NO_LIMITS } from './rate-limits/rate-limits.js'
import { maskSecrets } from './request-log.js'
import { matchOf, respond } from './respond.js'
import { sendJsonAsOkta, setOktaHeaders } from './response-headers.js'
import { sendJsonError } from './send-error.js'

/**
 * Handles a request: runs the checks of its endpoint, then its handler or oidc-provider, and sends errors in Okta's
 * format. Adds Okta's headers to every response, and logs it.
 */
export function requestHandler(
  context: ServerContext,
  panel: PanelContext,
): (ctx: Context, next: Next) => Promise<void> {
  const { org } = context
  return async (ctx, next) => {
    if (/^\/_emulator(\/|$)/.test(ctx.path)) {
      // It is loaded at its first use, so that a start is faster.
      const { handleControlPanel } = await import('../control-panel/control-panel.js')
      return handleControlPanel(panel, ctx)
    }
    const called = { ctx, calledOrigin: originOf(ctx, org.url) }
    applyOrgUrl(ctx, org.url)
    const request = describeRequest(ctx, org)
    const startedAt = performance.now()
    const candidates = findEndpoints(ctx.path, context.server)
    const match = matchOf(ctx, candidates)
    const sent = { origin: ctx.get('origin'), authorization: ctx.get('authorization') }
    const limit = isPreflight(ctx) ? NO_LIMITS : org.rateLimits.take({ path: ctx.path, clientKey: clientKeyOf(ctx) })
    ctx.set(limit.headers)
    const fault = limit.allowed ? takeFault(ctx, org) : undefined
    const exchange = limit.allowed
      ? await respondUnlessFaulty(fault, () => respond(context, called, candidates, next)).finally(limit.done)
      : rejectRateLimited(context, ctx)
    if (match !== undefined) allowOrigin(ctx, org, { endpoint: match.endpoint, ...sent })
    setOktaHeaders(ctx, org)
    if (fault !== undefined) applyFault(ctx, org, fault)
    org.log.add({
      ...request,
      form: request.method === 'POST' && exchange ? maskSecrets(exchange.form) : {},
      status: fault?.drop === true ? 0 : ctx.status,
      error: responseError(ctx),
      fault: fault && JSON.stringify(fault),
      durationMs: Math.round(performance.now() - startedAt),
    })
    if (fault !== undefined) await closeConnection(ctx, fault)
    sendJsonAsOkta(ctx)
  }
}

/** The fault of this request in its header, or the oldest one that applies to it. */
function takeFault(ctx: Context, org: Org): FaultSpec | undefined {
  const header = ctx.get(FAULT_HEADER)
  if (header === '') return org.faults.take(ctx.method, ctx.path, { isPreflight: isPreflight(ctx) })
  return faultOfHeader(header)
}

/** Describes a request for the log, before it is rewritten for oidc-provider. */
function describeRequest(ctx: Context, org: Org) {
  return {
    time: new Date(org.clock.now()).toISOString(),
    method: ctx.method,
    path: ctx.path,
    query: maskSecrets(new URLSearchParams(ctx.querystring)),
    authorizationScheme: ctx.get('authorization').split(' ')[0]?.toLowerCase() || undefined,
    hasDpopProof: ctx.get('dpop') !== '',
  }
}

/** Okta counts requests to `/authorize` by client, IP address and device (reference/rl2-limits). */
function clientKeyOf(ctx: Context): string {
  const clientId = new URLSearchParams(ctx.querystring).get('client_id') ?? ''
  return `${clientId} ${ctx.req.socket.remoteAddress} ${ctx.get('user-agent')}`
}

function rejectRateLimited({ org }: ServerContext, ctx: Context): undefined {
  sendJsonError({ ctx, org }, rateLimitError({ ctx, org }))
}

async function respondUnlessFaulty(
  fault: FaultSpec | undefined,
  respondTo: () => Promise<Exchange | undefined>,
): Promise<Exchange | undefined> {
  if (fault?.delayMs !== undefined) await delay(fault.delayMs, undefined, { ref: false })
  return fault !== undefined && replacesResponse(fault) ? undefined : respondTo()
}

/** The origin that the client called. */
function originOf(ctx: Context, orgUrl: URL): string {
  const url = `${'encrypted' in ctx.req.socket ? 'https' : 'http'}://${ctx.req.headers.host}`
  return URL.canParse(url) ? new URL(url).origin : orgUrl.origin
}

/** Makes the org URL the origin of all URLs, whatever address the client called. */
function applyOrgUrl(ctx: Context, orgUrl: URL): void {
  ctx.req.headers.host = orgUrl.host
  ctx.req.headers['x-forwarded-host'] = orgUrl.host
  ctx.req.headers['x-forwarded-proto'] = orgUrl.protocol.slice(0, -1)
}

/** The error code of a response, for the log. */
function responseError(ctx: Context): string | undefined {
  const { error, errorCode } = (ctx.body ?? {}) as { error?: unknown; errorCode?: unknown }
  const code = error ?? errorCode
  if (typeof code === 'string') return code
  const location = ctx.response.get('location')
  if (!URL.canParse(location)) return undefined
  const { searchParams, hash } = new URL(location)
  return searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error') ?? undefined
}
