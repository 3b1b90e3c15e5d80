/**
 * Converts a path pattern to a regular expression: `{name}` matches one segment, `*` at the end matches the rest.
 *
 * @example pathPattern('/api/v1/users/{id}').test('/api/v1/users/me') // true
 */
export function pathPattern(path: string): RegExp {
  const source = path
    .split(/(\{[^}]*\}|\*$)/)
    .map(part => {
      if (part === '*') return '.*'
      return part.startsWith('{') ? '[^/]+' : part.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    })
    .join('')
  return new RegExp(`^${source}$`)
}
