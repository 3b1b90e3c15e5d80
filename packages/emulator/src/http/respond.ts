import type { Context, Next } from 'koa'
import type { Match } from '../endpoints/table/table.js'
import { errorPage } from '../html/error-page.js'
import { answerPreflight } from './cors.js'
import { ApiError, OauthError } from './errors.js'
import { beginExchange, type CalledRequest, type Exchange, type ServerContext } from './exchange.js'
import { respondToMissingServer } from './missing-server.js'
import { sendJsonError } from './send-error.js'

/** Runs the checks of the endpoint of a request, then its handler, and sends errors in Okta's format. */
export async function respond(
  context: ServerContext,
  called: CalledRequest,
  candidates: readonly Match[],
  next: Next,
): Promise<Exchange | undefined> {
  const { org } = context
  const { ctx } = called
  let exchange: Exchange | undefined
  const match = matchOf(ctx, candidates)
  try {
    if (respondToMissingServer(ctx, org)) return undefined
    if (answerPreflight(ctx, org, candidates)) return undefined
    if (match === undefined) {
      respondToUnknown(ctx, candidates.length > 0)
      return undefined
    }
    exchange = await beginExchange(context, called, match)
    for (const check of match.endpoint.checks) await check(exchange)
    await match.endpoint.handler(exchange, next)
  } catch (error) {
    if (!(error instanceof OauthError || error instanceof ApiError)) throw error
    const { sendError } = match?.endpoint ?? {}
    if (error instanceof OauthError && exchange && sendError) sendError(exchange, error)
    else sendJsonError({ ctx, org }, error)
  }
  return exchange
}

/** The endpoint of a request, of those with its path. */
export function matchOf(ctx: Context, candidates: readonly Match[]): Match | undefined {
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method
  return candidates.find(({ endpoint }) => endpoint.method === method)
}

/** A request for which there is no endpoint: the path is unknown, or it does not support the method. */
function respondToUnknown(ctx: Context, isKnownPath: boolean): void {
  if (isKnownPath) {
    throw new ApiError('E0000022', 'The endpoint does not support the provided HTTP method', { status: 405 })
  }
  if (/^\/(api|oauth2|\.well-known)(\/|$)/.test(ctx.path)) {
    throw new ApiError('E0000008', 'The requested path was not found', { status: 404 })
  }
  ctx.status = 404
  errorPage(ctx, 'Page not found', `There is no page at ${ctx.path}.`)
}
