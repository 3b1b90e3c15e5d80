import { createHash } from 'node:crypto'
import type { AccessToken } from '@connect-okta/core'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppContext, AppEnv, World } from '../../app-env.js'
import type { Caller } from '../../clients/client.js'
import { chooseConnection } from '../../connections/choose-connection.js'
import { chooseScopes } from '../../connections/choose-scopes.js'
import type { Upstream } from '../../connections/upstream.js'
import { malformed, Refusal, tokenRefusal } from '../../http/http-error.js'
import { knowCallerOfForm, requireWay } from '../../middleware/authenticate.js'
import { audit } from '../../operations/audit.js'
import { StateUnavailable } from '../../state/shared-state.js'
import { tokenOperation } from './operations.js'

/**
 * The token endpoint, for any OAuth client library.
 *
 * @see RFC 6749 §3.2, §4.4, §5
 */
export function addToken(app: OpenAPIHono<AppEnv>, world: World): void {
  app.openAPIRegistry.registerPath(tokenOperation)
  app.post('/oauth2/token', knowCallerOfForm(world), async c => {
    requireWay(c, 'token')
    const { one, resources } = c.get('form')
    requireClientCredentials(one.get('grant_type'))
    const caller = c.get('caller')
    const upstream = chooseConnection({ connection: one.get('connection'), resources }, caller, world.connections)
    const scopes = chooseScopes(one.get('scope'), caller, upstream)
    const token = await tokenOf(upstream, scopes, caller, world)
    if (token.source !== 'memory') await rememberWhose(token, upstream, scopes, world)
    return answer(c, token, upstream, world)
  })
}

function requireClientCredentials(grantType: string | undefined): void {
  if (grantType === undefined) throw malformed('grant_type is missing: say client_credentials.')
  if (grantType === 'client_credentials') return
  throw new Refusal(400, 'unsupported_grant_type', 'There is one grant type here: client_credentials.')
}

async function tokenOf(
  upstream: Upstream,
  scopes: readonly string[] | undefined,
  { minValidityMs }: Caller,
  { config }: World,
): Promise<AccessToken> {
  const { name, isPersonal } = upstream
  const token = await upstream.token({ scopes, minValidityMs }).catch((error: unknown) => {
    throw tokenRefusal(error, { name, isPersonal, issuer: config.issuer })
  })
  if (token.type === 'Bearer') return token
  throw new Refusal(
    400,
    'invalid_target',
    `The tokens of ${name} are not bearer tokens, but of the type ${token.type}. ` +
      `Send requests to ${config.issuer}/proxy/${name}/ instead${
        token.type === 'DPoP'
          ? `, or get the headers of each one from POST ${config.issuer}/connections/${name}/authorization`
          : ''
      }.`,
  )
}

function answer(c: AppContext, token: AccessToken, { name }: Upstream, { auditLog, metrics, now }: World): Response {
  const { expiresAt, source } = token
  const expiresIn = expiresAt === null ? undefined : Math.max(0, Math.floor((expiresAt.getTime() - now()) / 1000))
  const scope = token.scopes.join(' ')
  metrics.handedOut('token', name, source)
  const { name: caller } = c.get('caller')
  const requestId = c.get('requestId')
  audit(auditLog, { audit: 'token', requestId, caller, connection: name, scope, source, expiresIn }, token.account)
  const body = { access_token: token.value, token_type: 'Bearer', expires_in: expiresIn, scope }
  return c.json(body, 200, noStore)
}

// RFC 6749 §5.1
const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** The key under which is kept to whom a token belongs: a digest, which tells nothing. */
export function tokenKey(token: string): string {
  return `token:${createHash('sha256').update(token).digest('base64url')}`
}

// So that any process can tell, when the token comes back to be revoked.
async function rememberWhose(
  { value, expiresAt }: AccessToken,
  { name }: Upstream,
  scopes: readonly string[] | undefined,
  { state, now }: World,
): Promise<void> {
  const lifeMs = (expiresAt?.getTime() ?? 0) - now()
  if (lifeMs <= 0) return
  try {
    await state.set(tokenKey(value), JSON.stringify({ connection: name, scopes }), lifeMs)
  } catch (error) {
    if (!(error instanceof StateUnavailable)) throw error
  }
}
