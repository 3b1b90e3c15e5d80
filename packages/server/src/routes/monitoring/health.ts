import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { AppEnv, World } from '../../app-env.js'
import type { Readiness } from '../../operations/readiness.js'

/** Whether the process lives, and whether it can serve anything. */
export function addHealth(app: OpenAPIHono<AppEnv>, { isDraining, now }: World, readiness: Readiness): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process lives',
    responses: { 200: { description: 'It does' } },
  })
  app.get('/healthz', c => c.json({ status: 'ok' }, 200, noStore))

  const body = z.object({ status: z.string(), degraded: z.array(z.string()) })
  const answer = (description: string) => ({ description, content: { 'application/json': { schema: body } } })
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/readyz',
    summary: 'Whether anything can be served, and what cannot',
    responses: { 200: answer('Something can'), 503: answer('Nothing can, or the process is about to end') },
  })
  app.get('/readyz', async c => {
    if (isDraining()) return c.json({ status: 'draining', degraded: [] }, 503, noStore)
    const [states, storageFaults] = await Promise.all([readiness.states(), readiness.storageFaults()])
    const faults = states.flatMap(one => {
      if (one.is === 'ready') return []
      return [`${one.upstream.name}: ${one.is === 'failing' ? one.code : 'login_required'}`]
    })
    const degraded = [...faults, ...storageFaults]
    // Where a user has to sign in, they need the page for it; and tokens in memory are served all the same.
    const isDead = states.every(({ is, upstream }) => is === 'failing' && !upstream.hasValidToken(now()))
    const status = isDead ? 'unavailable' : degraded.length > 0 ? 'degraded' : 'ok'
    return c.json({ status, degraded }, isDead ? 503 : 200, noStore)
  })
}

const noStore = { 'cache-control': 'no-store' }
