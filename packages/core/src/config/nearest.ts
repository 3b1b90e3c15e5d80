import { distance } from 'fastest-levenshtein'

/**
 * Returns the name that a misspelt one most likely means: one that differs by few characters, upper and lower case aside.
 *
 * @example
 * nearest('okta.user.read', oktaScopes) // 'okta.users.read'
 */
export function nearest(
  text: string,
  names: readonly string[],
  maxEdits = Math.min(2, Math.floor(text.length / 4)),
): string | undefined {
  if (text.length >= 100) return undefined
  const ranked = names
    .map(name => ({ name, edits: distance(text.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits)
  const [first] = ranked
  return first !== undefined && first.edits <= maxEdits ? first.name : undefined
}
