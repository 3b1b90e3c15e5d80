/**
 * Returns the name that is most similar to a misspelled one. It ignores case.
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
    .map(name => ({ name, edits: editsBetween(text.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits)
  const [first] = ranked
  return first !== undefined && first.edits <= maxEdits ? first.name : undefined
}

// The Levenshtein distance, row by row. A library for it would be a fifth dependency of every program that uses the core.
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
