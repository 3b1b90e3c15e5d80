import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { AppContext, AppEnv, World } from '../app-env.js'

/** Gives each request an id, measures it, and logs it where that is wanted: without its query and its headers. */
export function observe({ config, metrics, log }: World): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startedAt = performance.now()
    const requestId = randomUUID()
    c.set('requestId', requestId)
    await next()
    // On Node's own response: to add a header to a Response of another origin would copy it.
    c.env?.outgoing?.setHeader('x-request-id', requestId)
    const ms = performance.now() - startedAt
    const route = routeOf(c)
    metrics.request(route, c.res.status, ms / 1000)
    if (!config.logRequests) return
    log.info({ requestId, method: c.req.method, route, status: c.res.status, ms: Math.round(ms * 10) / 10 }, 'request')
  }
}

/** The route that a request went to, as it is declared: few enough to be a label. */
export function routeOf(c: AppContext): string {
  const path = matchedRoutes(c).at(-1)?.path ?? ''
  return path === '*' || path === '/*' ? 'none' : path
}
