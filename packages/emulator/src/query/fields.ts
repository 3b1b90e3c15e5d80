import { ApiError } from '../http/errors/errors.js'

const NAME = /^[A-Za-z_$][\w$]*$/
const PROFILE = /(?:^|,)\s*profile:\(([^()]*)\)\s*(?=,|$)/

/**
 * Reads the `fields` parameter of `GET /api/v1/users`: names separated by commas, and `profile:(…)` with attributes. `id` is
 * always included.
 *
 * @returns a function that reduces a user to these fields, in the order of the user
 * @throws {ApiError} for a malformed list, which is inferred
 * @example selectFields('status,profile:(firstName,lastName)')
 */
export function selectFields(fields: string): (resource: object) => object {
  const match = PROFILE.exec(fields)
  const rest = match === null ? fields : fields.replace(match[0], '')
  const attributes = match === null ? [] : names(match[1] ?? '')
  const topLevel = rest.trim() === '' && match !== null ? [] : names(rest.replace(/^\s*,/, ''))
  const selected = new Set(['id', ...topLevel])
  return resource =>
    Object.fromEntries(
      Object.entries(resource).flatMap(([name, value]) => {
        if (selected.has(name)) return [[name, value]]
        return name === 'profile' && attributes.length > 0 ? [[name, pick(value, attributes)]] : []
      }),
    )
}

function names(list: string): string[] {
  const parts = list.split(',').map(part => part.trim())
  if (parts.some(part => !NAME.test(part))) {
    throw new ApiError('E0000001', 'Api validation failed: RequestParams', {
      status: 400,
      causes: ['fields: The list of fields is malformed.'],
    })
  }
  return parts
}

function pick(profile: object, attributes: readonly string[]): object {
  return Object.fromEntries(Object.entries(profile).filter(([name]) => attributes.includes(name)))
}
