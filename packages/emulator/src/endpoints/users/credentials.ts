import { checkMembers } from '../../http/check-members.js'
import { ApiError } from '../../http/errors.js'
import { logEvent, userAsEntity } from '../../http/events.js'
import type { Exchange } from '../../http/exchange.js'
import { readJson } from '../../http/read-json.js'
import { wrongStatus } from '../../http/validation-error.js'
import { endSessions, revokeTokens } from '../../org/users/end-access.js'
import { accepted, flag, queryValue } from '../table/parameters.js'
import { activeWithPassword } from './change-users.js'
import { credentialsJson } from './json/user-json.js'
import { checkPassword, objectMember, readQuestion } from './profile-input.js'
import { requestedUser } from './requested-user.js'

const oauthTokens = flag('oauthTokens', false, 'Whether the tokens of the user are revoked too.')

export const CHANGE_PASSWORD = [accepted('strict', 'The emulator has no password history.')]
export const END_SESSIONS = [oauthTokens, accepted('forgetDevices', 'The emulator remembers no devices.')]

/** `POST /api/v1/users/{userId}/credentials/change_password`. */
export function changePassword(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange, 'userId')
  if (user.password === undefined) throw wrongStatus()
  const body = readJson(exchange)
  checkMembers(body, { oldPassword: 'object', newPassword: 'object', revokeSessions: 'boolean' })
  const oldPassword = objectMember(body, 'oldPassword')?.value
  if (typeof oldPassword !== 'string' || oldPassword !== user.password) {
    // The error is in Okta's list; the cause is inferred.
    throw new ApiError('E0000014', 'Update of credentials failed', {
      status: 403,
      causes: ['Old Password is not correct'],
    })
  }
  const password = checkPassword(objectMember(body, 'newPassword')?.value, user.profile.login)
  if (body.revokeSessions === true) endSessions(org, user.id)
  const changed = org.directory.update(user, {
    password,
    passwordChanged: new Date(org.clock.now()),
    ...activeWithPassword(user),
  })
  logEvent(exchange, 'user.account.update_password', { targets: [userAsEntity(changed)] })
  ctx.body = credentialsJson(changed)
}

/** `POST /api/v1/users/{userId}/credentials/change_recovery_question`. */
export function changeRecoveryQuestion(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange, 'userId')
  const body = readJson(exchange)
  checkMembers(body, { password: 'object', recovery_question: 'object' })
  const given = objectMember(body, 'password')?.value
  if (typeof given !== 'string' || given !== user.password) {
    throw new ApiError('E0000014', 'Update of credentials failed', { status: 403, causes: ['Password is not correct'] })
  }
  const recoveryQuestion = readQuestion(objectMember(body, 'recovery_question') ?? {})
  ctx.body = credentialsJson(org.directory.update(user, { recoveryQuestion }))
}

/** `DELETE /api/v1/users/{userId}/sessions`. */
export function deleteSessions(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange, 'userId')
  endSessions(org, user.id)
  if (queryValue(exchange, oauthTokens)) revokeTokens(org, user.id)
  logEvent(exchange, 'user.session.end', { targets: [userAsEntity(user)] })
  ctx.status = 204
}
