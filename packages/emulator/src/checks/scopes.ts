import { OKTA_SCOPES } from '../config/okta-scopes.js'
import { OauthError } from '../http/errors.js'
import { type Check, type Exchange, requireApp } from '../http/exchange.js'
import { oauthError } from '../http/oauth-errors.js'

const OIDC_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'groups']

/**
 * The scopes of an authorization request are OpenID Connect scopes, `offline_access` if the app has the Refresh Token
 * grant, and the `okta.*` scopes granted to the app or the scopes of the custom authorization server.
 */
export const authorizeScopes: Check = exchange => {
  const app = requireApp(exchange)
  const { server } = exchange
  const configured = server.id === undefined ? app.scopes : server.scopes
  for (const scope of parseScopes(exchange.form.get('scope'))) {
    if (OIDC_SCOPES.includes(scope) || configured.includes(scope)) continue
    if (scope === 'offline_access' && app.refreshTokens !== 'none') continue
    throw unknownScope(exchange, scope)
  }
}

/**
 * The scopes of a client credentials request are the scopes of the custom authorization server, or `okta.*` scopes at the
 * org authorization server, which requires private_key_jwt. Scopes that are not granted to the app are omitted from the
 * token without an error; the request is rejected when none is left (guides/implement-oauth-for-okta; okta-sdk-golang#145).
 */
export const clientCredentialsScopes: Check = exchange => {
  const { form, server } = exchange
  if (form.get('grant_type') !== 'client_credentials') return
  const app = requireApp(exchange)
  if (server.id === undefined && app.authentication !== 'private_key_jwt') {
    throw oauthError('unsupported_auth_method_client_creds')
  }
  const scopes = requestedScopes(exchange)
  if (scopes.some(scope => scope.endsWith('.self'))) throw oauthError('client_credentials_self_scope_requested')
  rejectUserScopes(scopes)
  const configured = server.id === undefined ? scopesOfOrg(exchange) : server.scopes
  const unknown = scopes.find(scope => !configured.includes(scope))
  if (unknown !== undefined) throw unknownScope(exchange, unknown)
  const granted = server.id === undefined ? scopes.filter(scope => app.scopes.includes(scope)) : scopes
  if (granted.length === 0) {
    throw oauthError('no_org_scopes_granted')
  }
  form.set('scope', granted.join(' '))
}

/** The error for a scope that the authorization server does not have. Only custom servers have custom scopes. */
function unknownScope({ server }: Exchange, scope: string): OauthError {
  const isCustom = server.id === undefined && !scope.startsWith('okta.') && scope !== 'offline_access'
  return oauthError(isCustom ? 'illegal_custom_scope' : 'no_matching_scope')
}

/**
 * A request without a user cannot have OpenID Connect scopes (support.okta.com, "Okta Error Occurs When Requesting OpenID
 * Scopes Using Client Credentials"). No public source shows the message for `offline_access`, or for several scopes.
 */
function rejectUserScopes(scopes: readonly string[]): void {
  const forUsers = scopes.filter(scope => OIDC_SCOPES.includes(scope) || scope === 'offline_access')
  if (forUsers.length === 0) return
  throw new OauthError('invalid_scope', `Cannot request '${forUsers.join(', ')}' scopes using client credentials.`)
}

function scopesOfOrg({ org }: Exchange): readonly string[] {
  return [...OKTA_SCOPES, ...[...org.apps.values()].flatMap(app => app.scopes)]
}

function requestedScopes({ form, server }: Exchange): readonly string[] {
  const usesDefaults = (form.get('scope') ?? '').trim() === '' && server.defaultScopes.length > 0
  return usesDefaults ? server.defaultScopes : parseScopes(form.get('scope'))
}

function parseScopes(scope: string | null): readonly string[] {
  const scopes = (scope ?? '').split(' ').filter(name => name !== '')
  if (scopes.length > 0) return scopes
  throw oauthError('no_default_scopes')
}
