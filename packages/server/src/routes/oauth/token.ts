import { createHash } from 'node:crypto'
import type { AccessToken } from '@connect-okta/core'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppContext, AppEnv } from '../../app-env.js'
import type { Client } from '../../clients/client.js'
import { chooseConnection } from '../../connections/choose-connection.js'
import { chooseScopes } from '../../connections/choose-scopes.js'
import type { Upstream } from '../../connections/upstream.js'
import { HttpError, invalidRequest, tokenEndpointError } from '../../http/http-error.js'
import { authenticateByForm, requireAccess } from '../../middleware/authenticate.js'
import { audit, requesterOf } from '../../operations/audit.js'
import type { RouteDeps } from '../../route-deps.js'
import { StateUnavailable } from '../../state/shared-state.js'
import { tokenOperation } from './operations.js'

/**
 * The token endpoint, for the client credentials grant.
 *
 * @see RFC 6749 §3.2, §4.4, §5
 */
export function addToken(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  app.openAPIRegistry.registerPath(tokenOperation)
  app.on('POST', ['/oauth2/token', '/oauth2/token/'], authenticateByForm(deps), async c => {
    const { single: form, resources } = c.get('form')
    const client = c.get('client')
    if (!client.access.has('proxy')) requireAccess(c, 'token')
    requireClientCredentials(form.get('grant_type'), c)
    const upstream = chooseConnection({ connection: form.get('connection'), resources }, client, deps.connections)
    requireAccess(c, 'token', membersFor(upstream, deps.config.issuer))
    const scopes = chooseScopes(form.get('scope'), client, upstream)
    const token = await tokenOf(upstream, scopes, client, deps)
    if (token.source !== 'memory') await storeConnectionOfToken(token, upstream, scopes, deps)
    return tokenResponse(c, token, upstream, deps)
  })
}

function requireClientCredentials(grantType: string | undefined, c: AppContext): void {
  if (grantType === undefined && c.req.query('grant_type') !== undefined) {
    throw invalidRequest('Send the parameters in the request body (RFC 6749 section 3.2).')
  }
  if (grantType === undefined) throw invalidRequest('Missing required parameter: grant_type=client_credentials.')
  if (grantType === 'client_credentials') return
  throw new HttpError(400, 'unsupported_grant_type', 'The only supported grant type is client_credentials.')
}

async function tokenOf(
  upstream: Upstream,
  scopes: readonly string[] | undefined,
  { minValidityMs }: Client,
  { config }: RouteDeps,
): Promise<AccessToken> {
  const { name, isUserConnection } = upstream
  const { issuer } = config
  const token = await upstream.token({ scopes, minValidityMs }).catch((error: unknown) => {
    throw tokenEndpointError(error, { name, isUserConnection, issuer })
  })
  if (token.type === 'Bearer') return token
  throw new HttpError(
    400,
    'invalid_target',
    `The tokens of ${name} are not bearer tokens: their type is ${token.type}. ` +
      `Send requests to ${issuer}/proxy/${name}/ instead${
        token.type === 'DPoP'
          ? `, or get the headers for each request from POST ${issuer}/connections/${name}/authorization`
          : ''
      }.`,
    { members: membersFor(upstream, issuer) },
  )
}

// For a client that sends its requests through the proxy instead.
function membersFor({ name, orgUrl }: Upstream, issuer: string): Readonly<Record<string, string>> {
  return { connection: name, org_url: orgUrl.origin, proxy: `${issuer}/proxy/${name}` }
}

function tokenResponse(
  c: AppContext,
  token: AccessToken,
  { name, orgUrl }: Upstream,
  { auditLog, metrics, now }: RouteDeps,
): Response {
  const { expiresAt, source } = token
  const expiresIn = expiresAt === null ? undefined : Math.max(0, Math.floor((expiresAt.getTime() - now()) / 1000))
  const scope = token.scopes.join(' ')
  metrics.issued('token', name, source)
  audit(auditLog, { audit: 'token', ...requesterOf(c), connection: name, scope, source, expiresIn }, token.account)
  const body = {
    ...{ access_token: token.value, token_type: 'Bearer', expires_in: expiresIn, scope },
    ...{ connection: name, org_url: orgUrl.origin },
  }
  return c.json(body, 200, noStore)
}

// RFC 6749 §5.1
const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** The key of the shared state under which the connection of a token is stored: a digest of the token. */
export function tokenKey(token: string): string {
  return `token:${createHash('sha256').update(token).digest('base64url')}`
}

// Any process may receive the request to revoke the token.
async function storeConnectionOfToken(
  { value, expiresAt }: AccessToken,
  { name }: Upstream,
  scopes: readonly string[] | undefined,
  { state, now }: RouteDeps,
): Promise<void> {
  const lifeMs = (expiresAt?.getTime() ?? 0) - now()
  if (lifeMs <= 0) return
  try {
    await state.set(tokenKey(value), JSON.stringify({ connection: name, scopes }), lifeMs)
  } catch (error) {
    if (!(error instanceof StateUnavailable)) throw error
  }
}
