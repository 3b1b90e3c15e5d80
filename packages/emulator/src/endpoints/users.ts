import { acceptedToken } from '../checks/api/api-token.js'
import { ApiError } from '../http/errors.js'
import type { Exchange } from '../http/exchange.js'
import type { Person } from '../org/directory.js'

const MOST_A_PAGE = 200

/** `GET /api/v1/users`: the directory, a page at a time, with `Link` headers to this page and the next. */
export function listUsers({ org, ctx, form }: Exchange): void {
  const limit = pageSize(form.get('limit'))
  const after = form.get('after')
  const start = after === null ? 0 : org.directory.findIndex(person => person.id === after) + 1
  const page = org.directory.slice(start, start + limit)
  const last = page.at(-1)

  const links = [`<${new URL(`${ctx.path}${ctx.search}`, org.url)}>; rel="self"`]
  if (last !== undefined && start + limit < org.directory.length) {
    const next = new URL(`${ctx.path}${ctx.search}`, org.url)
    next.searchParams.set('after', last.id)
    next.searchParams.set('limit', String(limit))
    links.push(`<${next}>; rel="next"`)
  }
  // Okta sends one Link header for each relation, not one list.
  ctx.set('Link', links)
  ctx.body = page.map(person => oktaUser(person, org.url))
}

/** `GET /api/v1/users/me`: the user whose token it is. A service app's token is nobody's. */
export function currentUser(exchange: Exchange): void {
  const { userId } = acceptedToken(exchange)
  answerOne(exchange, userId, 'me')
}

/** `GET /api/v1/users/{id or login}`. */
export function oneUser(exchange: Exchange): void {
  const wanted = decoded(exchange.ctx.path.split('/').at(-1) ?? '')
  const found = exchange.org.directory.find(person => person.id === wanted || person.login === wanted)
  answerOne(exchange, found?.id, wanted)
}

function answerOne({ org, ctx }: Exchange, id: string | undefined, wanted: string): void {
  const person = org.directory.find(candidate => candidate.id === id)
  if (person === undefined) {
    throw new ApiError('E0000007', `Not found: Resource not found: ${wanted} (User)`, { status: 404 })
  }
  ctx.body = oktaUser(person, org.url)
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function pageSize(asked: string | null): number {
  if (asked === null) return MOST_A_PAGE
  const limit = Number(asked)
  if (!Number.isInteger(limit) || limit < 1) {
    throw new ApiError('E0000031', 'Invalid search criteria.', { status: 400 })
  }
  return Math.min(limit, MOST_A_PAGE)
}

function oktaUser({ id, login, firstName, lastName, created }: Person, orgUrl: URL): object {
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
