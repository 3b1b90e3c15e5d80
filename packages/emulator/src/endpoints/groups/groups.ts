import { checkMembers, malformed } from '../../http/check-members.js'
import { ApiError, resourceNotFound } from '../../http/errors.js'
import { groupAsEntity, logEvent } from '../../http/events.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import { readJson } from '../../http/read-json.js'
import { validationError } from '../../http/validation-error.js'
import type { Group } from '../../org/groups.js'
import { linkHeaders } from '../../paging/link-headers.js'
import { LISTS } from '../../paging/list-kinds.js'
import { takePage } from '../../paging/take-page.js'
import { compileExpression } from '../../query/expression/compile-expression.js'
import { groupsKeyword } from '../../query/keywords.js'
import { GROUPS_FILTER, groupsSearch } from '../../query/list-rules.js'
import { sortResources } from '../../query/sort.js'
import { checked, invalidParameter, queryValue, refused, text } from '../table/parameters.js'
import { objectMember } from '../users/profile-input.js'
import { groupJson } from './group-json.js'

const MAX_NAME = 255
const MAX_DESCRIPTION = 1024
const search = checked('search', 'nonsense', 'An expression, for example `profile.name sw "R"`.')
const filter = checked('filter', 'nonsense', 'An expression, for example `type eq "OKTA_GROUP"`.')
const q = text('q', 'The start of a name.')
const after = checked('after', 'nonsense', 'The cursor of the next page.')
const limit = checked('limit', 'many', 'The size of a page. Default and maximum: 10000; with `q`: 300.')
const sortBy = text('sortBy', 'A property to sort the results of a search by.')
const sortOrder = text('sortOrder', '`asc` or `desc`. Ignored without `sortBy`.')

/** The query parameters of the list of groups. */
export const GROUP_LIST = [search, filter, q, after, limit, sortBy, sortOrder, refused('expand')]

/** `GET /api/v1/groups`. */
export function listGroups(exchange: Exchange): void {
  const { org, ctx } = exchange
  const value = (parameter: typeof q) => queryValue(exchange, parameter)
  const given = { search: value(search), filter: value(filter), q: value(q) }
  if (given.search === undefined && value(sortBy) !== undefined) throw invalidParameter('sortBy', 'It requires search.')
  const customAttributes = org.groups.all.flatMap(({ profile }) => Object.keys(profile))
  const rules = groupsSearch(new Set(customAttributes))
  const predicates = [
    ...(given.search === undefined ? [] : [compileExpression(given.search, rules)]),
    ...(given.filter === undefined ? [] : [compileExpression(given.filter, GROUPS_FILTER)]),
    ...(given.q === undefined ? [] : [groupsKeyword(given.q)]),
  ]
  const by = given.search === undefined ? undefined : value(sortBy)
  const order = by === undefined ? undefined : value(sortOrder)
  const sortable = org.groups.all.map(group => ({ ...groupJson(group, org.url), id: group.id, group }))
  const sorted = by === undefined ? sortable : sortResources(sortable, { sortBy: by, sortOrder: order, rules })
  const matches = ({ group, ...json }: (typeof sortable)[number]) =>
    !group.isDeleted && predicates.every(matching => matching(json))
  const kind = LISTS[given.q === undefined ? 'groups' : 'groupsKeyword']
  const page = takePage(sorted, matches, { after: value(after), limit: value(limit) }, kind)
  const links = linkHeaders(new URL('/api/v1/groups', org.url), page, { ...given, sortBy: by, sortOrder: order }, kind)
  if (links.length > 0) ctx.set('Link', links)
  ctx.body = page.items.map(({ group }) => groupJson(group, org.url))
}

/** `GET /api/v1/groups/{groupId}`. */
export function oneGroup(exchange: Exchange): void {
  exchange.ctx.body = groupJson(requestedGroup(exchange), exchange.org.url)
}

/** `POST /api/v1/groups`. */
export function createGroup(exchange: Exchange): void {
  const { org, ctx } = exchange
  const group = org.groups.add(readProfile(exchange))
  logEvent(exchange, 'group.lifecycle.create', { targets: [groupAsEntity(group)] })
  ctx.body = groupJson(group, org.url)
}

/** `PUT /api/v1/groups/{groupId}`. */
export function replaceGroup(exchange: Exchange): void {
  const { org, ctx } = exchange
  const group = requestedGroup(exchange)
  requireOwn(group)
  const changed = org.groups.update(group, { profile: readProfile(exchange, group) })
  logEvent(exchange, 'group.profile.update', { targets: [groupAsEntity(changed)] })
  ctx.body = groupJson(changed, org.url)
}

/** `DELETE /api/v1/groups/{groupId}`. */
export function deleteGroup(exchange: Exchange): void {
  const { org, ctx } = exchange
  const group = requestedGroup(exchange)
  requireOwn(group)
  org.groups.save({ ...group, isDeleted: true })
  logEvent(exchange, 'group.lifecycle.delete', { targets: [groupAsEntity(group)] })
  ctx.status = 204
}

/** Returns the group in the path. */
export function requestedGroup(exchange: Exchange): Group {
  const groupId = pathParameter(exchange, 'groupId')
  const group = exchange.org.groups.find(groupId)
  if (group === undefined) throw resourceNotFound(groupId, 'UserGroup')
  return group
}

/** Okta's own groups, and those of apps, cannot be changed. The error is inferred. */
export function requireOwn({ type }: Group): void {
  if (type === 'OKTA_GROUP') return
  throw new ApiError('E0000006', 'You do not have permission to perform the requested action', { status: 403 })
}

function readProfile(exchange: Exchange, group?: Group): Group['profile'] {
  const body = readJson(exchange)
  checkMembers(body, { profile: 'object', type: ['OKTA_GROUP'] })
  const { name, description = null, ...others } = objectMember(body, 'profile') ?? {}
  if (description !== null && typeof description !== 'string') throw malformed('profile.description')
  if (description !== null && description.length > MAX_DESCRIPTION) {
    throw validationError('description', `description: The field is too long (more than ${MAX_DESCRIPTION})`)
  }
  if (typeof name !== 'string' || name.trim() === '')
    throw validationError('name', 'name: The field cannot be left blank')
  if (name.length > MAX_NAME) throw validationError('name', `name: The field is too long (more than ${MAX_NAME})`)
  const same = exchange.org.groups.findByName(name)
  if (same !== undefined && same.id !== group?.id) {
    throw validationError('name', 'name: An object with this field already exists in the current organization')
  }
  const unknown = Object.keys(others).find(attribute => !Object.hasOwn(group?.profile ?? {}, attribute))
  if (unknown !== undefined) throw validationError('profile', `Property name '${unknown}' is not defined in profile`)
  return { name, description, ...others }
}
