import type { User } from '../../../org/users/user.js'

/** What a client can leave out with `Content-Type: application/json; okta-response=…`. */
export interface Omissions {
  readonly credentials: boolean
  readonly links: boolean
}

/** The actions of each status (recorded responses). */
const ACTIVE = [
  'suspend',
  'schema',
  'resetPassword',
  'forgotPassword',
  'expirePassword',
  'changeRecoveryQuestion',
  'self',
  'resetFactors',
  'type',
  'changePassword',
  'deactivate',
]
const LINKS: Readonly<Record<User['status'], readonly string[]>> = {
  STAGED: ['schema', 'activate', 'self', 'resetFactors', 'type'],
  PROVISIONED: ['suspend', 'schema', 'resetPassword', 'reactivate', 'self', 'resetFactors', 'type', 'deactivate'],
  ACTIVE,
  PASSWORD_EXPIRED: ACTIVE,
  // Those of the next two are inferred.
  RECOVERY: ['suspend', 'schema', 'resetPassword', 'self', 'resetFactors', 'type', 'deactivate'],
  LOCKED_OUT: ['unlock', 'schema', 'resetPassword', 'self', 'resetFactors', 'type', 'deactivate'],
  SUSPENDED: ['schema', 'unsuspend', 'self', 'resetFactors', 'type', 'deactivate'],
  DEPROVISIONED: ['schema', 'activate', 'self', 'resetFactors', 'type', 'delete'],
}
const POST_LINKS: Readonly<Record<string, string>> = {
  activate: 'lifecycle/activate',
  deactivate: 'lifecycle/deactivate',
  reactivate: 'lifecycle/reactivate',
  suspend: 'lifecycle/suspend',
  unsuspend: 'lifecycle/unsuspend',
  unlock: 'lifecycle/unlock',
  resetPassword: 'lifecycle/reset_password',
  expirePassword: 'lifecycle/expire_password',
  resetFactors: 'lifecycle/reset_factors',
  forgotPassword: 'credentials/forgot_password',
  changePassword: 'credentials/change_password',
  changeRecoveryQuestion: 'credentials/change_recovery_question',
}

/** The ID of the default user type. */
export const USER_TYPE = 'oty1a2b3c4d5e6f7g8h9'
const SCHEMA = 'osc1a2b3c4d5e6f7g8h9'

/** A user in Okta's format, with the links to its actions. */
export function userJson(user: User, orgUrl: URL, omits: Partial<Omissions> = {}): object {
  return { ...common(user, omits), _links: omits.links ? { self: self(user, orgUrl) } : links(user, orgUrl) }
}

/** A user in a list, which has only the link to itself. */
export function listedUserJson(user: User, orgUrl: URL, omits: Partial<Omissions> = {}): object {
  return { ...common(user, omits), _links: { self: self(user, orgUrl) } }
}

/** The credentials of a user, also in the response to a change. */
export function credentialsJson(
  { status, password, profile, recoveryQuestion }: User,
  { hasEmails = false }: { readonly hasEmails?: boolean } = {},
): object {
  const provider = { type: 'OKTA', name: 'OKTA' }
  if (status === 'DEPROVISIONED') return { provider }
  const emails = [{ value: profile.email, status: 'VERIFIED', type: 'PRIMARY' }]
  return {
    ...(password !== undefined && { password: {}, ...(hasEmails && { emails }) }),
    ...(recoveryQuestion && { recovery_question: { question: recoveryQuestion.question } }),
    provider,
  }
}

function common(user: User, omits: Partial<Omissions>): object {
  const { id, status, profile } = user
  return {
    id,
    status,
    created: oktaDate(user.created),
    activated: oktaDate(user.activated),
    statusChanged: oktaDate(user.statusChanged),
    lastLogin: oktaDate(user.lastLogin),
    lastUpdated: oktaDate(user.lastUpdated),
    passwordChanged: oktaDate(user.passwordChanged),
    type: { id: USER_TYPE },
    profile,
    ...(!omits.credentials && { credentials: credentialsJson(user, { hasEmails: true }) }),
  }
}

/** A date in Okta's format: the milliseconds of users, groups and apps are zero. */
export function oktaDate<T extends Date | null>(date: T): T extends Date ? string : null
export function oktaDate(date: Date | null): string | null {
  return date === null ? null : date.toISOString().replace(/\.\d{3}Z$/, '.000Z')
}

function self({ id }: User, orgUrl: URL): object {
  return { href: new URL(`/api/v1/users/${id}`, orgUrl).href }
}

function links(user: User, orgUrl: URL): object {
  const at = (path: string) => new URL(`/api/v1/${path}`, orgUrl).href
  const link = (name: string): object => {
    if (name === 'self') return self(user, orgUrl)
    if (name === 'schema') return { href: at(`meta/schemas/user/${SCHEMA}`) }
    if (name === 'type') return { href: at(`meta/types/user/${USER_TYPE}`) }
    if (name === 'delete') return { href: at(`users/${user.id}`), method: 'DELETE' }
    return { href: at(`users/${user.id}/${POST_LINKS[name]}`), method: 'POST' }
  }
  return Object.fromEntries(LINKS[user.status].map(name => [name, link(name)]))
}
