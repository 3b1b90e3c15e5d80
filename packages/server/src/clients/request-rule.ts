import { matchesWildcard } from './wildcard.js'

/** Methods and paths of the org that a client may use, such as `GET,POST /api/v1/groups/**`. */
export interface RequestRule {
  /** `undefined`: any. */
  readonly methods: ReadonlySet<string> | undefined
  /** The segments of the path, without `**`. */
  readonly segments: readonly string[]
  /** Whether the path ends in `/**`: it matches the path before it, and everything below. */
  readonly isPrefix: boolean
}

/** A rule in the form that {@link parseRequestRule} reads: methods in upper case, without spaces between them. */
export function plainRule(text: string): string {
  const { methods, path } =
    /^\s*(?<methods>\*|[A-Za-z]+(\s*,\s*[A-Za-z]+)*)\s+(?<path>\/\S*)\s*$/.exec(text)?.groups ?? {}
  return methods === undefined ? text : `${methods.replace(/\s/g, '').toUpperCase()} ${path}`
}

/** Whether `**` is only used as the last segment of the path. */
export function hasValidWildcards(rule: string): boolean {
  const at = rule.indexOf('**')
  return at === -1 || (at === rule.length - 2 && rule.endsWith('/**'))
}

/** Parses a rule. In its path, `*` matches one or more characters of a segment; a last segment `**` matches any path below. */
export function parseRequestRule(text: string): RequestRule {
  const [methods = '', path = ''] = text.split(' ', 2)
  const isPrefix = path.endsWith('/**')
  return {
    methods: methods === '*' ? undefined : new Set(methods.split(',')),
    segments: (isPrefix ? path.slice(0, -'/**'.length) : path).split('/'),
    isPrefix,
  }
}

/** Whether one of the rules permits a request. Without rules, every request is permitted. */
export function permits(rules: readonly RequestRule[] | undefined, method: string, path: string): boolean {
  if (rules === undefined) return true
  const given = path.split('/')
  return rules.some(rule => (rule.methods?.has(method) ?? true) && matchesPath(rule, given))
}

function matchesPath({ segments, isPrefix }: RequestRule, given: readonly string[]): boolean {
  if (isPrefix ? given.length < segments.length : given.length !== segments.length) return false
  return segments.every((pattern, index) => matchesWildcard(pattern, given[index] ?? ''))
}
