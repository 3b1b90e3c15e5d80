import { acceptedToken } from '../../checks/api/api-token.js'
import { checkMembers } from '../../http/check-members.js'
import { resourceNotFound } from '../../http/errors.js'
import { logEvent } from '../../http/events.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import { readJson } from '../../http/read-json.js'
import { validationError } from '../../http/validation-error.js'
import { entity } from '../../log-events/log-entity.js'
import type { TrustedOrigin } from '../../org/trusted-origins.js'
import { linkHeaders } from '../../paging/link-headers.js'
import { LISTS } from '../../paging/list-kinds.js'
import { takePage } from '../../paging/take-page.js'
import { compileExpression } from '../../query/expression/compile-expression.js'
import { trustedOriginsKeyword } from '../../query/keywords.js'
import { TRUSTED_ORIGINS_FILTER } from '../../query/list-rules.js'
import { checked, queryValue, text } from '../table/parameters.js'
import { oktaDate } from '../users/json/user-json.js'

const TYPES = ['CORS', 'REDIRECT', 'IFRAME_EMBED'] as const
const q = text('q', 'The start of a name or origin.')
const filter = checked('filter', 'nonsense', 'An expression, for example `status eq "ACTIVE"`.')
const after = checked('after', 'nonsense', 'The cursor of the next page.')
const limit = checked('limit', 'many', 'The size of a page. Default: 20. Maximum: 200.')

/** The query parameters of the list of trusted origins. */
export const TRUSTED_ORIGIN_LIST = [q, filter, after, limit]

/** `GET /api/v1/trustedOrigins`. */
export function listTrustedOrigins(exchange: Exchange): void {
  const { org, ctx } = exchange
  const value = (parameter: typeof q) => queryValue(exchange, parameter)
  const given = { q: value(q), filter: value(filter) }
  const predicates = [
    ...(given.filter === undefined ? [] : [compileExpression(given.filter, TRUSTED_ORIGINS_FILTER)]),
    ...(given.q === undefined ? [] : [trustedOriginsKeyword(given.q)]),
  ]
  const matches = (origin: TrustedOrigin) =>
    !origin.isDeleted && predicates.every(matching => matching(originJson(exchange, origin)))
  const all = [...org.trustedOrigins.values()]
  const page = takePage(all, matches, { after: value(after), limit: value(limit) }, LISTS.trustedOrigins)
  ctx.set('Link', linkHeaders(new URL('/api/v1/trustedOrigins', org.url), page, given, LISTS.trustedOrigins))
  ctx.body = page.items.map(origin => originJson(exchange, origin))
}

/** `GET /api/v1/trustedOrigins/{trustedOriginId}`. */
export function oneTrustedOrigin(exchange: Exchange): void {
  exchange.ctx.body = originJson(exchange, requestedOrigin(exchange))
}

/** `POST /api/v1/trustedOrigins`. */
export function createTrustedOrigin(exchange: Exchange): void {
  const { org } = exchange
  const now = new Date(org.clock.now())
  const by = acceptedToken(exchange).userId ?? acceptedToken(exchange).clientId ?? ''
  const input = readOrigin(exchange)
  const created: TrustedOrigin = {
    ...input,
    id: org.random.id('tos'),
    status: 'ACTIVE',
    created: now,
    createdBy: by,
    lastUpdated: now,
    lastUpdatedBy: by,
    isDeleted: false,
  }
  save(exchange, created, 'create')
}

/** `PUT /api/v1/trustedOrigins/{trustedOriginId}`. */
export function replaceTrustedOrigin(exchange: Exchange): void {
  const current = requestedOrigin(exchange)
  save(exchange, { ...current, ...readOrigin(exchange, current) }, 'update')
}

/** `DELETE /api/v1/trustedOrigins/{trustedOriginId}`. */
export function deleteTrustedOrigin(exchange: Exchange): void {
  save(exchange, { ...requestedOrigin(exchange), isDeleted: true }, 'delete')
  exchange.ctx.body = null
  exchange.ctx.status = 204
}

/** `POST …/lifecycle/activate`. */
export function activateTrustedOrigin(exchange: Exchange): void {
  save(exchange, { ...requestedOrigin(exchange), status: 'ACTIVE' }, 'activate')
}

/** `POST …/lifecycle/deactivate`. */
export function deactivateTrustedOrigin(exchange: Exchange): void {
  save(exchange, { ...requestedOrigin(exchange), status: 'INACTIVE' }, 'deactivate')
}

function save(
  exchange: Exchange,
  origin: TrustedOrigin,
  action: 'create' | 'update' | 'delete' | 'activate' | 'deactivate',
): void {
  const { org, ctx } = exchange
  const by = acceptedToken(exchange).userId ?? acceptedToken(exchange).clientId ?? ''
  const saved = { ...origin, lastUpdated: new Date(org.clock.now()), lastUpdatedBy: by }
  org.trustedOrigins.set(origin.id, saved)
  logEvent(exchange, `security.trusted_origin.${action}`, {
    targets: [entity('TrustedOrigin', origin.id, origin.name)],
  })
  ctx.body = originJson(exchange, saved)
}

/** Reads the body. The texts of the errors are inferred. */
function readOrigin(exchange: Exchange, current?: TrustedOrigin): Pick<TrustedOrigin, 'name' | 'origin' | 'scopes'> {
  const body = readJson(exchange)
  checkMembers(body, { name: 'string', origin: 'string', scopes: 'any' })
  const { name, origin, scopes } = body
  if (typeof name !== 'string' || name === '') throw validationError('name', 'name: The field cannot be left blank')
  if (typeof origin !== 'string' || !URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw validationError('origin', 'origin: Must be a valid URL with a scheme and without a path')
  }
  const types = Array.isArray(scopes) ? scopes.map(scope => TYPES.find(type => type === Object(scope).type)) : []
  if (types.length === 0 || types.includes(undefined)) {
    throw validationError('scopes', `scopes: The types are ${TYPES.join(', ')}.`)
  }
  const same = [...exchange.org.trustedOrigins.values()].find(
    one => !one.isDeleted && one.id !== current?.id && (one.origin === origin || one.name === name),
  )
  if (same !== undefined) {
    const field = same.origin === origin ? 'origin' : 'name'
    throw validationError(field, `${field}: An object with this field already exists in the current organization`)
  }
  return { name, origin, scopes: types.flatMap(type => (type === undefined ? [] : [{ type }])) }
}

function requestedOrigin(exchange: Exchange): TrustedOrigin {
  const id = pathParameter(exchange, 'trustedOriginId')
  const origin = exchange.org.trustedOrigins.get(id)
  if (origin === undefined || origin.isDeleted) throw resourceNotFound(id, 'TrustedOrigin')
  return origin
}

function originJson({ org }: Exchange, origin: TrustedOrigin): object {
  const { id, name, status, created, createdBy, lastUpdated, lastUpdatedBy, scopes } = origin
  const self = new URL(`/api/v1/trustedOrigins/${id}`, org.url).href
  const change = status === 'ACTIVE' ? 'deactivate' : 'activate'
  const links = {
    self: { href: self, hints: { allow: ['GET', 'PUT', 'DELETE'] } },
    change: { href: `${self}/lifecycle/${change}`, hints: { allow: ['POST'] } },
  }
  return {
    id,
    name,
    origin: origin.origin,
    scopes,
    status,
    created: oktaDate(created),
    createdBy,
    lastUpdated: oktaDate(lastUpdated),
    lastUpdatedBy,
    _links:
      status === 'ACTIVE'
        ? { self: links.self, deactivate: links.change }
        : { activate: links.change, self: links.self },
  }
}
