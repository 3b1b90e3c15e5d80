/**
 * The keys and types of a recorded JSON value. Text names a type, several types with `|`, or an object of {@link OBJECTS}. A key
 * with `?` is not in each recorded value. The keys have the recorded order. `{ '|': [...] }` has alternatives.
 */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape }

/** Objects that are in many recorded values. */
const OBJECTS: Readonly<Record<string, Shape>> = {
  link: { href: 'url' },
  'link with method': { href: 'url', method: 'string' },
  'link with hints': { href: 'url', hints: { allow: ['string'] } },
  'link with name': { name: 'string', href: 'url' },
  'link with name and type': { name: 'string', href: 'url', type: 'string' },
  error: { errorCode: 'string', errorSummary: 'string', errorLink: 'string', errorId: 'string', errorCauses: [] },
  'error with causes': {
    errorCode: 'string',
    errorSummary: 'string',
    errorLink: 'string',
    errorId: 'string',
    errorCauses: [{ errorSummary: 'string' }],
  },
}

/** Compares a value with a recorded shape. Returns the differences: keys, types, and the order of keys. */
export function shapeDifferences(shape: Shape, value: unknown, path = 'body'): readonly string[] {
  const alternatives = alternativesOf(shape)
  const found = alternatives.find(alternative => kindOf(alternative) === kindOfValue(value))
  if (Array.isArray(value) && Array.isArray(found)) {
    const [element] = found
    if (element === undefined) return value.length > 0 && path.endsWith('errorCauses') ? [`${path} is not empty`] : []
    return [...new Set(value.flatMap(item => shapeDifferences(element, item, `${path}[]`)))]
  }
  if (typeof found === 'object' && typeof value === 'object' && value !== null) {
    return objectDifferences(found as Readonly<Record<string, Shape>>, value, path)
  }
  const types = alternatives.flatMap(alternative => (typeof alternative === 'string' ? alternative.split('|') : []))
  const type = typeOf(value)
  if (types.includes(type) || (types.includes('string') && (type === 'url' || type === 'date'))) return []
  return [`${path} is ${type}, recorded: ${alternatives.map(nameOf).join('|')}`]
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
  if (typeof shape === 'string') return [OBJECTS[shape] ?? shape]
  return '|' in shape ? (shape['|'] as readonly Shape[]).flatMap(alternativesOf) : [shape]
}

function kindOf(shape: Shape): string {
  if (typeof shape === 'string') return 'primitive'
  return Array.isArray(shape) ? 'array' : 'object'
}

function kindOfValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'primitive'
  return Array.isArray(value) ? 'array' : 'object'
}

function nameOf(shape: Shape): string {
  return typeof shape === 'string' ? shape : kindOf(shape)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'string') return kindOfValue(value) === 'primitive' ? typeof value : kindOfValue(value)
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(value)) return 'date'
  return value.startsWith('http') ? 'url' : 'string'
}
