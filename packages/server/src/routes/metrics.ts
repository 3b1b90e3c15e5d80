import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv, World } from '../app-env.js'
import { networkList } from '../networks.js'
import { Refusal } from '../refusal.js'

/** What Prometheus reads, from where it may. */
export function addMetrics(app: OpenAPIHono<AppEnv>, { config, metrics }: World): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    responses: { 200: { description: 'The metrics', content: { 'text/plain': { schema: { type: 'string' } } } } },
  })
  const mayRead = networkList(config.metricsFrom)
  app.get('/metrics', async c => {
    const address = c.env?.incoming?.socket.remoteAddress
    // A proxy in front is no reader, but brings them.
    const isBrought = c.req.header('x-forwarded-for') !== undefined || c.req.header('forwarded') !== undefined
    if (address !== undefined && (!mayRead(address) || isBrought)) {
      throw new Refusal(403, 'access_denied', 'Metrics are not for this address: see metricsFrom.')
    }
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType })
  })
}
