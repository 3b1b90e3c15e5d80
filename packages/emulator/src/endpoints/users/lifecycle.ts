import { ApiError } from '../../http/errors/errors.js'
import { validationError, wrongStatus } from '../../http/errors/validation-error.js'
import { logEvent, userAsEntity } from '../../http/events.js'
import type { Exchange } from '../../http/exchange.js'
import type { EventTypeName } from '../../log-events/event-types.js'
import { endSessions } from '../../org/users/end-access.js'
import type { User } from '../../org/users/user.js'
import { acceptedFlag, flag, queryValue } from '../table/parameters.js'
import { deactivate, sendUser } from './change-users.js'
import { requestedUser } from './requested-user.js'

const sendEmail = flag(
  'sendEmail',
  true,
  'Whether Okta sends an email instead of returning a link. The emulator sends none.',
)
const revokeSessions = flag('revokeSessions', false, 'Whether the sessions of the user end.')

const tempPassword = flag('tempPassword', false, 'The same as `expire_password_with_temp_password`, for older SDKs.')

/** The query parameters of each action. */
export const LIFECYCLE_QUERY = {
  activate: [sendEmail],
  reactivate: [sendEmail],
  deactivate: [acceptedFlag('sendEmail', 'The emulator sends no email.')],
  resetPassword: [sendEmail, revokeSessions],
  tempPassword: [revokeSessions],
  expirePassword: [tempPassword],
}

/** `POST …/lifecycle/activate`: of a user who is staged or deactivated. */
export function activateUser(exchange: Exchange): void {
  const user = requestedUser(exchange)
  if (user.status !== 'STAGED' && user.status !== 'DEPROVISIONED') {
    throw new ApiError('E0000016', 'Activation failed because the user is already active', { status: 403 })
  }
  const now = new Date(exchange.org.clock.now())
  change(exchange, user, 'user.lifecycle.activate', {
    status: user.password === undefined ? 'PROVISIONED' : 'ACTIVE',
    activated: now,
  })
  sendActivation(exchange)
}

/** `POST …/lifecycle/reactivate`: of a user without a password. */
export function reactivateUser(exchange: Exchange): void {
  const user = requestedUser(exchange)
  requireStatus(user, 'PROVISIONED', 'RECOVERY')
  change(exchange, user, 'user.lifecycle.reactivate', {})
  sendActivation(exchange)
}

/** `POST …/lifecycle/deactivate`. That Okta rejects a second request is inferred. */
export function deactivateUser(exchange: Exchange): void {
  const user = requestedUser(exchange)
  if (user.status === 'DEPROVISIONED') throw wrongStatus()
  deactivate(exchange, user)
  exchange.ctx.body = {}
}

/** `POST …/lifecycle/suspend`: of an active user, whose sessions end. The error text is inferred. */
export function suspendUser(exchange: Exchange): void {
  const user = requestedUser(exchange)
  if (user.status !== 'ACTIVE') throw validationError('Cannot suspend a user that is not active')
  endSessions(exchange.org, user.id)
  change(exchange, user, 'user.lifecycle.suspend', { status: 'SUSPENDED' })
  exchange.ctx.body = {}
}

/** `POST …/lifecycle/unsuspend`. The error text is inferred. */
export function unsuspendUser(exchange: Exchange): void {
  const user = requestedUser(exchange)
  if (user.status !== 'SUSPENDED') throw validationError('Cannot unsuspend a user that is not suspended')
  change(exchange, user, 'user.lifecycle.unsuspend', { status: 'ACTIVE' })
  exchange.ctx.body = {}
}

/** `POST …/lifecycle/unlock`: of a user who is locked out after ten wrong passwords. */
export function unlockUser(exchange: Exchange): void {
  const user = requestedUser(exchange)
  if (user.status !== 'LOCKED_OUT') {
    throw new ApiError('E0000032', 'Unlock is not allowed for this user.', {
      status: 403,
      causes: ['The user is not locked out.'],
    })
  }
  change(exchange, user, 'user.account.unlock', { status: 'ACTIVE', failedSignIns: 0 })
  exchange.ctx.body = {}
}

/** `POST …/lifecycle/reset_password`: the user must set a new password. */
export function resetPassword(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange)
  requireStatus(user, 'ACTIVE', 'PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT')
  if (queryValue(exchange, revokeSessions)) endSessions(org, user.id)
  change(exchange, user, 'user.account.reset_password', user.status === 'PROVISIONED' ? {} : { status: 'RECOVERY' })
  ctx.body = queryValue(exchange, sendEmail)
    ? {}
    : { resetPasswordUrl: new URL(`/reset_password/${exchange.org.random.secret('reset').slice(0, 20)}`, org.url).href }
}

/** `POST …/lifecycle/expire_password`: the user must change the password at the next sign-in. */
export function expirePassword(exchange: Exchange): void {
  const user = requestedUser(exchange)
  requireStatus(user, 'ACTIVE', 'PASSWORD_EXPIRED')
  if (queryValue(exchange, tempPassword)) {
    setTempPassword(exchange, user)
    return
  }
  sendUser(exchange, change(exchange, user, 'user.account.expire_password', { status: 'PASSWORD_EXPIRED' }))
}

/** `POST …/lifecycle/expire_password_with_temp_password`: returns a temporary password. */
export function expireWithTempPassword(exchange: Exchange): void {
  const { org } = exchange
  const user = requestedUser(exchange)
  requireStatus(user, 'ACTIVE', 'PASSWORD_EXPIRED')
  if (queryValue(exchange, revokeSessions)) endSessions(org, user.id)
  setTempPassword(exchange, user)
}

function setTempPassword(exchange: Exchange, user: User): void {
  const { org } = exchange
  const password = `Tmp1${org.random.secret('temporary password').slice(0, 12)}`
  const passwordChanged = new Date(org.clock.now())
  const expired = { status: 'PASSWORD_EXPIRED', password, passwordChanged } as const
  change(exchange, user, 'user.account.expire_password', expired)
  exchange.ctx.body = { tempPassword: password }
}

/** `POST …/lifecycle/reset_factors`: deletes the passkeys of a user. */
export function resetFactors(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange)
  for (const factor of org.factors.ofUser(user.id)) org.factors.remove(factor)
  logEvent(exchange, 'user.mfa.factor.reset_all', { targets: [userAsEntity(user)] })
  ctx.body = {}
}

function change(exchange: Exchange, user: User, eventType: EventTypeName, changes: Partial<User>): User {
  const changed = exchange.org.directory.update(user, changes)
  logEvent(exchange, eventType, { targets: [userAsEntity(changed)] })
  return changed
}

function requireStatus({ status }: User, ...allowed: readonly User['status'][]): void {
  if (!allowed.includes(status)) throw wrongStatus()
}

/** The link of the email. The emulator has no page there. */
function sendActivation(exchange: Exchange): void {
  const { ctx, org } = exchange
  const activationToken = org.random.secret('activation').slice(0, 20)
  ctx.body = queryValue(exchange, sendEmail)
    ? {}
    : { activationUrl: new URL(`/tokens/${activationToken}/verify`, org.url).href, activationToken }
}
