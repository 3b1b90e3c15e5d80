import type { Context } from 'hono'
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
export async function readForm(c: Context): Promise<Form> {
  const [type = ''] = (c.req.header('content-type') ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw malformed('The body is a form: application/x-www-form-urlencoded.')
  }
  const one = new Map<string, string>()
  const resources: string[] = []
  for (const [name, value] of new URLSearchParams(await c.req.text())) {
    if (value === '') continue
    if (name === 'resource') resources.push(value)
    else if (one.has(name)) throw malformed(`The parameter ${name.slice(0, 40)} comes more than once.`)
    else one.set(name, value)
  }
  return { one, resources }
}
