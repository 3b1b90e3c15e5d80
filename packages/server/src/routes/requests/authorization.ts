import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { AppEnv } from '../../app-env.js'
import { permits } from '../../clients/request-rule.js'
import { connectionNamed } from '../../connections/choose-connection.js'
import { chooseScopes } from '../../connections/choose-scopes.js'
import { parseTargetPath } from '../../connections/target-path.js'
import type { Upstream } from '../../connections/upstream.js'
import { connectionError, HttpError, invalidRequest } from '../../http/http-error.js'
import { requestHeader } from '../../http/request-header.js'
import { authenticateByHeader } from '../../middleware/authenticate.js'
import { audit, requesterOf } from '../../operations/audit.js'
import type { RouteDeps } from '../../route-deps.js'
import { clientSecurity, errorResponse } from '../oauth/operations.js'

const route = createRoute({
  operationId: 'authorization',
  method: 'post',
  path: '/connections/{name}/authorization',
  summary: 'Signs one request: returns its headers, for a connection with DPoP-bound tokens (RFC 9449)',
  security: clientSecurity,
  request: {
    params: z.object({ name: z.string() }),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            method: z.string().regex(/^[A-Z]{1,20}$/, 'must be a method in upper case'),
            url: z.string().max(8192).describe('A path or a URL of the org'),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description: 'The headers Authorization and DPoP',
      content: { 'application/json': { schema: z.object({ headers: z.record(z.string(), z.string()) }) } },
    },
    400: errorResponse('invalid_request; invalid_target: the tokens of the connection are not DPoP-bound'),
    401: errorResponse('invalid_client; login_required: a user must sign in'),
    403: errorResponse('unauthorized_client or access_denied: the policy of the client does not allow the request'),
    404: errorResponse('not_found: the client has no connection with this name'),
    409: errorResponse('invalid_target: the org of the connection is not the one in the header connect-okta-org'),
    502: errorResponse('Okta rejected the request for a token'),
    503: errorResponse('Okta is not available'),
  },
})

/**
 * `POST /connections/NAME/authorization`: the headers of one request. Only for connections with DPoP-bound tokens, which are
 * useless without the key: any other token could be used for every request, and bypass the policy of the client.
 */
export function addAuthorization(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const { connections, config, auditLog, metrics } = deps
  app.on('POST', '/connections/:name/authorization', authenticateByHeader(deps, 'sign'))
  app.openapi(route, async c => {
    const { method, url } = c.req.valid('json')
    const client = c.get('client')
    const upstream = connectionNamed(
      c.req.valid('param').name,
      client,
      connections,
      requestHeader(c, 'connect-okta-org'),
    )
    const requestedScopes = chooseScopes(undefined, client, upstream)
    const { path, query } = targetOf(url, upstream)
    if (!permits(client.requests, method, path)) {
      throw new HttpError(403, 'access_denied', `The policy of this client does not allow ${method} ${path}.`)
    }
    try {
      const { source, scopes, account } = await upstream.token({ scopes: requestedScopes, minValidityMs: 0 })
      const session = await upstream.session(requestedScopes)
      const headers = await session.authorization(method, `${path}${query}`)
      // Checked on the headers, not on the token above: another process may have renewed the token.
      if (headers.dpop === undefined) throw notBound(upstream.name, config.issuer)
      metrics.issued('sign', upstream.name, source)
      const event = {
        ...({ audit: 'sign' } as const),
        ...requesterOf(c),
        ...{ connection: upstream.name, scope: scopes.join(' '), source, method, path },
      }
      audit(auditLog, event, account)
      return c.json({ headers }, 200, { 'cache-control': 'no-store' })
    } catch (error) {
      throw connectionError(error, {
        name: upstream.name,
        isUserConnection: upstream.isUserConnection,
        issuer: config.issuer,
      })
    }
  })
}

function targetOf(url: string, { orgUrl }: Upstream) {
  if (url.startsWith('/')) return parseTargetPath(url)
  // Only the origin is parsed: parsing a URL resolves dot segments and changes slashes.
  const origin = /^https?:\/\/[^/?#\\@]+(?=\/)/i.exec(url)?.[0] ?? ''
  if (!URL.canParse(origin) || new URL(origin).origin !== orgUrl.origin)
    throw invalidRequest(`url must be a path that begins with a slash, or a URL of ${orgUrl.origin}.`)
  return parseTargetPath(url.slice(origin.length))
}

function notBound(name: string, issuer: string): HttpError {
  return new HttpError(
    400,
    'invalid_target',
    `The tokens of ${name} are not DPoP-bound, so a single request cannot be signed. ` +
      `Send the request to ${issuer}/proxy/${name}/ instead.`,
  )
}
