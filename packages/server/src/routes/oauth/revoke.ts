import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppContext, AppEnv, World } from '../../app-env.js'
import type { Upstream } from '../../connections/upstream.js'
import { malformed, tokenRefusal } from '../../http/http-error.js'
import { knowCallerOfForm } from '../../middleware/authenticate.js'
import { audit } from '../../operations/audit.js'
import { revocationOperation } from './operations.js'
import { tokenKey } from './token.js'

interface TokenPlace {
  readonly connection: string
  readonly scopes?: readonly string[]
}

interface Owner {
  readonly upstream: Upstream
  readonly scopes: readonly string[] | undefined
}

/**
 * Revocation. The token is shared: only a caller that may revoke ends it, at Okta and for everybody.
 *
 * @see RFC 7009 §2
 */
export function addRevoke(app: OpenAPIHono<AppEnv>, world: World): void {
  app.openAPIRegistry.registerPath(revocationOperation)
  app.post('/oauth2/revoke', knowCallerOfForm(world), async c => {
    const token = c.get('form').one.get('token')
    if (token === undefined) throw malformed('token is missing.')
    if (c.get('caller').mayRevoke) await revoke(token, c, world)
    // RFC 7009 §2.2: the same for a token that nobody knows.
    return c.body(null, 200, { 'cache-control': 'no-store' })
  })
}

async function revoke(token: string, c: AppContext, world: World): Promise<void> {
  const { state, auditLog, config } = world
  const { name: caller } = c.get('caller')
  const event = { requestId: c.get('requestId'), caller }
  const owner = await ownerOf(token, c, world)
  if (owner === undefined) return audit(auditLog, { audit: 'revocation_failed', ...event })
  const { upstream, scopes } = owner
  const { name: connection, isPersonal } = upstream
  try {
    const isRevoked = await upstream.revoke(token, scopes)
    await state.remove(tokenKey(token))
    audit(auditLog, { audit: isRevoked ? 'revocation' : 'revocation_failed', ...event, connection })
  } catch (error) {
    throw tokenRefusal(error, { name: connection, isPersonal, issuer: config.issuer })
  }
}

// The live sessions know their tokens also when the shared state has lost where one belongs.
async function ownerOf(token: string, c: AppContext, { state, connections }: World): Promise<Owner | undefined> {
  const { connections: names } = c.get('caller')
  for (const name of names) {
    const upstream = connections.get(name)
    const live = upstream?.ownerOf(token)
    if (upstream !== undefined && live !== undefined) return { upstream, scopes: live.scopes }
  }
  const found = await state.get(tokenKey(token))
  if (found === undefined) return undefined
  const { connection, scopes } = JSON.parse(found) as TokenPlace
  const upstream = names.has(connection) ? connections.get(connection) : undefined
  return upstream && { upstream, scopes }
}
