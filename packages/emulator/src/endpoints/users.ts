import { acceptedToken } from '../checks/api/api-token.js'
import { decodeSegment } from '../http/decode-segment.js'
import { ApiError, resourceNotFound } from '../http/errors.js'
import type { Exchange } from '../http/exchange.js'
import type { DirectoryUser } from '../org/users/directory.js'

const MAX_PAGE_SIZE = 200

/** `GET /api/v1/users`: one page of the directory, with `Link` headers to this page and the next. */
export function listUsers({ org, ctx, form }: Exchange): void {
  const limit = pageSize(form.get('limit'))
  const after = form.get('after')
  const { users, hasNext } = org.directory.page(after, limit)
  const last = users.at(-1)

  const links = [`<${new URL(`${ctx.path}${ctx.search}`, org.url)}>; rel="self"`]
  if (last !== undefined && hasNext) {
    const next = new URL(`${ctx.path}${ctx.search}`, org.url)
    next.searchParams.set('after', last.id)
    next.searchParams.set('limit', String(limit))
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
  const idOrLogin = decodeSegment(exchange.ctx.path.split('/').at(-1) ?? '')
  const { directory } = exchange.org
  sendUser(exchange, directory.findById(idOrLogin) ?? directory.findByLogin(idOrLogin), idOrLogin)
}

function sendUser({ org, ctx }: Exchange, user: DirectoryUser | undefined, requested: string): void {
  if (user === undefined) throw resourceNotFound(requested, 'User')
  ctx.body = oktaUser(user, org.url)
}

function pageSize(parameter: string | null): number {
  if (parameter === null) return MAX_PAGE_SIZE
  const limit = Number(parameter)
  if (!Number.isInteger(limit) || limit < 1) {
    throw new ApiError('E0000031', 'Invalid search criteria.', { status: 400 })
  }
  return Math.min(limit, MAX_PAGE_SIZE)
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
