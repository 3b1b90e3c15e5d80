import type { Caller } from '../clients/client.js'
import { Refusal } from '../http/http-error.js'
import type { Connections } from './connections.js'
import type { Upstream } from './upstream.js'

/** How a request says which connection it is about. */
export interface Target {
  readonly connection: string | undefined
  readonly resources: readonly string[]
}

/**
 * The connection that a request is about: by its name, by the URI of the org, or the only one that the caller may use.
 *
 * @throws {@link Refusal} 400 `invalid_target`
 * @see RFC 8707 §2
 */
export function chooseConnection(
  { connection, resources }: Target,
  caller: Caller,
  connections: Connections,
): Upstream {
  const [resource, another] = resources
  if (another !== undefined) throw noTarget('A token is for one resource.')
  const meant: Upstream[] = []
  for (const name of caller.connections) {
    if (connection !== undefined && name !== connection) continue
    const upstream = connections.get(name)
    if (upstream !== undefined && (resource === undefined || isOrg(resource, upstream.orgUrl))) meant.push(upstream)
  }
  const [only, other] = meant
  if (only === undefined) throw noTarget('No connection that this caller may use fits connection and resource.')
  if (other === undefined) return only
  const names = meant.map(({ name }) => name).join(', ')
  throw noTarget(`More than one connection fits: say connection=NAME, or resource=URL of the org. There are ${names}.`)
}

/** A connection by its name, in the path of a request. */
export function connectionNamed(name: string, caller: Caller, connections: Connections): Upstream {
  const found = caller.connections.has(name) ? connections.get(name) : undefined
  if (found !== undefined) return found
  throw new Refusal(404, 'not_found', 'There is no connection of this name that this caller may use.')
}

function isOrg(resource: string, orgUrl: URL): boolean {
  return resource === orgUrl.origin || resource === orgUrl.href
}

function noTarget(description: string): Refusal {
  return new Refusal(400, 'invalid_target', description)
}
