import { acceptedToken } from '../../../checks/api/api-token.js'
import { OKTA_SCOPES } from '../../../config/okta-scopes.js'
import { checkMembers } from '../../../http/body/check-members.js'
import { readJson } from '../../../http/body/read-json.js'
import { resourceNotFound } from '../../../http/errors/errors.js'
import { validationError } from '../../../http/errors/validation-error.js'
import { appAsEntity, logEvent } from '../../../http/events.js'
import { type Exchange, pathParameter } from '../../../http/exchange.js'
import type { AppRegistration } from '../../../org/apps/app.js'
import { grantScopes, type ScopeGrant } from '../../../org/apps/credentials.js'
import { choice, queryValue } from '../../table/parameters.js'
import { oktaDate } from '../../users/json/user-json.js'
import { changeApp } from '../change-apps.js'
import { requestedApp } from '../requested-app.js'

const expand = choice('expand', ['scope'], 'To include the scope in the response:')
export const GRANT_QUERY = [expand]

/** `GET /api/v1/apps/{appId}/grants`: the `okta.*` scopes that are granted to an app. */
export function listGrants(exchange: Exchange): void {
  const app = requestedApp(exchange)
  const isExpanded = queryValue(exchange, expand) !== undefined
  exchange.ctx.body = app.grants.map(grant => grantJson(exchange, app, grant, isExpanded))
}

/** `GET /api/v1/apps/{appId}/grants/{grantId}`. */
export function oneGrant(exchange: Exchange): void {
  const { app, grant } = requestedGrant(exchange)
  exchange.ctx.body = grantJson(exchange, app, grant, queryValue(exchange, expand) !== undefined)
}

/** `POST /api/v1/apps/{appId}/grants`. Recorded with the status 200; the OpenAPI file has 201. The error texts are inferred. */
export function addGrant(exchange: Exchange): void {
  const { org, ctx } = exchange
  const app = requestedApp(exchange)
  const body = readJson(exchange)
  checkMembers(body, { scopeId: 'string', issuer: 'string', clientId: 'any', source: 'any' })
  const { scopeId, issuer } = body
  if (typeof scopeId !== 'string' || !OKTA_SCOPES.includes(scopeId)) {
    throw validationError('scopeId', `scopeId: '${String(scopeId)}' is not a scope of Okta's APIs.`)
  }
  if (issuer !== org.url.origin) throw validationError('issuer', `issuer: The value must be ${org.url.origin}.`)
  const grants = grantScopes([...app.scopes, scopeId], app.grants, org)
  setGrants(exchange, app, grants)
  logEvent(exchange, 'app.oauth2.admin.consent.grant', { targets: [appAsEntity(app)], debugData: { scope: scopeId } })
  const grant = grants.find(one => one.scopeId === scopeId)
  ctx.body = grant && grantJson(exchange, app, grant, true)
}

/** `DELETE /api/v1/apps/{appId}/grants/{grantId}`. */
export function deleteGrant(exchange: Exchange): void {
  const { app, grant } = requestedGrant(exchange)
  setGrants(
    exchange,
    app,
    app.grants.filter(({ id }) => id !== grant.id),
  )
  const debugData = { scope: grant.scopeId }
  logEvent(exchange, 'app.oauth2.admin.consent.revoke', { targets: [appAsEntity(app)], debugData })
  exchange.ctx.status = 204
}

function setGrants(exchange: Exchange, app: AppRegistration, grants: readonly ScopeGrant[]): void {
  const scopes = grants.map(({ scopeId }) => scopeId)
  changeApp(exchange, app, { grants, scopes })
  const { configs } = exchange.org
  configs.set(app.clientId, { ...(configs.get(app.clientId) ?? { kind: app.kind }), scopes })
}

function requestedGrant(exchange: Exchange): { readonly app: AppRegistration; readonly grant: ScopeGrant } {
  const app = requestedApp(exchange)
  const grantId = pathParameter(exchange, 'grantId')
  const grant = app.grants.find(({ id }) => id === grantId)
  // The name of the resource is inferred.
  if (grant === undefined) throw resourceNotFound(grantId, 'OAuth2ScopeConsentGrant')
  return { app, grant }
}

function grantJson(exchange: Exchange, app: AppRegistration, grant: ScopeGrant, isExpanded: boolean): object {
  const { org } = exchange
  const { id, scopeId, created } = grant
  const appUrl = new URL(`/api/v1/apps/${app.clientId}`, org.url).href
  return {
    id,
    status: 'ACTIVE',
    created: oktaDate(created),
    createdBy: { id: acceptedToken(exchange).userId ?? org.users[0]?.id ?? 'unknown', type: 'User' },
    lastUpdated: oktaDate(created),
    issuer: org.url.origin,
    clientId: app.clientId,
    scopeId,
    source: 'ADMIN',
    ...(isExpanded && { _embedded: { scope: { id: scopeId } } }),
    _links: {
      app: { href: appUrl, title: app.label },
      self: { href: `${appUrl}/grants/${id}`, hints: { allow: ['GET', 'DELETE'] } },
      client: { href: new URL(`/oauth2/v1/clients/${app.clientId}`, org.url).href, title: app.label },
    },
  }
}
