/**
 * Turns a path as documentation writes it into an expression: `{name}` is one segment, a `*` at the end is any rest.
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
