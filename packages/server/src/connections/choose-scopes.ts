import type { Caller } from '../clients/client.js'
import { Refusal } from '../http/http-error.js'
import type { Upstream } from './upstream.js'

// RFC 6749 §3.3
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * The scopes that a token is to have: what is asked for, else all that the caller may have.
 *
 * @returns sorted; `undefined` for all of the connection's.
 * @throws {@link Refusal} 400 `invalid_scope`
 */
export function chooseScopes(
  scope: string | undefined,
  caller: Caller,
  upstream: Upstream,
): readonly string[] | undefined {
  const { name, scopes, isPersonal } = upstream
  const permitted = caller.scopes === undefined ? scopes : scopes.filter(one => caller.scopes?.has(one))
  const mayAll = permitted.length === scopes.length
  if (mayAll && (scope === undefined || (scope === scopes[0] && scopes.length === 1))) return undefined
  const asked = scope === undefined ? permitted : [...new Set(scope.split(' ').filter(Boolean))].sort()
  const unknown = asked.find(one => !permitted.includes(one))
  if (unknown !== undefined) {
    const shown = scopeToken.test(unknown) ? unknown.slice(0, 80) : 'one of them'
    throw new Refusal(400, 'invalid_scope', `This caller may not have ${shown} of the connection ${name}.`)
  }
  if (asked.length === 0) throw new Refusal(400, 'invalid_scope', `This caller may have no scope of ${name}.`)
  if (asked.length === scopes.length) return undefined
  if (isPersonal) {
    // A user would have to sign in for each set.
    throw new Refusal(400, 'invalid_scope', `Tokens of ${name} have all its scopes: ${scopes.join(' ')}.`)
  }
  if (asked.length < permitted.length && !upstream.admitsNarrower(caller.name, asked)) {
    const rule = `This client has used many different sets of scopes of ${name} within an hour.`
    throw new Refusal(
      400,
      'invalid_scope',
      `${rule} Use one of them again, or leave scope out for all that it may have.`,
    )
  }
  return asked
}
