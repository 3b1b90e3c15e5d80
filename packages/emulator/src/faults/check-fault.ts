import type { FaultSpec } from './faults.js'

type Check = (value: unknown) => boolean

const isInteger =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  value =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
const isBoolean: Check = value => typeof value === 'boolean'
const isText: Check = value => typeof value === 'string'
/** RFC 9110 §5.1 and §5.5. */
const isHeaders: Check = value =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(
    ([name, text]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof text === 'string' && /^[\t\x20-\x7e]*$/.test(text),
  )
/** A path without a query and a slash at the end, with `*` only at the end. */
const isEndpoint: Check = value =>
  value === '*' || (typeof value === 'string' && /^\/([^?#*]*[^/?#*])?(\/?\*)?$/.test(value))

const MEMBERS: Readonly<Record<keyof FaultSpec, readonly [Check, string]>> = {
  endpoint: [isEndpoint, 'must be a path like /api/v1/users/{id}, without a query, with * only at the end'],
  method: [value => typeof value === 'string' && /^[a-z]+$/i.test(value), 'must be an HTTP method'],
  times: [isInteger(1), 'must be an integer of at least 1'],
  skip: [isInteger(0), 'must be an integer of at least 0'],
  delayMs: [isInteger(0), 'must be an integer of at least 0'],
  status: [isInteger(200, 599), 'must be an integer from 200 to 599'],
  retryAfterSeconds: [isInteger(0), 'must be an integer of at least 0'],
  headers: [isHeaders, 'must be an object of header names and string values'],
  body: [isText, 'must be a string'],
  contentType: [isText, 'must be a string'],
  html: [isBoolean, 'must be true or false'],
  huge: [value => isBoolean(value) || isInteger(1)(value), 'must be true, false or a number of bytes'],
  truncate: [isBoolean, 'must be true or false'],
  drop: [isBoolean, 'must be true or false'],
  afterwards: [isBoolean, 'must be true or false'],
}

/** The members that say which requests a fault applies to. */
export const PLACE: readonly string[] = ['endpoint', 'method', 'times', 'skip']

/** Returns what is wrong with a fault. One that is never applied would let a test pass for the wrong reason. */
export function problemsOfFault(spec: object): readonly string[] {
  return Object.entries(spec).flatMap(([name, value]) => {
    if (!Object.hasOwn(MEMBERS, name)) return [`${name}: Unknown option`]
    const [check, rule] = MEMBERS[name as keyof FaultSpec]
    return value === undefined || check(value) ? [] : [`${name}: ${rule}`]
  })
}
