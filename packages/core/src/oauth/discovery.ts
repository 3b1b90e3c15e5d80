import type { Connection } from '../config/connection.js'
import { type Endpoints, isLoopback } from '../config/tenant.js'
import type { Deps } from '../deps.js'
import { OktaConnectError } from '../errors.js'
import { orAborted } from '../http/abort.js'
import { boundedFetch } from '../http/bounded-fetch.js'

// What a server says of itself does not change while a process lives; a failure is asked again.
const discovered = new Map<string, Promise<Endpoints>>()

/**
 * Where the authorization server of a connection listens. Okta's are known; another one is asked, once.
 *
 * @throws {@link OktaConnectError} `oauth_failed` where it describes another server or lacks an endpoint; else as any request
 * @see RFC 8414, OpenID Connect Discovery §4
 */
export async function locate(connection: Connection, signal: AbortSignal | undefined, deps: Deps): Promise<Endpoints> {
  if (connection.endpoints !== undefined) return connection.endpoints
  const issuer = connection.login.authorizationServer ?? connection.orgUrl.origin
  const asked = discovered.get(issuer) ?? discover(issuer, connection.requestTimeoutMs, deps)
  discovered.set(issuer, asked)
  asked.catch(() => discovered.delete(issuer))
  // One caller's wish to give up does not end the others' wait.
  return await orAborted(asked, signal)
}

async function discover(issuer: string, requestTimeoutMs: number, deps: Deps): Promise<Endpoints> {
  const ask = boundedFetch(deps.fetch, { requestTimeoutMs, signal: undefined })
  for (const url of metadataUrls(issuer)) {
    const answer = await ask(url, { headers: { accept: 'application/json' } })
    const metadata: unknown = answer.ok ? await answer.json().catch(() => undefined) : undefined
    if (typeof metadata === 'object' && metadata !== null)
      return toEndpoints(metadata as Record<string, unknown>, issuer)
  }
  throw misdescribed(issuer, 'does not describe itself')
}

function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

function toEndpoints(metadata: Record<string, unknown>, issuer: string): Endpoints {
  // Another server's description would send the credentials there (RFC 8414 §3.3).
  if (metadata.issuer !== issuer) throw misdescribed(issuer, 'describes another one')
  const endpoint = (name: string): URL | undefined => {
    const value = metadata[name]
    if (value === undefined) return undefined
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
    if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url
    throw misdescribed(issuer, `has no usable ${name}`)
  }
  const token = endpoint('token_endpoint')
  if (token === undefined) throw misdescribed(issuer, 'has no token_endpoint')
  return {
    issuer,
    token,
    authorize: endpoint('authorization_endpoint'),
    revoke: endpoint('revocation_endpoint'),
    deviceAuthorization: endpoint('device_authorization_endpoint'),
  }
}

function misdescribed(issuer: string, reason: string): OktaConnectError {
  return new OktaConnectError('oauth_failed', `The authorization server ${issuer} ${reason}.`, {
    hint: 'Give its issuer exactly as its own description says, or the id of a custom authorization server of Okta.',
  })
}
