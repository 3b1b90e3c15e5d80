import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { AppContext, AppEnv } from '../app-env.js'
import type { RouteDeps } from '../route-deps.js'

/** Assigns an id to each request, measures it, and logs it if `log.requests` is set: without its query and headers. */
export function observe({ config, metrics, telemetry, log }: RouteDeps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startedAt = performance.now()
    const requestId = randomUUID()
    c.set('requestId', requestId)
    await (telemetry === undefined ? next() : telemetry.serve(c, next))
    // On Node's response: Hono would copy a proxied Response to add a header to it.
    c.env?.outgoing?.setHeader('x-request-id', requestId)
    const ms = performance.now() - startedAt
    const route = routeOf(c)
    metrics.request(route, c.res.status, ms / 1000)
    if (!config.logRequests) return
    log.info({ requestId, method: c.req.method, route, status: c.res.status, ms: Math.round(ms * 10) / 10 }, 'request')
  }
}

/** The path pattern of the route, for metric labels. */
export function routeOf(c: AppContext): string {
  const path = matchedRoutes(c).at(-1)?.path ?? ''
  return path === '*' || path === '/*' ? 'none' : path
}
