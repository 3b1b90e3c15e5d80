import type { Connection } from '../config/connection.js'
import { type Endpoints, isLoopback } from '../config/tenant.js'
import type { Deps } from '../deps.js'
import { OktaConnectError } from '../errors.js'
import { orAborted } from '../http/abort.js'
import { boundedFetch } from '../http/bounded-fetch.js'

// Metadata is requested once in the life of a process. A failure is requested again.
const discovered = new Map<string, Promise<Endpoints>>()

/**
 * Returns the endpoints of an authorization server. Those of Okta's are known; the metadata of another one is requested once.
 *
 * @throws {@link OktaConnectError} `oauth_failed` if the metadata is invalid; else as any request
 * @see RFC 8414, OpenID Connect Discovery §4
 */
export async function resolveEndpoints(
  connection: Connection,
  signal: AbortSignal | undefined,
  deps: Deps,
): Promise<Endpoints> {
  if (connection.endpoints !== undefined) return connection.endpoints
  const issuer = connection.login.authorizationServer ?? connection.orgUrl.origin
  const request = discovered.get(issuer) ?? discover(issuer, connection.requestTimeoutMs, deps)
  discovered.set(issuer, request)
  request.catch(() => discovered.delete(issuer))
  // Callers share the request: when one cancels, it continues for the others.
  return await orAborted(request, signal)
}

async function discover(issuer: string, requestTimeoutMs: number, deps: Deps): Promise<Endpoints> {
  const send = boundedFetch(deps.fetch, { requestTimeoutMs, signal: undefined })
  for (const url of metadataUrls(issuer)) {
    const response = await send(url, { headers: { accept: 'application/json' } })
    const metadata: unknown = response.ok ? await response.json().catch(() => undefined) : undefined
    if (typeof metadata === 'object' && metadata !== null)
      return toEndpoints(metadata as Record<string, unknown>, issuer)
  }
  throw metadataInvalid(issuer, 'publishes no metadata')
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
  // Otherwise the credentials would be sent to another server (RFC 8414 §3.3).
  if (metadata.issuer !== issuer) throw metadataInvalid(issuer, 'publishes the metadata of another issuer')
  const endpoint = (name: string): URL | undefined => {
    const value = metadata[name]
    if (value === undefined) return undefined
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
    if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url
    throw metadataInvalid(issuer, `has an invalid ${name}`)
  }
  const token = endpoint('token_endpoint')
  if (token === undefined) throw metadataInvalid(issuer, 'has no token_endpoint')
  return {
    issuer,
    token,
    authorize: endpoint('authorization_endpoint'),
    revoke: endpoint('revocation_endpoint'),
    deviceAuthorization: endpoint('device_authorization_endpoint'),
  }
}

function metadataInvalid(issuer: string, reason: string): OktaConnectError {
  return new OktaConnectError('oauth_failed', `The authorization server ${issuer} ${reason}.`, {
    hint: 'Use the issuer exactly as in its metadata, or the ID of a custom authorization server of Okta.',
  })
}
