import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { AppEnv } from '../../app-env.js'
import type { KeyStatus, Readiness } from '../../operations/readiness.js'
import type { RouteDeps } from '../../route-deps.js'
import { otherMethods, publicOperation } from '../oauth/operations.js'

/** `/healthz`: whether the process runs. `/readyz`: whether it can serve requests. */
export function addHealth(
  app: OpenAPIHono<AppEnv>,
  { issuers, isDraining, now }: RouteDeps,
  readiness: Readiness,
): void {
  app.openAPIRegistry.registerPath({
    ...publicOperation('healthz'),
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process is running',
    responses: { 200: { description: 'The process is running' }, ...otherMethods },
  })
  app.get('/healthz', c => c.json({ status: 'ok' }, 200, noStore))

  const key = z.object({
    connection: z.string(),
    kid: z.string(),
    createdAt: z.iso.datetime(),
    accepted: z.boolean().nullable().describe('Whether Okta accepted a token request with it; null: not tried yet'),
  })
  const keys = z.array(key).optional().describe('The newest key of each connection with a managed key')
  const body = z.object({ status: z.string(), degraded: z.array(z.string()), keys })
  const response = (description: string) => ({ description, content: { 'application/json': { schema: body } } })
  app.openAPIRegistry.registerPath({
    ...publicOperation('readyz'),
    method: 'get',
    path: '/readyz',
    summary: 'Whether requests can be served, and which parts are degraded',
    responses: {
      200: response('At least one connection can be served'),
      503: response('No connection can be served, or the process is shutting down'),
      ...otherMethods,
    },
  })
  app.get('/readyz', async c => {
    if (isDraining()) return c.json({ status: 'draining', degraded: [] }, 503, noStore)
    const [connections, storageFaults, keys] = await Promise.all([
      readiness.connectionStatuses(),
      readiness.storageFaults(),
      readiness.keyStatuses(),
    ])
    const faults = connections.flatMap(one => {
      if (one.status === 'ready') return []
      return [`${one.upstream.name}: ${one.status === 'failing' ? one.code : 'login_required'}`]
    })
    // Without its name, which not everyone may read.
    const issuerFaults = issuers.areKeysMissing ? ['identity: the keys of an issuer cannot be read'] : []
    const keyFaults = keys.flatMap(one =>
      one.key === undefined ? [`${one.connection}: the managed keys cannot be read`] : [],
    )
    const degraded = [...faults, ...keyFaults, ...storageFaults, ...issuerFaults]
    // A user who must sign in needs the sign-in page, and valid tokens in memory can be served.
    const isDead = connections.every(one => one.status === 'failing' && !one.upstream.hasValidToken(now()))
    const status = isDead ? 'unavailable' : degraded.length > 0 ? 'degraded' : 'ok'
    return c.json(
      { status, degraded, ...(keys.length > 0 && { keys: keys.flatMap(plainKeys) }) },
      isDead ? 503 : 200,
      noStore,
    )
  })
}

function plainKeys({ connection, key }: KeyStatus) {
  if (key === undefined) return []
  const { kid, createdAt, acceptedAt, rejectedAt } = key
  const accepted = rejectedAt === undefined && (acceptedAt === undefined ? null : true)
  return [{ connection, kid, createdAt, accepted }]
}

const noStore = { 'cache-control': 'no-store' }
