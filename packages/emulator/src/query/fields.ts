import { ApiError } from '../http/errors/errors.js'
import { BASE_USER_ATTRIBUTES } from './user-attributes.js'

const NAME = /^[A-Za-z_$][\w$]*$/
const USER_FIELDS: readonly string[] = [
  ...['id', 'status', 'created', 'activated', 'statusChanged', 'lastLogin', 'lastUpdated', 'passwordChanged'],
  ...['transitioningToStatus', 'realmId', 'type', 'profile', 'credentials', '_links'],
]
const PROFILE = /(?:^|,)\s*profile:\(([^()]*)\)\s*(?=,|$)/

/**
 * Reads the `fields` parameter of `GET /api/v1/users`: names separated by commas, and `profile:(…)` with attributes. `id` is
 * always included.
 *
 * @param customAttributes the names of the custom attributes in the user profile
 * @returns a function that reduces a user to these fields, in the order of the user
 * @throws {ApiError} for a malformed list or an unknown field, which is inferred
 * @example selectFields('status,profile:(firstName,lastName)')
 */
export function selectFields(fields: string, customAttributes: Iterable<string> = []): (resource: object) => object {
  const match = PROFILE.exec(fields)
  const rest = match === null ? fields : fields.replace(match[0], '')
  const attributes = match === null ? [] : names(match[1] ?? '', [...BASE_USER_ATTRIBUTES, ...customAttributes])
  const topLevel = rest.trim() === '' && match !== null ? [] : names(rest.replace(/^\s*,/, ''), USER_FIELDS)
  const selected = new Set(['id', ...topLevel])
  return resource =>
    Object.fromEntries(
      Object.entries(resource).flatMap(([name, value]) => {
        if (selected.has(name)) return [[name, value]]
        return name === 'profile' && attributes.length > 0 ? [[name, pick(value, attributes)]] : []
      }),
    )
}

function names(list: string, known: readonly string[]): string[] {
  const parts = list.split(',').map(part => part.trim())
  if (parts.some(part => !NAME.test(part))) throw invalidFields('The list of fields is malformed.')
  const unknown = parts.find(part => !known.includes(part))
  if (unknown !== undefined) throw invalidFields(`A user has no field ${unknown}.`)
  return parts
}

function invalidFields(problem: string): ApiError {
  return new ApiError('E0000001', 'Api validation failed: RequestParams', {
    status: 400,
    causes: [`fields: ${problem}`],
  })
}

function pick(profile: object, attributes: readonly string[]): object {
  return Object.fromEntries(Object.entries(profile).filter(([name]) => attributes.includes(name)))
}
