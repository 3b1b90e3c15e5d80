/**
 * The keys and types of a recorded JSON value. A key with `?` is not in each recorded value. The keys have the recorded order.
 * Text is a type, several types with `|`, or one of {@link objectOf}. A type is `null`, `boolean`, `number`, `string`, `date`, `url`,
 * a URL with a path (`url /api/v1/users/ID`) or a value (`'ACTIVE'`). `{ '|': [...] }` has alternatives.
 */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape }

const error = { errorCode: 'string', errorSummary: 'string', errorLink: 'string', errorId: 'string' }

/**
 * The object that is meant by text: `link`, with a path, and with a method (`link POST /path`) or hints (`link [GET,PUT] /path`),
 * `error` or `error with causes`.
 */
function objectOf(text: string): Shape | undefined {
  if (text === 'error') return { ...error, errorCauses: [] }
  if (text === 'error with causes') return { ...error, errorCauses: [{ errorSummary: 'string' }] }
  const [isLink, method, hints, path] = /^link(?: ([A-Z]+))?(?: \[([A-Z,]+)\])?( \/\S*)?$/.exec(text) ?? []
  if (isLink === undefined) return undefined
  const href = `url${path ?? ''}`
  if (method !== undefined) return { href, method: `'${method}'` }
  if (hints !== undefined) return { href, hints: { allow: [hints.replace(/[A-Z]+/g, "'$&'").replaceAll(',', '|')] } }
  return { href }
}

/** Compares a value with a recorded shape. Returns the differences: keys, types, values, and the order of keys. */
export function shapeDifferences(shape: Shape, value: unknown, path = 'body'): readonly string[] {
  const alternatives = alternativesOf(shape)
  const found = alternatives.find(alternative => kindOf(alternative) === kindOf(value))
  if (Array.isArray(value) && Array.isArray(found)) {
    const [element] = found
    if (element === undefined) return value.length > 0 && path.endsWith('errorCauses') ? [`${path} is not empty`] : []
    return [...new Set(value.flatMap(item => shapeDifferences(element, item, `${path}[]`)))]
  }
  if (kindOf(value) === 'object' && found !== undefined) {
    return objectDifferences(found as Readonly<Record<string, Shape>>, Object(value), path)
  }
  const types = alternatives.flatMap(alternative => (typeof alternative === 'string' ? alternative.split('|') : []))
  const possible = typesOf(value)
  if (types.some(type => possible.includes(type))) return []
  return [`${path} is ${possible[0]}, recorded: ${alternatives.map(nameOf).join('|')}`]
}

function objectDifferences(shape: Readonly<Record<string, Shape>>, value: object, path: string): readonly string[] {
  const recorded = Object.keys(shape).map(key => key.replace(/\?$/, ''))
  const actual = Object.keys(value)
  const missing = Object.keys(shape).filter(key => !key.endsWith('?') && !actual.includes(key))
  const added = actual.filter(key => !recorded.includes(key))
  const [common, expected] = [
    actual.filter(key => recorded.includes(key)),
    recorded.filter(key => actual.includes(key)),
  ]
  const unordered = common.find((key, index) => key !== expected[index])
  return [
    ...missing.map(key => `${path}.${key} is missing`),
    ...added.map(key => `${path}.${key} is not recorded`),
    ...(unordered === undefined ? [] : [`${path}.${unordered} is in another place`]),
    ...common.flatMap(key =>
      shapeDifferences(shape[key] ?? shape[`${key}?`] ?? '', Reflect.get(value, key), `${path}.${key}`),
    ),
  ]
}

function alternativesOf(shape: Shape): readonly Shape[] {
  if (typeof shape === 'string') return [objectOf(shape) ?? shape]
  return '|' in shape ? (shape['|'] as readonly Shape[]).flatMap(alternativesOf) : [shape]
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'primitive'
  return Array.isArray(value) ? 'array' : 'object'
}

function nameOf(shape: Shape): string {
  return typeof shape === 'string' ? shape : kindOf(shape)
}

/** The types that fit a value, the most exact one first. */
function typesOf(value: unknown): readonly string[] {
  if (value === null) return ['null']
  if (typeof value !== 'string') return [kindOf(value) === 'primitive' ? typeof value : kindOf(value)]
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(value)) return ['date', 'string']
  if (value.startsWith('http')) return [`url ${pathOf(value)}`, 'url', 'string']
  return [`'${value}'`, 'string']
}

function pathOf(url: string): string {
  return new URL(url).pathname
    .split('/')
    .map(segment => (isId(segment) ? 'ID' : segment))
    .join('/')
}

/** Whether a segment of a path is an ID, a login or the ID of a key. Most IDs have a digit. */
function isId(segment: string): boolean {
  return segment.includes('@') || /^(?=.*\d)[\w-]{15,}$|^(oag|ocs|osc|oty|pks|tos)[A-Za-z]{17}$/.test(segment)
}
