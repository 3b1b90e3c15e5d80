import type { AppContext, Form } from '../app-env.js'
import { invalidRequest } from './http-error.js'
import { requestHeader } from './request-header.js'

/**
 * Reads the form of an OAuth request. A parameter without a value counts as omitted, and no parameter is repeated. Spaces around
 * a value are dropped, except for a secret, which may have them (RFC 6749 appendix A.2).
 *
 * @throws {@link HttpError} 400 `invalid_request`
 * @see RFC 6749 §3.2, appendix B
 */
export async function readForm(c: AppContext): Promise<Form> {
  const [type = ''] = (requestHeader(c, 'content-type') ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw invalidRequest('The body must be a form: application/x-www-form-urlencoded.')
  }
  return parseForm(await c.req.text())
}

function parseForm(body: string): Form {
  const single = new Map<string, string>()
  const resources: string[] = []
  for (const [name, given] of new URLSearchParams(body)) {
    const value = name === 'client_secret' ? given : given.trim()
    if (value === '') continue
    if (name === 'resource') resources.push(value)
    else if (single.has(name)) throw invalidRequest(`${printableName(name)} is repeated.`)
    else single.set(name, value)
  }
  return { single, resources }
}

const knownNames = new Set([
  ...['grant_type', 'scope', 'connection', 'token', 'token_type_hint'],
  ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'],
])

// An unknown name may be a misplaced secret.
function printableName(name: string): string {
  return knownNames.has(name) ? `The parameter ${name}` : 'A parameter'
}
