import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppContext, AppEnv, World } from '../../app-env.js'
import { clientAddressFinder } from '../../http/client-address.js'
import { Refusal } from '../../http/http-error.js'
import { isLoopback, networkList } from '../../http/networks.js'

/** Metrics for Prometheus, from the addresses that may read them. */
export function addMetrics(app: OpenAPIHono<AppEnv>, { config, metrics }: World): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    responses: { 200: { description: 'The metrics', content: { 'text/plain': { schema: { type: 'string' } } } } },
  })
  const mayRead = metricsReader(config)
  app.get('/metrics', async c => {
    if (!mayRead(c)) throw new Refusal(403, 'access_denied', 'Metrics are not for this address: see metricsFrom.')
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType })
  })
}

// Nothing that a proxy forwards reads metrics, whether or not the proxy says so. Where a number of proxies is given, any
// peer may be one, and one on this machine is usual: only an address that was listed on purpose is not.
function metricsReader({ behindProxy, metricsFrom }: World['config']): (c: AppContext) => boolean {
  const clientOf = clientAddressFinder({ behindProxy })
  const isReader = networkList(metricsFrom)
  return c => {
    const peer = c.env?.incoming?.socket.remoteAddress
    if (peer === undefined) return true
    if (['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'].some(name => c.req.header(name) !== undefined))
      return false
    const isProxied = typeof behindProxy === 'number' ? isLoopback(peer) : clientOf(c)?.isForwarded
    return !isProxied && isReader(peer)
  }
}
