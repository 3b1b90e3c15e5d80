import { validationError } from '../../http/errors/validation-error.js'
import type { Exchange } from '../../http/exchange.js'
import type { AppRegistration } from '../../org/apps/app.js'
import { type ListedApp, listedApps } from '../../org/apps/listed-apps.js'
import type { Org } from '../../org/org.js'
import { linkHeaders } from '../../paging/link-headers.js'
import { LISTS } from '../../paging/list-kinds.js'
import { takePage } from '../../paging/take-page.js'
import { compileExpression } from '../../query/expression/compile-expression.js'
import { appsKeyword } from '../../query/keywords.js'
import { APPS_FILTER } from '../../query/list-rules.js'
import { acceptedFlag, checked, type Parameter, queryValue, refused, text } from '../table/parameters.js'
import { appJson } from './app-json.js'

const q = text('q', 'The start of a name or label.')
const filter = checked('filter', 'nonsense', 'An expression, for example `status eq "ACTIVE"` or `user.id eq "00u…"`.')
const after = checked('after', 'nonsense', 'The cursor of the next page.')
const limit = checked('limit', 'many', 'The size of a page. Default: 20. Maximum: 200.')
/** Recorded: the error for a malformed value. The emulator supports none. */
const expand: Parameter<undefined> = {
  ...refused('expand'),
  parse(value) {
    if (value !== undefined) throw validationError('RequestParams', 'Expand query is malformed.')
    return undefined
  },
}

/** The query parameters of the list of apps. */
export const APP_LIST = [
  q,
  filter,
  after,
  limit,
  expand,
  acceptedFlag('useOptimization', 'The response is the same.'),
  acceptedFlag('includeNonDeleted', 'The emulator deletes apps immediately.'),
  acceptedFlag('alwaysIncludeVpnSettings', 'The settings are always included.'),
]

/** `GET /api/v1/apps`. */
export function listApps(exchange: Exchange): void {
  const { org, ctx } = exchange
  const value = (parameter: typeof q) => queryValue(exchange, parameter)
  const given = { q: value(q), filter: value(filter) }
  const predicates = [
    ...(given.filter === undefined ? [] : [compileExpression(given.filter, APPS_FILTER)]),
    ...(given.q === undefined ? [] : [appsKeyword(given.q)]),
  ]
  // Assignments are looked up only for a filter that needs them.
  const usesUsers = given.filter?.includes('user.id') === true
  const matches = ({ app, isDeleted }: ListedApp) =>
    !isDeleted && predicates.every(matching => matching(usesUsers ? filterable(org, app) : groupsOf(org, app)))
  const page = takePage(listedApps(org), matches, { after: value(after), limit: value(limit) }, LISTS.apps)
  ctx.set('Link', linkHeaders(new URL('/api/v1/apps', org.url), page, given, LISTS.apps))
  ctx.body = page.items.map(({ app }) => appJson(org, app))
}

/** An app with the users and groups that `user.id` and `group.id` of a filter refer to. */
function filterable(org: Org, app: AppRegistration): object {
  const users = org.directory.all.filter(user => !user.isDeleted && org.isAssigned(app, user))
  return { ...groupsOf(org, app), user: users.map(({ id }) => ({ id })) }
}

function groupsOf(org: Org, app: AppRegistration): object {
  return { ...appJson(org, app), group: app.assignedGroups.map(id => ({ id })) }
}
