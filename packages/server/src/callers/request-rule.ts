/** Methods and paths of the org that a caller may use, such as `GET,POST /api/v1/groups/**`. */
export interface RequestRule {
  /** `undefined`: any. */
  readonly methods: ReadonlySet<string> | undefined
  readonly path: RegExp
}

/** Parses a rule. In its path `*` is anything within one segment, and `**` at the end anything at all. */
export function parseRequestRule(text: string): RequestRule {
  const [methods = '', path = ''] = text.split(' ', 2)
  const hasRest = path.endsWith('**')
  const pattern = (hasRest ? path.slice(0, -2) : path)
    .split('*')
    .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]*')
  return {
    methods: methods === '*' ? undefined : new Set(methods.split(',')),
    // `/users/**` is `/users` too: who may see what is below it may see it.
    path: new RegExp(`^${hasRest ? pattern.replace(/\/$/, '(/|$)') : pattern}${hasRest ? '' : '$'}`),
  }
}

/** Whether one of the rules lets a request through. */
export function permits(rules: readonly RequestRule[] | undefined, method: string, path: string): boolean {
  return rules === undefined || rules.some(rule => (rule.methods?.has(method) ?? true) && rule.path.test(path))
}
