import { isOktaConnectError } from '@connect-okta/core'
import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { etag } from 'hono/etag'
import type { AppEnv } from '../../app-env.js'
import { HttpError, unavailable } from '../../http/http-error.js'
import type { RouteDeps } from '../../route-deps.js'
import { errorResponse, otherMethods, publicOperation } from '../oauth/operations.js'

/**
 * `/connections/NAME/jwks.json`: the public keys of a connection whose key the broker creates. Okta fetches them.
 *
 * @see RFC 7517 §5
 */
export function addJwks(app: OpenAPIHono<AppEnv>, { connections }: RouteDeps): void {
  app.openAPIRegistry.registerPath({
    ...publicOperation('jwks'),
    method: 'get',
    path: '/connections/{name}/jwks.json',
    summary: 'The public keys of a connection with a managed key (RFC 7517)',
    request: { params: z.object({ name: z.string() }) },
    responses: {
      200: {
        description: 'The keys',
        content: { 'application/json': { schema: z.object({ keys: z.array(z.record(z.string(), z.string())) }) } },
      },
      404: errorResponse('not_found: there is no connection with this name and a managed key'),
      503: errorResponse('The store of the keys is not available'),
      ...otherMethods,
    },
  })
  app.get('/connections/:name/jwks.json', etag(), async c => {
    const keys = connections.get(c.req.param('name'))?.managedKeys
    if (keys === undefined) {
      throw new HttpError(404, 'not_found', 'There is no connection with this name and a managed key.')
    }
    const jwks = await keys.jwks().catch((cause: unknown) => {
      throw isOktaConnectError(cause)
        ? unavailable('The keys of this connection cannot be read at the moment.', { cause })
        : cause
    })
    return c.json(jwks, 200, { 'cache-control': 'public, max-age=300' })
  })
}
