import { resourceNotFound } from '../../http/errors.js'
import { groupAsEntity, logEvent, userAsEntity } from '../../http/events.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import { listedApps } from '../../org/apps/listed-apps.js'
import { linkHeaders } from '../../paging/link-headers.js'
import { LISTS } from '../../paging/list-kinds.js'
import { takePage } from '../../paging/take-page.js'
import { appJson } from '../apps/app-json.js'
import { accepted, checked, queryValue } from '../table/parameters.js'
import { listedUserJson } from '../users/json/user-json.js'
import { requestedUser } from '../users/requested-user.js'
import { groupJson } from './group-json.js'
import { requestedGroup, requireOwn } from './groups.js'

const after = checked('after', 'nonsense', 'The cursor of the next page.')
const limit = checked('limit', 'many', 'The size of a page. Default and maximum: 1000.')
const appLimit = checked('limit', 'many', 'The size of a page. Default: 20. Maximum: 200.')

export const MEMBER_LIST = [after, limit]
/** Okta documents neither, and recorded links have the first. */
export const USER_GROUPS = [accepted('limit', 'All groups are returned.'), accepted('after', 'There is only one page.')]
export const GROUP_APP_LIST = [after, appLimit]

/** `GET /api/v1/groups/{groupId}/users`. */
export function listMembers(exchange: Exchange): void {
  const { org, ctx } = exchange
  const group = requestedGroup(exchange)
  const given = { after: queryValue(exchange, after), limit: queryValue(exchange, limit) }
  const matches = (user: { id: string; isDeleted: boolean }) => !user.isDeleted && org.groups.isMember(group, user.id)
  const page = takePage(org.directory.all, matches, given, LISTS.groupUsers)
  ctx.set('Link', linkHeaders(new URL(`/api/v1/groups/${group.id}/users`, org.url), page, {}, LISTS.groupUsers))
  ctx.body = page.items.map(user => listedUserJson(user, org.url))
}

/** `PUT /api/v1/groups/{groupId}/users/{userId}`: a second request has no effect. */
export function addMember(exchange: Exchange): void {
  setMember(exchange, true)
}

/** `DELETE /api/v1/groups/{groupId}/users/{userId}`: a second request has no effect. */
export function removeMember(exchange: Exchange): void {
  setMember(exchange, false)
}

/** `GET /api/v1/users/{id}/groups`. */
export function userGroups(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange)
  const page = takePage(org.groups.all, group => org.groups.isMember(group, user.id), {}, LISTS.userGroups)
  ctx.set('Link', linkHeaders(new URL(`/api/v1/users/${user.id}/groups`, org.url), page, {}, LISTS.userGroups))
  ctx.body = page.items.map(group => groupJson(group, org.url))
}

/** `GET /api/v1/groups/{groupId}/apps`. */
export function groupApps(exchange: Exchange): void {
  const { org, ctx } = exchange
  const group = requestedGroup(exchange)
  const given = { after: queryValue(exchange, after), limit: queryValue(exchange, appLimit) }
  const page = takePage(
    listedApps(org),
    ({ app, isDeleted }) => !isDeleted && app.assignedGroups.includes(group.id),
    given,
    LISTS.groupApps,
  )
  ctx.set('Link', linkHeaders(new URL(`/api/v1/groups/${group.id}/apps`, org.url), page, {}, LISTS.groupApps))
  ctx.body = page.items.map(({ app }) => appJson(org, app))
}

function setMember(exchange: Exchange, isMember: boolean): void {
  const { org, ctx } = exchange
  const group = requestedGroup(exchange)
  const userId = pathParameter(exchange, 'userId')
  const user = org.directory.find(userId)
  if (user === undefined) throw resourceNotFound(userId, 'User')
  requireOwn(group)
  ctx.status = 204
  if (!org.groups.setMember(group, user.id, isMember)) return
  const eventType = isMember ? 'group.user_membership.add' : 'group.user_membership.remove'
  logEvent(exchange, eventType, { targets: [userAsEntity(user), groupAsEntity(group)] })
}
