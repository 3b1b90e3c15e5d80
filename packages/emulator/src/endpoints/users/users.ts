import { acceptedToken } from '../../checks/api/api-token.js'
import { resourceNotFound } from '../../http/errors.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import type { DirectoryUser } from '../../org/users/directory.js'
import { integer, queryValue, refused, text } from '../table/parameters.js'

const limit = integer('limit', { max: 200, initial: 200 }, 'The size of a page.')
const after = text('after', 'The cursor of the next page.')

/** The query parameters of the list of users. */
export const USER_LIST = [
  limit,
  after,
  ...['search', 'filter', 'q', 'sortBy', 'sortOrder', 'fields', 'expand'].map(refused),
]

/** `GET /api/v1/users`: one page of the directory, with `Link` headers to this page and the next. */
export function listUsers(exchange: Exchange): void {
  const { org, ctx } = exchange
  const size = queryValue(exchange, limit)
  const cursor = queryValue(exchange, after) ?? null
  const { users, hasNext } = org.directory.page(cursor, size)
  const last = users.at(-1)

  const links = [`<${new URL(`${ctx.path}${ctx.search}`, org.url)}>; rel="self"`]
  if (last !== undefined && hasNext) {
    const next = new URL(`${ctx.path}${ctx.search}`, org.url)
    next.searchParams.set('after', last.id)
    next.searchParams.set('limit', String(size))
    links.push(`<${next}>; rel="next"`)
  }
  // Okta sends a separate Link header for each relation.
  ctx.set('Link', links)
  ctx.body = users.map(user => oktaUser(user, org.url))
}

/** `GET /api/v1/users/me`: the user of the token. A token of a service app has no user. */
export function currentUser(exchange: Exchange): void {
  const { userId } = acceptedToken(exchange)
  sendUser(exchange, userId === undefined ? undefined : exchange.org.directory.findById(userId), 'me')
}

/** `GET /api/v1/users/{id or login}`. */
export function oneUser(exchange: Exchange): void {
  const idOrLogin = pathParameter(exchange, 'id')
  const { directory } = exchange.org
  sendUser(exchange, directory.findById(idOrLogin) ?? directory.findByLogin(idOrLogin), idOrLogin)
}

function sendUser({ org, ctx }: Exchange, user: DirectoryUser | undefined, requested: string): void {
  if (user === undefined) throw resourceNotFound(requested, 'User')
  ctx.body = oktaUser(user, org.url)
}

function oktaUser({ id, login, firstName, lastName, created }: DirectoryUser, orgUrl: URL): object {
  const date = created.toISOString()
  return {
    id,
    status: 'ACTIVE',
    created: date,
    activated: date,
    statusChanged: date,
    lastLogin: null,
    lastUpdated: date,
    passwordChanged: date,
    type: { id: 'oty1a2b3c4d5e6f7g8h9' },
    profile: { firstName, lastName, mobilePhone: null, secondEmail: null, login, email: login },
    credentials: {
      password: {},
      emails: [{ value: login, status: 'VERIFIED', type: 'PRIMARY' }],
      provider: { type: 'OKTA', name: 'OKTA' },
    },
    _links: { self: { href: new URL(`/api/v1/users/${id}`, orgUrl).href } },
  }
}
