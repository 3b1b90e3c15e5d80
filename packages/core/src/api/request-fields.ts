import { optionsInvalid } from '../errors.js'
import { described } from '../safe-text.js'

/** A named value of a JSON body or of a query: `profile[name]` is a member of an object, `groups[]` an item of a list. */
export type RequestField = readonly [name: string, value: unknown]

/**
 * Adds fields to the query of a path. All values become strings.
 *
 * @example
 * withQuery('/api/v1/users', [['limit', 10]]) // '/api/v1/users?limit=10'
 */
export function withQuery(path: string, fields: readonly RequestField[]): string {
  if (fields.length === 0) return path
  const query = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, String(value)]))
  const [, target = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(path) ?? []
  return `${target}${target.includes('?') ? '&' : '?'}${query}${fragment}`
}

/**
 * Returns the JSON object that the fields describe.
 *
 * @throws {@link OktaConnectError} `options_invalid` for a name with an invalid form, or a name that conflicts with another one
 * @example
 * jsonBodyOf([['profile[name]', 'Pilots'], ['ids[]', '00u1']]) // '{"profile":{"name":"Pilots"},"ids":["00u1"]}'
 */
export function jsonBodyOf(fields: readonly RequestField[]): string {
  const root: Members = Object.create(null)
  for (const [name, value] of fields) put(root, name, value)
  return JSON.stringify(root)
}

type Members = Record<string, unknown>

function put(root: Members, name: string, value: unknown): void {
  const keys = keysOf(name)
  let container: Members | unknown[] = root
  for (const [index, key] of keys.entries()) {
    const isItem = key === '' && index > 0
    if (Array.isArray(container) !== isItem) throw conflicting(name, 'a list and an object')
    const next = keys[index + 1]
    const existing: unknown = Array.isArray(container) ? undefined : container[key]
    const added: unknown = next === undefined ? value : (existing ?? (next === '' ? [] : Object.create(null)))
    if (next !== undefined && (typeof added !== 'object' || added === null)) {
      throw conflicting(name, 'a value and an object')
    }
    if (Array.isArray(container)) container.push(added)
    else container[key] = added
    container = added as Members | unknown[]
  }
}

function keysOf(name: string): readonly string[] {
  const [, first, rest = ''] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? []
  if (first === undefined) throw optionsInvalid(`Invalid field name (${described(name)}).`, 'Use a, a[b] or a[].')
  return [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, key = '']) => key)]
}

function conflicting(name: string, what: string) {
  return optionsInvalid(`A field is both ${what} (${described(name)}).`, 'Use only one of them.')
}
