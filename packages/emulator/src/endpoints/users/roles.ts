import { createHash } from 'node:crypto'
import { checkMembers } from '../../http/body/check-members.js'
import { readJson } from '../../http/body/read-json.js'
import { ApiError, resourceNotFound } from '../../http/errors/errors.js'
import { validationError } from '../../http/errors/validation-error.js'
import { logEvent, userAsEntity } from '../../http/events.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import type { User } from '../../org/users/user.js'
import { acceptedFlag, refused } from '../table/parameters.js'
import { oktaDate } from './json/user-json.js'
import { requestedUser } from './requested-user.js'

const SUPER_ADMIN = 'SUPER_ADMIN'

export const ROLE_LIST = [refused('expand')]
export const ASSIGN_ROLE = [acceptedFlag('disableNotifications', 'The emulator sends no notifications.')]

/** `GET /api/v1/users/{userId}/roles`. The emulator has one admin role, which stands for Super Admin. */
export function listRoles(exchange: Exchange): void {
  const user = requestedUser(exchange, 'userId')
  exchange.ctx.body = user.adminRole ? [roleJson(exchange, user)] : []
}

/** `POST /api/v1/users/{userId}/roles`. */
export function assignRole(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange, 'userId')
  const body = readJson(exchange)
  checkMembers(body, { type: 'string' })
  if (body.type !== SUPER_ADMIN) throw validationError('type', `type: The emulator supports only ${SUPER_ADMIN}.`)
  if (user.adminRole)
    throw new ApiError('E0000090', 'The role specified is already assigned to the user.', { status: 409 })
  const changed = org.directory.save({ ...user, adminRole: true })
  logEvent(exchange, 'user.account.privilege.grant', { targets: [userAsEntity(user)] })
  ctx.status = 201
  ctx.body = roleJson(exchange, changed)
}

/** `GET /api/v1/users/{userId}/roles/{roleAssignmentId}`. */
export function oneRole(exchange: Exchange): void {
  exchange.ctx.body = roleJson(exchange, userWithRole(exchange))
}

/** `DELETE /api/v1/users/{userId}/roles/{roleAssignmentId}`. */
export function removeRole(exchange: Exchange): void {
  const user = userWithRole(exchange)
  exchange.org.directory.save({ ...user, adminRole: false })
  logEvent(exchange, 'user.account.privilege.revoke', { targets: [userAsEntity(user)] })
  exchange.ctx.status = 204
}

function userWithRole(exchange: Exchange): User {
  const user = requestedUser(exchange, 'userId')
  const id = pathParameter(exchange, 'roleAssignmentId')
  if (!user.adminRole || id !== roleId(user)) throw resourceNotFound(id, 'RoleAssignment')
  return user
}

/** The ID follows from that of the user, because a user has at most one role. */
function roleId({ id }: User): string {
  return `ra1${createHash('sha256').update(id).digest('hex').slice(0, 17)}`
}

function roleJson({ org }: Exchange, user: User): object {
  return {
    id: roleId(user),
    label: 'Super Administrator',
    type: SUPER_ADMIN,
    status: 'ACTIVE',
    created: oktaDate(user.created),
    lastUpdated: oktaDate(user.created),
    assignmentType: 'USER',
    _links: { assignee: { href: new URL(`/api/v1/users/${user.id}`, org.url).href } },
  }
}
