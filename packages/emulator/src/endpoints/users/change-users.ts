import { createHash } from 'node:crypto'
import { checkMembers, type Members } from '../../http/body/check-members.js'
import { readJson } from '../../http/body/read-json.js'
import { ApiError, resourceNotFound } from '../../http/errors/errors.js'
import { wrongStatus } from '../../http/errors/validation-error.js'
import { logEvent, userAsEntity } from '../../http/events.js'
import type { Exchange } from '../../http/exchange.js'
import { endSessions, revokeTokens } from '../../org/users/end-access.js'
import { newUser, type User } from '../../org/users/user.js'
import { acceptedFlag, choice, flag, queryValue, refused } from '../table/parameters.js'
import { USER_TYPE, userJson } from './json/user-json.js'
import { omissionsOf } from './list-users.js'
import { objectMember, readCredentials, readProfile } from './profile-input.js'
import { requestedUser, userOfToken } from './requested-user.js'

const MAX_GROUPS = 20
const USER_MEMBERS: Members = { profile: 'object', credentials: 'object', type: [{ id: USER_TYPE }] }

const activate = flag('activate', true, 'Whether the user is activated.')
const nextLogin = choice('nextLogin', ['changePassword'], 'To expire the password of the new user:')
export const ONE_USER = [refused('expand')]
export const CREATE_USER = [activate, nextLogin, refused('provider')]
export const UPDATE_USER = [acceptedFlag('strict', 'The emulator has no password history.')]
export const DELETE_USER = [acceptedFlag('sendEmail', 'The emulator sends no email.')]

/** `GET /api/v1/users/{id}`. */
export function oneUser(exchange: Exchange): void {
  sendWithEtag(exchange, requestedUser(exchange))
}

/** `GET /api/v1/users/me`. */
export function currentUser(exchange: Exchange): void {
  sendWithEtag(exchange, userOfToken(exchange))
}

function sendWithEtag(exchange: Exchange, user: User): void {
  sendUser(exchange, user)
  exchange.ctx.set('Etag', etagOf(user, exchange.org.url))
}

/** `POST /api/v1/users`. */
export function createUser(exchange: Exchange): void {
  const { org } = exchange
  const body = readJson(exchange)
  checkMembers(body, { ...USER_MEMBERS, groupIds: 'strings' })
  const isActivated = queryValue(exchange, activate)
  const expires = queryValue(exchange, nextLogin) !== undefined
  const profile = readProfile(org, objectMember(body, 'profile') ?? {})
  const { password, recoveryQuestion } = readCredentials(body, profile)
  if (expires && !isActivated)
    throw new ApiError('E0000125', CANNOT_EXPIRE.inactive, { causes: [CANNOT_EXPIRE.inactive] })
  if (expires && password === undefined) {
    throw new ApiError('E0000124', CANNOT_EXPIRE.noPassword, { causes: [CANNOT_EXPIRE.noPassword] })
  }
  const groups = readGroups(exchange, body.groupIds)
  const now = new Date(org.clock.now())
  const activeStatus = password === undefined ? 'PROVISIONED' : expires ? 'PASSWORD_EXPIRED' : 'ACTIVE'
  const user = org.directory.save({
    ...newUser(org.random.id('00u'), profile, now),
    ...(isActivated && { status: activeStatus, activated: now, statusChanged: now }),
    password,
    passwordChanged: password === undefined ? null : now,
    recoveryQuestion,
  })
  for (const group of groups) org.groups.setMember(group, user.id, true)
  assignToOpenApps(exchange, user)
  logEvent(exchange, 'user.lifecycle.create', { targets: [userAsEntity(user)] })
  if (isActivated) logEvent(exchange, 'user.lifecycle.activate', { targets: [userAsEntity(user)] })
  sendUser(exchange, user)
}

const CANNOT_EXPIRE = {
  inactive: 'Could not create user. To create a user and expire their password immediately, "activate" must be true',
  noPassword:
    'Could not create user. To create a user and expire their password immediately, a password must be specified',
}

/** `POST /api/v1/users/{id}`: changes the given attributes. */
export function mergeUser(exchange: Exchange): void {
  update(exchange, (profile, user) => ({ ...user.profile, ...profile }))
}

/** `PUT /api/v1/users/{id}`: replaces the profile. */
export function replaceUser(exchange: Exchange): void {
  update(exchange, profile => profile)
}

function update(
  exchange: Exchange,
  change: (profile: Readonly<Record<string, unknown>>, user: User) => Readonly<Record<string, unknown>>,
): void {
  const { org } = exchange
  const user = requestedUser(exchange)
  checkEtag(exchange, user)
  const body = readJson(exchange)
  checkMembers(body, USER_MEMBERS)
  const profile = readProfile(org, change(objectMember(body, 'profile') ?? {}, user), user)
  const { password, recoveryQuestion } = readCredentials(body, profile)
  if (user.status === 'DEPROVISIONED' && password !== undefined) throw wrongStatus()
  renameInApps(exchange, user.profile.login, profile.login)
  const updated = org.directory.update(user, {
    profile,
    ...(password !== undefined && {
      password,
      passwordChanged: new Date(org.clock.now()),
      ...activeWithPassword(user),
    }),
    ...(recoveryQuestion && { recoveryQuestion }),
  })
  logEvent(exchange, 'user.account.update_profile', { targets: [userAsEntity(updated)] })
  if (password !== undefined) logEvent(exchange, 'user.account.update_password', { targets: [userAsEntity(updated)] })
  sendUser(exchange, updated)
}

/** A user who gets a password can sign in, unless the user is staged, suspended or deactivated. */
export function activeWithPassword({ status }: User): Partial<User> {
  return ['RECOVERY', 'PROVISIONED', 'PASSWORD_EXPIRED'].includes(status) ? { status: 'ACTIVE' } : {}
}

/** `DELETE /api/v1/users/{id}`: deactivates the user, and deletes a user who is deactivated already. */
export function deleteUser(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange)
  const targets = [userAsEntity(user)]
  ctx.status = 204
  if (user.status !== 'DEPROVISIONED') {
    deactivate(exchange, user)
    return
  }
  logEvent(exchange, 'user.lifecycle.delete.initiated', { targets })
  for (const group of org.groups.ofUser(user.id)) org.groups.setMember(group, user.id, false)
  for (const factor of org.factors.ofUser(user.id)) org.factors.remove(factor)
  org.directory.save({ ...user, isDeleted: true })
  logEvent(exchange, 'user.lifecycle.delete.completed', { targets })
}

/** Deactivates a user: the sessions end, the tokens are revoked, and the password and the apps are removed. */
export function deactivate(exchange: Exchange, user: User): void {
  const { org } = exchange
  endSessions(org, user.id)
  revokeTokens(org, user.id)
  for (const [clientId, app] of org.apps) {
    const assignedUsers = app.assignedUsers?.filter(login => login !== user.profile.login)
    if (assignedUsers) org.apps.set(clientId, { ...app, assignedUsers })
  }
  org.directory.update(user, { status: 'DEPROVISIONED', password: undefined, passwordChanged: null })
  logEvent(exchange, 'user.lifecycle.deactivate', { targets: [userAsEntity(user)] })
}

/** Sends a user with the links to its actions. */
export function sendUser({ ctx, org }: Exchange, user: User): void {
  ctx.body = userJson(user, org.url, omissionsOf(ctx))
}

function etagOf(user: User, orgUrl: URL): string {
  return `W/"${createHash('sha256')
    .update(JSON.stringify(userJson(user, orgUrl)))
    .digest('hex')}"`
}

function checkEtag({ ctx, org }: Exchange, user: User): void {
  const expected = ctx.get('if-match')
  if (expected === '' || expected === '*') return
  if (!/^(W\/)?"[^"]*"$/.test(expected)) throw new ApiError('E0000242', 'ETag syntax is invalid.')
  if (expected !== etagOf(user, org.url)) {
    throw new ApiError('E0000231', "ETag value doesn't match.", { status: 412 })
  }
}

function readGroups({ org }: Exchange, ids: unknown) {
  if (ids === undefined || ids === null) return []
  if (!Array.isArray(ids)) return []
  if (ids.length > MAX_GROUPS) {
    throw new ApiError('E0000093', 'Target count limit exceeded', {
      causes: ['The number of group targets is too large'],
    })
  }
  return ids.map(id => {
    const group = org.groups.find(String(id))
    if (group === undefined) throw resourceNotFound(String(id), 'UserGroup')
    return group
  })
}

/** Apps without `assignedUsers` are open to all users. */
function assignToOpenApps({ org }: Exchange, { profile }: User): void {
  for (const [clientId, app] of org.apps) {
    if (app.assignedUsers === undefined || org.configs.get(clientId)?.assignedUsers !== undefined) continue
    org.apps.set(clientId, { ...app, assignedUsers: [...app.assignedUsers, profile.login] })
  }
}

function renameInApps({ org }: Exchange, from: string, to: string): void {
  if (from === to) return
  for (const [clientId, app] of org.apps) {
    if (!app.assignedUsers?.includes(from)) continue
    org.apps.set(clientId, { ...app, assignedUsers: app.assignedUsers.map(login => (login === from ? to : login)) })
  }
}
