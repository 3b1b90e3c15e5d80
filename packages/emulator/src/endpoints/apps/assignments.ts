import { checkMembers } from '../../http/body/check-members.js'
import { readJson } from '../../http/body/read-json.js'
import { ApiError, resourceNotFound } from '../../http/errors/errors.js'
import { validationError } from '../../http/errors/validation-error.js'
import { appAsEntity, logEvent, userAsEntity } from '../../http/events.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import type { AppRegistration } from '../../org/apps/app.js'
import type { Group } from '../../org/groups.js'
import type { Org } from '../../org/org.js'
import type { User } from '../../org/users/user.js'
import { linkHeaders } from '../../paging/link-headers.js'
import { LISTS } from '../../paging/list-kinds.js'
import { takePage } from '../../paging/take-page.js'
import { usersKeyword } from '../../query/keywords.js'
import { checked, queryValue, refused, text } from '../table/parameters.js'
import { oktaDate } from '../users/json/user-json.js'
import { objectMember } from '../users/profile-input.js'
import { changeApp } from './change-apps.js'
import { requestedApp } from './requested-app.js'

const q = text('q', 'The start of a first name, last name or email address.')
const groupQ = refused('q')
const after = checked('after', 'nonsense', 'The cursor of the next page.')
const limit = checked('limit', 'many', 'The size of a page. Default: 50. Maximum: 500.')
const groupLimit = checked('limit', 'many', 'The size of a page. Default: 20. Maximum: 200.')

export const APP_USER_LIST = [q, after, limit, refused('expand')]
export const APP_GROUP_LIST = [groupQ, after, groupLimit, refused('expand')]
export const NO_EXPAND = [refused('expand')]

/** `GET /api/v1/apps/{appId}/users`. */
export function listAppUsers(exchange: Exchange): void {
  const { org, ctx } = exchange
  const app = requestedApp(exchange)
  const keyword = queryValue(exchange, q)
  const matchesKeyword = keyword === undefined ? () => true : usersKeyword(keyword)
  const given = { after: queryValue(exchange, after), limit: queryValue(exchange, limit) }
  const matches = (user: User) => !user.isDeleted && org.isAssigned(app, user) && matchesKeyword(user)
  const page = takePage(org.directory.all, matches, given, LISTS.appUsers)
  const url = new URL(`/api/v1/apps/${app.clientId}/users`, org.url)
  ctx.set('Link', linkHeaders(url, page, { q: keyword }, LISTS.appUsers))
  ctx.body = page.items.map(user => appUserJson(org, app, user))
}

/** `POST /api/v1/apps/{appId}/users`: assigns a user to an app. */
export function assignUser(exchange: Exchange): void {
  const { org, ctx } = exchange
  const app = requestedApp(exchange)
  const body = readJson(exchange)
  checkMembers(body, { id: 'string', scope: ['USER'], credentials: 'object', profile: [{}] })
  const { id } = body
  if (typeof id !== 'string') throw validationError('id', 'id: The field cannot be left blank')
  const user = org.directory.find(id)
  if (user === undefined) throw resourceNotFound(id, 'User')
  if (user.status === 'DEPROVISIONED') {
    throw new ApiError('E0000117', 'Cannot assign apps or update app profiles for an inactive user.', { status: 403 })
  }
  const { login } = user.profile
  const userName = objectMember(body, 'credentials')?.userName ?? login
  if (userName !== login)
    throw validationError('credentials', 'credentials.userName: The emulator supports only the login.')
  const assignedUsers = [...new Set([...(app.assignedUsers ?? []), login])]
  const changed = changeApp(exchange, app, { assignedUsers })
  logEvent(exchange, 'application.user_membership.add', { targets: [userAsEntity(user), appAsEntity(app)] })
  ctx.body = appUserJson(org, changed, user)
}

/** `GET /api/v1/apps/{appId}/users/{userId}`. */
export function oneAppUser(exchange: Exchange): void {
  const { app, user } = requestedAppUser(exchange)
  exchange.ctx.body = appUserJson(exchange.org, app, user)
}

/** `DELETE /api/v1/apps/{appId}/users/{userId}`. */
export function unassignUser(exchange: Exchange): void {
  const { app, user } = requestedAppUser(exchange)
  if (app.assignedUsers?.includes(user.profile.login) !== true) {
    throw new ApiError('E0000046', 'Deactivate application for user forbidden.', {
      status: 403,
      causes: ['The user is assigned to the app through a group.'],
    })
  }
  const assignedUsers = (app.assignedUsers ?? []).filter(login => login !== user.profile.login)
  changeApp(exchange, app, { assignedUsers })
  logEvent(exchange, 'application.user_membership.remove', { targets: [userAsEntity(user), appAsEntity(app)] })
  exchange.ctx.status = 204
}

/** `GET /api/v1/apps/{appId}/groups`. */
export function listAppGroups(exchange: Exchange): void {
  const { org, ctx } = exchange
  const app = requestedApp(exchange)
  const given = { after: queryValue(exchange, after), limit: queryValue(exchange, groupLimit) }
  const matches = (group: Group) => !group.isDeleted && app.assignedGroups.includes(group.id)
  const page = takePage(org.groups.all, matches, given, LISTS.appGroups)
  const url = new URL(`/api/v1/apps/${app.clientId}/groups`, org.url)
  ctx.set('Link', linkHeaders(url, page, {}, LISTS.appGroups))
  ctx.body = page.items.map(group => appGroupJson(org, app, group))
}

/** `GET /api/v1/apps/{appId}/groups/{groupId}`. */
export function oneAppGroup(exchange: Exchange): void {
  const { app, group } = requestedAppGroup(exchange)
  if (!app.assignedGroups.includes(group.id)) throw resourceNotFound(group.id, 'ApplicationGroupAssignment')
  exchange.ctx.body = appGroupJson(exchange.org, app, group)
}

/** `PUT /api/v1/apps/{appId}/groups/{groupId}`: assigns the users of a group. */
export function assignGroup(exchange: Exchange): void {
  const { app, group } = requestedAppGroup(exchange)
  if (exchange.jsonText) checkMembers(readJson(exchange), { priority: 'any', profile: [{}] })
  const changed = changeApp(exchange, app, { assignedGroups: [...new Set([...app.assignedGroups, group.id])] })
  exchange.ctx.body = appGroupJson(exchange.org, changed, group)
}

/** `DELETE /api/v1/apps/{appId}/groups/{groupId}`. */
export function unassignGroup(exchange: Exchange): void {
  const { app, group } = requestedAppGroup(exchange)
  changeApp(exchange, app, { assignedGroups: app.assignedGroups.filter(id => id !== group.id) })
  exchange.ctx.status = 204
}

function requestedAppUser(exchange: Exchange): { readonly app: AppRegistration; readonly user: User } {
  const { org } = exchange
  const app = requestedApp(exchange)
  const userId = pathParameter(exchange, 'userId')
  const user = org.directory.find(userId)
  if (user === undefined || !org.isAssigned(app, user)) throw resourceNotFound(userId, 'AppUser')
  return { app, user }
}

function requestedAppGroup(exchange: Exchange): { readonly app: AppRegistration; readonly group: Group } {
  const app = requestedApp(exchange)
  const groupId = pathParameter(exchange, 'groupId')
  const group = exchange.org.groups.find(groupId)
  if (group === undefined) throw resourceNotFound(groupId, 'UserGroup')
  return { app, group }
}

function appUserJson(org: Org, app: AppRegistration, user: User): object {
  const isDirect = app.assignedUsers?.includes(user.profile.login) === true
  return {
    id: user.id,
    externalId: null,
    created: oktaDate(app.lastUpdated),
    lastUpdated: oktaDate(app.lastUpdated),
    scope: isDirect ? 'USER' : 'GROUP',
    status: 'ACTIVE',
    statusChanged: oktaDate(app.lastUpdated),
    passwordChanged: null,
    syncState: 'DISABLED',
    credentials: { userName: user.profile.login },
    profile: {},
    _links: {
      app: { href: new URL(`/api/v1/apps/${app.clientId}`, org.url).href },
      user: { href: new URL(`/api/v1/users/${user.id}`, org.url).href },
    },
  }
}

function appGroupJson(org: Org, app: AppRegistration, group: Group): object {
  const appUrl = new URL(`/api/v1/apps/${app.clientId}`, org.url).href
  return {
    id: group.id,
    lastUpdated: oktaDate(app.lastUpdated),
    priority: app.assignedGroups.indexOf(group.id),
    profile: {},
    _links: {
      app: { href: appUrl },
      self: { href: `${appUrl}/groups/${group.id}` },
      group: { href: new URL(`/api/v1/groups/${group.id}`, org.url).href },
    },
  }
}
