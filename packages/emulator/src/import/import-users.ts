import type { UserConfig, UserStatus } from '../config/options.js'
import type { ExportedUser } from './org-export.js'
import type { Pseudonyms } from './pseudonyms.js'

/** A user of a real org under a made-up name. */
export interface ImportedUser extends UserConfig {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  /** The other attributes that the user had, with made-up values. */
  readonly profile: Readonly<Record<string, unknown>>
}

/** Attributes whose values have a format, so that a made-up text would not be valid. They are left out. */
const LEFT_OUT: readonly string[] = ['locale', 'preferredLanguage', 'timezone', 'countryCode', 'zipCode', 'profileUrl']
const TOP_LEVEL: readonly string[] = ['login', 'firstName', 'lastName']

/** Every text in the profiles of users. */
export function profileTexts(users: readonly ExportedUser[]): string[] {
  return users.flatMap(user => Object.values(user.profile).flat()).filter(value => typeof value === 'string')
}

/**
 * Replaces the profile of a user by a made-up one with the same attributes. IDs of users, statuses and booleans are kept;
 * credentials and dates are dropped.
 *
 * @param ids the IDs of all users, which are not personal data
 */
export function importUser(
  { id, status, profile }: ExportedUser,
  pseudonyms: Pseudonyms,
  ids: ReadonlySet<string>,
): ImportedUser {
  const replaced = (name: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(element => replaced(name, element))
    if (typeof value === 'boolean') return value
    if (typeof value === 'number') return pseudonyms.number(name, value)
    if (typeof value !== 'string') return null
    return ids.has(value) ? value : replacedText(name, value, pseudonyms)
  }
  const login = pseudonyms.address(profile.login)
  const firstName = pseudonyms.firstName(String(profile.firstName ?? ''))
  const lastName = pseudonyms.lastName(String(profile.lastName ?? ''))
  const others = Object.entries(profile)
    .filter(([name, value]) => !TOP_LEVEL.includes(name) && value !== null && value !== '')
    // Those that are left out are replaced too, since they can occur in other texts.
    .map(([name, value]) => [name, replaced(name, value)] as const)
    .filter(([name]) => !LEFT_OUT.includes(name))
  return {
    id,
    login,
    firstName,
    lastName,
    adminRole: false,
    ...(isStatus(status) && { status }),
    profile: Object.fromEntries(others),
  }
}

const STATUSES: readonly string[] = [
  ...['STAGED', 'PROVISIONED', 'ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'SUSPENDED', 'DEPROVISIONED'],
]

function isStatus(status: string | undefined): status is UserStatus {
  return status !== undefined && STATUSES.includes(status)
}

function replacedText(name: string, value: string, pseudonyms: Pseudonyms): string {
  if (/mail$/i.test(name) || /^\S+@\S+$/.test(value)) return pseudonyms.address(value)
  if (/phone|fax|mobile/i.test(name)) return pseudonyms.phone(value)
  if (/name$/i.test(name)) return pseudonyms.name(name, value)
  return pseudonyms.text(name, value)
}
