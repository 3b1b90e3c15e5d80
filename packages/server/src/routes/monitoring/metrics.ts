import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppContext, AppEnv } from '../../app-env.js'
import { clientAddressFinder, hasForwardingHeader } from '../../http/client-address.js'
import { HttpError } from '../../http/http-error.js'
import { isLoopback, networkList } from '../../http/networks.js'
import type { RouteDeps } from '../../route-deps.js'
import { errorResponse, otherMethods, publicOperation } from '../oauth/operations.js'

/** `/metrics`: metrics for Prometheus, for the addresses in `metricsFrom`. */
export function addMetrics(app: OpenAPIHono<AppEnv>, { config, metrics }: RouteDeps): void {
  app.openAPIRegistry.registerPath({
    ...publicOperation('metrics'),
    method: 'get',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    responses: {
      200: { description: 'The metrics', content: { 'text/plain': { schema: { type: 'string' } } } },
      403: errorResponse('access_denied: the address is not in metricsFrom'),
      ...otherMethods,
    },
  })
  const mayRead = metricsReader(config)
  app.get('/metrics', async c => {
    if (!mayRead(c))
      throw new HttpError(
        403,
        'access_denied',
        'This address may not read metrics: see metricsFrom in the configuration.',
      )
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType })
  })
}

// Requests that a proxy forwards are rejected, even if the proxy adds no header. If behindProxy is a number, any peer may be a
// proxy, usually one on this machine: only an address in metricsFrom that is not a loopback address is accepted.
function metricsReader({ behindProxy, metricsFrom }: RouteDeps['config']): (c: AppContext) => boolean {
  const addressOf = clientAddressFinder({ behindProxy })
  const isReader = networkList(metricsFrom)
  return c => {
    const peer = c.env?.incoming?.socket.remoteAddress
    if (peer === undefined) return true
    if (hasForwardingHeader(c)) return false
    const isProxied = typeof behindProxy === 'number' ? isLoopback(peer) : addressOf(c)?.isForwarded
    return !isProxied && isReader(peer)
  }
}
