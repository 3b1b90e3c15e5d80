import { isScopeToken, parseList } from '@connect-okta/core/profiles'
import type { Client } from '../clients/client.js'
import { HttpError } from '../http/http-error.js'
import type { Upstream } from './upstream.js'

const maxListed = 20
/** Okta has some 80 scopes, of 30 characters. */
const maxLength = 8192

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
  if (scope !== undefined && scope.length > maxLength)
    throw invalidScope(`scope is longer than ${maxLength} characters.`)
  const { name, scopes, isUserConnection } = upstream
  // RFC 6749 §3.3 separates scopes by spaces. Some clients send the separators of their configuration.
  const given = scope === undefined ? [] : parseList(scope)
  const permitted = client.scopes === undefined ? scopes : scopes.filter(one => client.scopes?.has(one))
  const hasAll = permitted.length === scopes.length
  if (hasAll && (given.length === 0 || (scope === scopes[0] && scopes.length === 1))) return undefined
  const requested = given.length === 0 ? permitted : [...new Set(given)].sort()
  const unknown = requested.find(one => !permitted.includes(one))
  if (unknown !== undefined) {
    const printable = isScopeToken(unknown) ? unknown.slice(0, 80) : 'one of these scopes'
    throw invalidScope(`This client may not request ${printable} of the connection ${name}.${listOf(permitted)}`)
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

function listOf(permitted: readonly string[]): string {
  if (permitted.length === 0) return ''
  const more = permitted.length > maxListed ? ' …' : ''
  return ` Allowed scopes: ${permitted.slice(0, maxListed).join(' ')}${more}`
}

function invalidScope(description: string): HttpError {
  return new HttpError(400, 'invalid_scope', description)
}
