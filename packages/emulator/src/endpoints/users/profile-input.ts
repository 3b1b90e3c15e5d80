import { ApiError } from '../../http/errors.js'
import { validationError } from '../../http/validation-error.js'
import type { Org } from '../../org/org.js'
import type { User, UserProfile } from '../../org/users/user.js'
import { newProfile } from '../../org/users/user.js'
import { BASE_USER_ATTRIBUTES } from '../../query/user-attributes.js'
import { customAttributes } from './list-users.js'

const REQUIRED = ['firstName', 'lastName', 'email', 'login']
const ADDRESS = /^[^\s@]+@[^\s@]+$/
const DUPLICATE = 'An object with this field already exists in the current organization'

type Json = Readonly<Record<string, unknown>>

/** Returns a member of a body that must be an object if it is there. */
export function objectMember(body: Json, name: string): Json | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return { ...value }
  throw new ApiError('E0000003', 'The request body was not well-formed.')
}

/**
 * Checks the profile of a new or changed user. The messages for an unknown attribute and for a login that exists are
 * recorded or documented; those for a missing or malformed value are inferred.
 *
 * @param user the user that is changed, who can keep the login
 */
export function readProfile(org: Org, profile: Json, user?: User): UserProfile {
  const known = customAttributes(org.directory.all)
  const unknown = Object.keys(profile).find(name => !BASE_USER_ATTRIBUTES.includes(name) && !known.has(name))
  if (unknown !== undefined) throw validationError('newUser', `Property name '${unknown}' is not defined in profile`)
  const { login, email } = profile
  const missing = REQUIRED.filter(name => profile[name] === undefined || profile[name] === null || profile[name] === '')
  const [first] = missing
  if (first !== undefined) {
    throw validationError(first, ...missing.map(name => `${name}: The field cannot be left blank`))
  }
  if (typeof login !== 'string' || !ADDRESS.test(login)) {
    throw validationError('login', 'login: Username must be in the form of an email address')
  }
  if (typeof email !== 'string' || !ADDRESS.test(email)) {
    throw validationError('email', 'email: Does not match required pattern')
  }
  const same = org.directory.findByLogin(login)
  if (same !== undefined && same.id !== user?.id) throw validationError('login', `login: ${DUPLICATE}`)
  return newProfile({ ...profile, login })
}

/** Reads `credentials` of a body: a password in clear text, and a recovery question. */
export function readCredentials(
  body: Json,
  { login }: Pick<UserProfile, 'login'>,
): Pick<User, 'recoveryQuestion'> & { readonly password?: string | undefined } {
  const credentials = objectMember(body, 'credentials') ?? {}
  const password = objectMember(credentials, 'password')
  const question = objectMember(credentials, 'recovery_question')
  if (password !== undefined && !('value' in password) && Object.keys(password).length > 0) {
    throw validationError('password', 'password: The emulator supports only a password in clear text (value).')
  }
  return {
    ...(password?.value !== undefined && { password: checkPassword(password.value, login) }),
    ...(question && {
      recoveryQuestion: { question: String(question.question ?? ''), answer: String(question.answer ?? '') },
    }),
  }
}

/** Checks a password against Okta's default policy. */
export function checkPassword(password: unknown, login: string): string {
  const parts = login
    .toLowerCase()
    .split(/[@._-]/)
    .filter(part => part.length > 3)
  if (
    typeof password === 'string' &&
    password.length >= 8 &&
    [/[a-z]/, /[A-Z]/, /\d/].every(pattern => pattern.test(password)) &&
    !parts.some(part => password.toLowerCase().includes(part))
  ) {
    return password
  }
  throw validationError(
    'password',
    'password: Password requirements were not met. Password requirements: at least 8 characters, a lowercase letter, an uppercase letter, a number, no parts of your username.',
  )
}
