import { isScopeToken } from '@connect-okta/core/profiles'
import type { Client } from '../clients/client.js'
import { HttpError } from '../http/http-error.js'
import type { Upstream } from './upstream.js'

/**
 * Selects the scopes of a token: the requested ones. Default: all that the client may request.
 *
 * @returns sorted; `undefined` for all scopes of the connection.
 * @throws {@link HttpError} 400 `invalid_scope`
 */
export function chooseScopes(
  scope: string | undefined,
  client: Client,
  upstream: Upstream,
): readonly string[] | undefined {
  const { name, scopes, isUserConnection } = upstream
  const permitted = client.scopes === undefined ? scopes : scopes.filter(one => client.scopes?.has(one))
  const hasAll = permitted.length === scopes.length
  if (hasAll && (scope === undefined || (scope === scopes[0] && scopes.length === 1))) return undefined
  const requested = scope === undefined ? permitted : [...new Set(scope.split(' ').filter(Boolean))].sort()
  const unknown = requested.find(one => !permitted.includes(one))
  if (unknown !== undefined) {
    const printable = isScopeToken(unknown) ? unknown.slice(0, 80) : 'one of these scopes'
    throw invalidScope(`This client may not request ${printable} of the connection ${name}.`)
  }
  if (requested.length === 0) throw invalidScope(`This client may not request any scope of ${name}.`)
  if (requested.length === scopes.length) return undefined
  if (isUserConnection) {
    // A user would have to sign in for each set.
    throw invalidScope(`Tokens of the user connection ${name} have all of its scopes: ${scopes.join(' ')}.`)
  }
  if (requested.length < permitted.length && !upstream.tryUseScopes(client.name, requested)) {
    throw invalidScope(
      `This client has used too many different sets of scopes of ${name} within an hour. ` +
        'Use one of them again, or omit scope to request all scopes of the client.',
    )
  }
  return requested
}

function invalidScope(description: string): HttpError {
  return new HttpError(400, 'invalid_scope', description)
}
