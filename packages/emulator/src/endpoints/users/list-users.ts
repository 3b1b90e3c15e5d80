import type { Context } from 'koa'
import { ApiError } from '../../http/errors/errors.js'
import type { Exchange } from '../../http/exchange.js'
import type { User } from '../../org/users/user.js'
import { linkHeaders } from '../../paging/link-headers.js'
import { LISTS } from '../../paging/list-kinds.js'
import { takePage } from '../../paging/take-page.js'
import { compileExpression, type Predicate } from '../../query/expression/compile-expression.js'
import { selectFields } from '../../query/fields.js'
import { usersKeyword } from '../../query/keywords.js'
import { USERS_FILTER, usersSearch } from '../../query/list-rules.js'
import { sortResources } from '../../query/sort.js'
import { checked, invalidParameter, queryValue, refused, text } from '../table/parameters.js'
import { listedUserJson, type Omissions } from './json/user-json.js'

const search = checked('search', 'nonsense', 'An expression, for example `profile.department eq "R&D"`.')
const filter = checked('filter', 'nonsense', 'An expression, for example `status eq "ACTIVE"`.')
const q = text('q', 'The start of a first name, last name or email address.')
const after = checked('after', 'nonsense', 'The cursor of the next page.')
const limit = checked('limit', 'many', 'The size of a page. Default and maximum: 200; with `q`: 10.')
const sortBy = text('sortBy', 'A property to sort the results of a search by.')
const sortOrder = text('sortOrder', '`asc` or `desc`. Ignored without `sortBy`.')
const fields = checked('fields', 'a b', 'The fields of each user, for example `id,profile:(login)`.')

/** The query parameters of the list of users. */
export const USER_LIST = [search, filter, q, after, limit, sortBy, sortOrder, fields, refused('expand')]

/** `GET /api/v1/users`: one page of the users that match. Without a query, deactivated users are left out. */
export function listUsers(exchange: Exchange): void {
  const { org, ctx } = exchange
  const value = (parameter: typeof q) => queryValue(exchange, parameter)
  const given = { search: value(search), filter: value(filter), q: value(q), fields: value(fields) }
  if (given.search !== undefined && (given.filter !== undefined || given.q !== undefined)) {
    throw new ApiError('E0000033', "Bad request. Can't specify a search query and filter in the same request.")
  }
  if (given.search === undefined && value(sortBy) !== undefined) throw invalidParameter('sortBy', 'It requires search.')
  const omits = omissionsOf(ctx)
  const json = (user: User) => listedUserJson(user, org.url, omits)
  const rules = usersSearch(given.search === undefined ? [] : org.directory.customAttributes)
  const by = given.search === undefined ? undefined : value(sortBy)
  const order = by === undefined ? undefined : value(sortOrder)
  const sorted =
    by === undefined
      ? org.directory.all
      : sortResources(
          org.directory.all.map(user => ({ ...json(user), id: user.id, user })),
          { sortBy: by, sortOrder: order, rules },
        ).map(({ user }) => user)
  const predicates = predicatesOf(given, rules)
  const matches = (user: User) => !user.isDeleted && predicates.every(matching => matching(json(user)))
  const kind = LISTS[given.search !== undefined ? 'usersSearch' : given.q !== undefined ? 'usersKeyword' : 'users']
  const page = takePage(sorted, matches, { after: value(after), limit: value(limit) }, kind)
  const repeated = { ...given, sortBy: by, sortOrder: order }
  ctx.set('Link', linkHeaders(new URL('/api/v1/users', org.url), page, repeated, kind))
  const select =
    given.fields === undefined ? (user: object) => user : selectFields(given.fields, org.directory.customAttributes)
  ctx.body = page.items.map(user => select(json(user)))
}

/** Reads `okta-response` of the Content-Type header. */
export function omissionsOf(ctx: Context): Omissions {
  const names = /okta-response="?([\w, ]+)"?/i.exec(ctx.get('content-type'))?.[1]?.split(/,\s*/) ?? []
  return { credentials: names.includes('omitCredentials'), links: names.includes('omitCredentialsLinks') }
}

function predicatesOf(
  given: { search: string | undefined; filter: string | undefined; q: string | undefined },
  rules: ReturnType<typeof usersSearch>,
): readonly Predicate[] {
  const predicates = [
    ...(given.search === undefined ? [] : [compileExpression(given.search, rules)]),
    ...(given.filter === undefined ? [] : [compileExpression(given.filter, USERS_FILTER)]),
    ...(given.q === undefined ? [] : [usersKeyword(given.q)]),
  ]
  return predicates.length > 0 ? predicates : [user => !('status' in user && user.status === 'DEPROVISIONED')]
}
