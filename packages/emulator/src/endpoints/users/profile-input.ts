import { checkMembers, malformed } from '../../http/body/check-members.js'
import { validationError } from '../../http/errors/validation-error.js'
import type { Org } from '../../org/org.js'
import type { User, UserProfile } from '../../org/users/user.js'
import { newProfile } from '../../org/users/user.js'
import { BASE_USER_ATTRIBUTES } from '../../query/user-attributes.js'

const OKTA = { type: 'OKTA', name: 'OKTA' }
const REQUIRED = ['firstName', 'lastName', 'email', 'login']
const ADDRESS = /^[^\s@]+@[^\s@]+$/
const MAX_LENGTHS: Readonly<Record<string, number>> = {
  ...{ login: 100, email: 100, secondEmail: 100, mobilePhone: 100, primaryPhone: 100 },
  ...{ firstName: 50, lastName: 50, zipCode: 50 },
}
const PATTERNS: Readonly<Record<string, RegExp>> = { email: ADDRESS, secondEmail: ADDRESS, countryCode: /^[A-Z]{2}$/ }
const DUPLICATE = 'An object with this field already exists in the current organization'

type Json = Readonly<Record<string, unknown>>

/** Returns a member of a body that must be an object if it is there. */
export function objectMember(body: Json, name: string): Json | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return { ...value }
  throw malformed(name)
}

/**
 * Checks the profile of a new or changed user. The messages for an unknown attribute and for a login that exists are
 * recorded or documented; those for a missing or malformed value are inferred.
 *
 * @param user the user that is changed. Its own login is accepted
 */
export function readProfile(org: Org, profile: Json, user?: User): UserProfile {
  const known = org.directory.customAttributes
  const unknown = Object.keys(profile).find(name => !BASE_USER_ATTRIBUTES.includes(name) && !known.has(name))
  if (unknown !== undefined) throw validationError('newUser', `Property name '${unknown}' is not defined in profile`)
  const missing = REQUIRED.filter(name => profile[name] === undefined || profile[name] === null || profile[name] === '')
  const [first] = missing
  if (first !== undefined) {
    throw validationError(first, ...missing.map(name => `${name}: The field cannot be left blank`))
  }
  for (const [name, value] of Object.entries(profile)) checkAttribute(name, value)
  const login = String(profile.login)
  if (!ADDRESS.test(login)) throw validationError('login', 'login: Username must be in the form of an email address')
  const same = org.directory.findByLogin(login)
  if (same !== undefined && same.id !== user?.id) throw validationError('login', `login: ${DUPLICATE}`)
  return newProfile({ ...profile, login })
}

/** Checks a value against Okta's default user schema. The texts are inferred. */
function checkAttribute(name: string, value: unknown): void {
  if (value === null) return
  if (!BASE_USER_ATTRIBUTES.includes(name)) {
    if (typeof value === 'object' && !Array.isArray(value)) throw malformed(`profile.${name}`)
    return
  }
  if (typeof value !== 'string') throw malformed(`profile.${name}`)
  const max = MAX_LENGTHS[name]
  if (max !== undefined && value.length > max) throw validationError(name, `${name}: The field is too long`)
  const pattern = PATTERNS[name]
  if (value !== '' && pattern !== undefined && !pattern.test(value)) {
    throw validationError(name, `${name}: Does not match required pattern`)
  }
}

/** Reads `credentials` of a body: a password in clear text, and a recovery question. */
export function readCredentials(
  body: Json,
  { login }: Pick<UserProfile, 'login'>,
): Pick<User, 'recoveryQuestion'> & { readonly password?: string | undefined } {
  const credentials = objectMember(body, 'credentials') ?? {}
  checkMembers(
    credentials,
    { password: 'object', recovery_question: 'object', provider: [OKTA], emails: 'any' },
    'credentials.',
  )
  const password = objectMember(credentials, 'password') ?? {}
  checkMembers(password, { value: 'string' }, 'credentials.password.')
  const question = objectMember(credentials, 'recovery_question')
  return {
    ...(password.value !== undefined && { password: checkPassword(password.value, login) }),
    ...(question && { recoveryQuestion: readQuestion(question) }),
  }
}

/** Reads a recovery question. The limits are those of Okta's API reference; the texts are inferred. */
export function readQuestion(member: Json): { readonly question: string; readonly answer: string } {
  checkMembers(member, { question: 'string', answer: 'string' }, 'recovery_question.')
  const { question, answer } = member
  if (typeof question !== 'string' || question === '') {
    throw validationError('recovery_question', 'recovery_question: The question cannot be left blank')
  }
  if (typeof answer !== 'string' || answer.length < 4) {
    throw validationError('recovery_question', 'recovery_question: The answer must have at least 4 characters')
  }
  return { question, answer }
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
