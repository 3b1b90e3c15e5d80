import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { AppEnv, World } from '../../app-env.js'
import { permits } from '../../clients/request-rule.js'
import { connectionNamed } from '../../connections/choose-connection.js'
import { chooseScopes } from '../../connections/choose-scopes.js'
import { parseTargetPath } from '../../connections/target-path.js'
import type { Upstream } from '../../connections/upstream.js'
import { connectionRefusal, malformed, Refusal } from '../../http/http-error.js'
import { knowCallerOfHeader } from '../../middleware/authenticate.js'
import { audit } from '../../operations/audit.js'
import { callerSecurity, refused } from '../oauth/operations.js'

const route = createRoute({
  method: 'post',
  path: '/connections/{name}/authorization',
  summary: 'The headers that authorize one request of a connection whose tokens are bound to a DPoP key (RFC 9449)',
  security: callerSecurity,
  request: {
    params: z.object({ name: z.string() }),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            method: z.string().regex(/^[A-Z]{1,20}$/, 'a method is in capital letters'),
            url: z.string().max(8192).describe('A path of the org, or a URL of the org'),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description: 'The headers: authorization and dpop',
      content: { 'application/json': { schema: z.object({ headers: z.record(z.string(), z.string()) }) } },
    },
    400: refused('invalid_request; invalid_target where the tokens of the connection are not bound to a key'),
    401: refused('invalid_client; login_required where somebody has to sign in'),
    403: refused('access_denied: the policy of the caller'),
    404: refused('not_found: no connection of this name that the caller may use'),
    502: refused('Okta refused'),
    503: refused('Okta is away'),
  },
})

/**
 * Headers for one request, of a connection whose tokens are useless without their DPoP key. Any other token would be
 * valid for every request of its lifetime, whatever the policy of the client is.
 */
export function addAuthorization(app: OpenAPIHono<AppEnv>, world: World): void {
  const { connections, config, auditLog, metrics } = world
  app.use('/connections/:name/authorization', knowCallerOfHeader(world, 'authorization'))
  app.openapi(route, async c => {
    const { method, url } = c.req.valid('json')
    const caller = c.get('caller')
    const upstream = connectionNamed(c.req.valid('param').name, caller, connections)
    const asked = chooseScopes(undefined, caller, upstream)
    const { path, query } = targetOf(url, upstream)
    if (!permits(caller.requests, method, path)) {
      throw new Refusal(403, 'access_denied', `This caller may not ask for ${method} ${path}.`)
    }
    try {
      const { source, scopes, account } = await upstream.token({ scopes: asked, minValidityMs: 0 })
      const session = await upstream.session(asked)
      const headers = await session.authorization(method, `${path}${query}`)
      // Of what leaves, not of the token before: another process may have renewed it.
      if (headers.dpop === undefined) throw notBound(upstream.name, config.issuer)
      metrics.handedOut('authorization', upstream.name, source)
      const event = {
        ...({ audit: 'authorization', requestId: c.get('requestId') } as const),
        ...{ caller: caller.name, connection: upstream.name, scope: scopes.join(' '), source, method, path },
      }
      audit(auditLog, event, account)
      return c.json({ headers }, 200, { 'cache-control': 'no-store' })
    } catch (error) {
      throw connectionRefusal(error, { name: upstream.name, isPersonal: upstream.isPersonal, issuer: config.issuer })
    }
  })
}

function targetOf(url: string, { orgUrl }: Upstream) {
  const isPath = url.startsWith('/')
  if (!isPath && !url.startsWith(`${orgUrl.origin}/`)) throw malformed(`url is a path or a URL of ${orgUrl.origin}.`)
  return parseTargetPath(isPath ? url : url.slice(orgUrl.origin.length))
}

function notBound(name: string, issuer: string): Refusal {
  return new Refusal(
    400,
    'invalid_target',
    `The tokens of ${name} are not bound to a DPoP key, so they have no headers for one request only. ` +
      `Send the request to ${issuer}/proxy/${name}/ instead.`,
  )
}
