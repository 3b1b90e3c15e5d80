import { parse } from 'node:querystring'
import type { AppContext } from './app-env.js'
import { headerOf } from './header-of.js'
import { malformed } from './refusal.js'

/** The parameters of an OAuth request. */
export interface Form {
  readonly one: ReadonlyMap<string, string>
  /** RFC 8707 §2: the only one that may come more than once. */
  readonly resources: readonly string[]
}

/**
 * Reads the form of an OAuth request: a parameter without a value was not sent, and none comes twice.
 *
 * @throws {@link Refusal} 400 `invalid_request`
 * @see RFC 6749 §3.2, appendix B
 */
export async function readForm(c: AppContext): Promise<Form> {
  const [type = ''] = (headerOf(c, 'content-type') ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw malformed('The body is a form: application/x-www-form-urlencoded.')
  }
  const one = new Map<string, string>()
  let resources: readonly string[] = []
  const sent = parse(await c.req.text())
  for (const name in sent) {
    const value = sent[name]
    const given = typeof value === 'string' ? value : severalOf(value)
    if (name === 'resource') resources = [given].flat().filter(Boolean)
    else if (typeof given !== 'string') throw malformed(`${told(name)} comes more than once.`)
    else if (given !== '') one.set(name, given)
  }
  return { one, resources }
}

const known = new Set([
  ...['grant_type', 'scope', 'connection', 'token', 'token_type_hint'],
  ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'],
])

// Somebody may have written a secret where a name belongs.
function told(name: string): string {
  return known.has(name) ? `The parameter ${name}` : 'A parameter'
}

function severalOf(values: readonly string[] = []): string | readonly string[] {
  const given = values.filter(Boolean)
  return given.length > 1 ? given : (given[0] ?? '')
}
