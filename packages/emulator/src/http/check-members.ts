import { ApiError } from './errors.js'
import { validationError } from './validation-error.js'

/** What a member of a JSON body can be. `any` is checked elsewhere; a list of values allows only these. */
export type MemberType = 'string' | 'boolean' | 'object' | 'strings' | 'any' | readonly unknown[]

/** The members of a JSON object that the emulator implements or stores, by name. */
export type Members = Readonly<Record<string, MemberType>>

/** Members of a resource that a client reads and sends back, and that Okta ignores. */
const READ_ONLY = [
  ...['id', 'orn', 'created', 'createdBy', 'lastUpdated', 'lastUpdatedBy', 'lastMembershipUpdated', 'activated'],
  ...['status', 'statusChanged', 'lastLogin', 'passwordChanged', 'transitioningToStatus', 'objectClass', 'features'],
  ...['universalLogout', '_links', '_embedded'],
]

/**
 * Checks the members of a JSON object. No member is ignored that Okta would use: one that the emulator does not know is
 * rejected, as an unknown query parameter is.
 *
 * @throws {ApiError} `E0000001` for an unknown member or a value that the emulator does not support, `E0000003` for a value
 * of the wrong type, which is inferred
 */
export function checkMembers(body: Readonly<Record<string, unknown>>, members: Members, path = ''): void {
  for (const [name, value] of Object.entries(body)) {
    const type = members[name]
    if (type === undefined && path === '' && READ_ONLY.includes(name)) continue
    const where = `${path}${name}`
    if (type === undefined) throw validationError(name, `${where}: The emulator does not know this member.`)
    if (value === null || type === 'any') continue
    if (Array.isArray(type)) {
      const isAllowed = type.some(one => JSON.stringify(one) === JSON.stringify(value))
      if (!isAllowed) throw validationError(name, `${where}: The emulator supports only ${JSON.stringify(type[0])}.`)
    } else if (!hasType(value, type as MemberType)) throw malformed(where)
  }
}

/** The error for a value of the wrong type. */
export function malformed(name: string): ApiError {
  const causes = [`${name}: The value has the wrong type.`]
  return new ApiError('E0000003', 'The request body was not well-formed.', { causes })
}

function hasType(value: unknown, type: MemberType): boolean {
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value)
  if (type === 'strings') return Array.isArray(value) && value.every(one => typeof one === 'string')
  return typeof value === type
}
