import { decodeSegment } from './decode-segment.js'

/**
 * Matches a path against a template, in which `{name}` is one segment that is not empty.
 *
 * @returns the decoded segments by name, or undefined when the path does not match
 * @example matchPath('/api/v1/users/{id}', '/api/v1/users/me') // { id: 'me' }
 */
export function matchPath(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const expected = template.split('/')
  const segments = path.split('/')
  if (expected.length !== segments.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, part] of expected.entries()) {
    const segment = segments[index] ?? ''
    if (part.startsWith('{') && segment !== '') parameters[part.slice(1, -1)] = decodeSegment(segment)
    else if (part !== segment) return undefined
  }
  return parameters
}

/** Removes double slashes and the slash at the end of a path, which Okta ignores (recorded responses). */
export function canonicalPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
}
