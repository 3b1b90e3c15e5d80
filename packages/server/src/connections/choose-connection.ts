import type { Client } from '../clients/client.js'
import { HttpError } from '../http/http-error.js'
import type { Connections } from './connections.js'
import type { Upstream } from './upstream.js'

const maxLength = 2048

/** The parameters of a request that select a connection. */
export interface Target {
  readonly connection: string | undefined
  readonly resources: readonly string[]
}

/**
 * Selects the connection of a request: by its name, by the URL of the org, or the only one that the client may use.
 *
 * @throws {@link HttpError} 400 `invalid_target`
 * @see RFC 8707 §2
 */
export function chooseConnection(
  { connection, resources }: Target,
  client: Client,
  connections: Connections,
): Upstream {
  const [resource, another] = resources
  if (another !== undefined) throw invalidTarget('resource must not be repeated.')
  if (resource !== undefined && resource.length > maxLength) {
    throw invalidTarget(`resource is longer than ${maxLength} characters.`)
  }
  const matching: Upstream[] = []
  for (const name of client.connections) {
    if (connection !== undefined && name !== connection) continue
    const upstream = connections.get(name)
    if (upstream !== undefined && (resource === undefined || isOrg(resource, upstream.orgUrl))) matching.push(upstream)
  }
  const [only, other] = matching
  if (only === undefined) throw invalidTarget(`No connection of this client matches. ${choicesOf(client, connections)}`)
  if (other === undefined) return only
  const names = matching.map(({ name }) => name).join(', ')
  throw invalidTarget(
    `Several connections match: ${names}. Specify connection=NAME, or resource with the URL of the org.`,
  )
}

/**
 * The connection that the path of a request names.
 *
 * @param expectedOrg the origin of the org that the client expects: the header `connect-okta-org`.
 * @throws {@link HttpError} 404; 409 `invalid_target` when the connection has another org.
 */
export function connectionNamed(
  name: string,
  client: Client,
  connections: Connections,
  expectedOrg: string | undefined,
): Upstream {
  const found = client.connections.has(name) ? connections.get(name) : undefined
  if (found !== undefined) {
    if (expectedOrg === undefined || isOrg(expectedOrg, found.orgUrl)) return found
    const members = { connection: name, org_url: found.orgUrl.origin }
    throw new HttpError(409, 'invalid_target', `The connection ${name} now belongs to another org.`, { members })
  }
  throw new HttpError(404, 'not_found', 'This client has no connection with this name.')
}

// RFC 3986 §6.2: in upper case, with the default port or a slash at the end, it is the same URL.
function isOrg(resource: string, orgUrl: URL): boolean {
  return resource === orgUrl.origin || (URL.canParse(resource) && new URL(resource).href === orgUrl.href)
}

function choicesOf(client: Client, connections: Connections): string {
  const upstreams = [...client.connections].map(name => connections.get(name)).filter(one => one !== undefined)
  return `Allowed connections: ${upstreams.map(({ name, orgUrl }) => `connection=${name} (resource=${orgUrl.origin})`).join(', ')}`
}

function invalidTarget(description: string): HttpError {
  return new HttpError(400, 'invalid_target', description)
}
