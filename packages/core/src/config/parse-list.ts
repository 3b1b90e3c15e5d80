import { unquoted } from '../unquoted.js'

/**
 * Splits a string with commas, semicolons or white space between the entries, or a JSON array. Removes empty entries, and quotes
 * around entries.
 *
 * @example
 * parseList('okta.users.read, okta.groups.read') // ['okta.users.read', 'okta.groups.read']
 */
export function parseList(text: string): readonly string[] {
  const plain = unquoted(text)
  const isArray = plain.startsWith('[') && plain.endsWith(']')
  const entries = isArray ? plain.slice(1, -1).replace(/["']/g, ' ') : plain
  return entries
    .split(/(?:[\s,;]|%20)+/)
    .map(unquoted)
    .filter(Boolean)
}
