import type { Account } from '@connect-okta/core'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppContext, AppEnv, World } from '../app-env.js'
import { knowCallerOfForm } from '../middleware/know-caller.js'
import { audit } from '../operations/audit.js'
import { malformed, tokenRefusal } from '../refusal.js'
import { revocationOperation } from './oauth-operations.js'
import { tokenKey } from './token.js'

interface Owner {
  readonly connection: string
  readonly scopes?: readonly string[]
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

async function revoke(token: string, c: AppContext, { state, connections, auditLog, config }: World): Promise<void> {
  const found = await state.get(tokenKey(token))
  if (found === undefined) return
  const { connection, scopes }: Owner = JSON.parse(found)
  const caller = c.get('caller')
  const upstream = caller.connections.has(connection) ? connections.get(connection) : undefined
  if (upstream === undefined) return
  let account: Account | undefined
  try {
    const current = await upstream.token({ scopes, minValidityMs: 0 })
    // One that was renewed meanwhile is not what the client has.
    if (current.value !== token) return
    account = current.account
    await upstream.disconnect(scopes)
  } catch (error) {
    throw tokenRefusal(error, { name: upstream.name, isPersonal: upstream.isPersonal, issuer: config.issuer })
  }
  await state.remove(tokenKey(token))
  audit(auditLog, { audit: 'revocation', requestId: c.get('requestId'), caller: caller.name, connection }, account)
}
