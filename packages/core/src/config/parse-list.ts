/**
 * Splits a list that is written as one text, at commas and white space. Empty entries are dropped.
 *
 * @example
 * parseList('okta.users.read, okta.groups.read') // ['okta.users.read', 'okta.groups.read']
 */
export function parseList(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}
