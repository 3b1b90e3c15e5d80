/**
 * Whether a pattern matches a text. In the pattern, `*` matches one or more characters. For texts with separators, compare the
 * parts between them.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  // Without backtracking, whose time grows exponentially with the number of wildcards: each text between two wildcards is
  // searched from the end of the previous one, and its first match leaves the most text for the next.
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === text
  if (!text.startsWith(first)) return false
  let end = first.length
  for (const part of rest) {
    // A wildcard matches at least one character.
    const at = text.indexOf(part, end + 1)
    if (at === -1) return false
    end = at + part.length
  }
  return text.endsWith(last) && text.length - last.length > end
}
