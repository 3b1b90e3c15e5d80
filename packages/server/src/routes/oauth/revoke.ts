import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppContext, AppEnv } from '../../app-env.js'
import type { Upstream } from '../../connections/upstream.js'
import { invalidRequest, tokenEndpointError } from '../../http/http-error.js'
import { authenticateByForm } from '../../middleware/authenticate.js'
import { audit, requesterOf } from '../../operations/audit.js'
import type { RouteDeps } from '../../route-deps.js'
import { revocationOperation } from './operations.js'
import { tokenKey } from './token.js'

/** The value that is stored for a token: see token.ts. */
interface StoredOwner {
  readonly connection: string
  readonly scopes?: readonly string[]
}

interface Owner {
  readonly upstream: Upstream
  readonly scopes: readonly string[] | undefined
}

/**
 * The revocation endpoint. Tokens are shared, so only a client with `mayRevoke` revokes them, for all clients.
 *
 * @see RFC 7009 §2
 */
export function addRevoke(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  app.openAPIRegistry.registerPath(revocationOperation)
  app.on('POST', ['/oauth2/revoke', '/oauth2/revoke/'], authenticateByForm(deps), async c => {
    const token = c.get('form').single.get('token')
    if (token === undefined) throw invalidRequest('Missing required parameter: token.')
    if (c.get('client').mayRevoke) await revoke(token, c, deps)
    // RFC 7009 §2.2: the response is the same for an unknown token.
    return c.body(null, 200, { 'cache-control': 'no-store' })
  })
}

async function revoke(token: string, c: AppContext, deps: RouteDeps): Promise<void> {
  const { state, auditLog, config } = deps
  const event = requesterOf(c)
  const owner = await findScopesOfToken(token, c, deps)
  if (owner === undefined) return audit(auditLog, { audit: 'revocation_failed', ...event })
  const { upstream, scopes } = owner
  const { name: connection, isUserConnection } = upstream
  try {
    const isRevoked = await upstream.revoke(token, scopes)
    await state.remove(tokenKey(token))
    audit(auditLog, { audit: isRevoked ? 'revocation' : 'revocation_failed', ...event, connection })
  } catch (error) {
    throw tokenEndpointError(error, { name: connection, isUserConnection, issuer: config.issuer })
  }
}

// The sessions of this process know their latest tokens, even if the shared state has lost them.
async function findScopesOfToken(
  token: string,
  c: AppContext,
  { state, connections }: RouteDeps,
): Promise<Owner | undefined> {
  const { connections: names } = c.get('client')
  for (const name of names) {
    const upstream = connections.get(name)
    const live = upstream?.findScopesOfToken(token)
    if (upstream !== undefined && live !== undefined) return { upstream, scopes: live.scopes }
  }
  const found = await state.get(tokenKey(token))
  if (found === undefined) return undefined
  const { connection, scopes } = JSON.parse(found) as StoredOwner
  const upstream = names.has(connection) ? connections.get(connection) : undefined
  return upstream && { upstream, scopes }
}
