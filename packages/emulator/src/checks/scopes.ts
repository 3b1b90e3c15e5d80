import { OauthError } from '../http/errors.js'
import { type Check, type Exchange, requireApp } from '../http/exchange.js'

const OIDC_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'groups', 'device_sso']
const NOT_CONFIGURED = 'One or more scopes are not configured for the authorization server resource.'

/**
 * The scopes of an authorization request are OpenID Connect scopes, `offline_access` if the app has the Refresh Token
 * grant, and the `okta.*` scopes granted to the app or the scopes of the custom authorization server.
 */
export const authorizeScopes: Check = exchange => {
  const app = requireApp(exchange)
  const { server } = exchange
  const configured = server.id === undefined ? app.scopes : server.scopes
  const scopes = parseScopes(exchange.form.get('scope'))
  for (const scope of scopes) {
    if (OIDC_SCOPES.includes(scope) || configured.includes(scope)) continue
    if (scope === 'offline_access' && app.refreshTokens !== 'none') continue
    if (server.id !== undefined) throw new OauthError('invalid_scope', NOT_CONFIGURED)
    // Only custom authorization servers have custom scopes (support.okta.com, "Custom scopes are not allowed").
    const isCustom = !scope.startsWith('okta.') && scope !== 'offline_access'
    throw new OauthError('invalid_scope', isCustom ? 'Custom scopes are not allowed for this request.' : NOT_CONFIGURED)
  }
}

/**
 * The scopes of a client credentials request are the scopes of the custom authorization server, or `okta.*` scopes at the
 * org authorization server, which requires private_key_jwt. Scopes that are not granted to the app are omitted from the
 * token without an error; the request is rejected when none is left (guides/implement-oauth-for-okta; okta-sdk-golang#145).
 */
export const clientCredentialsScopes: Check = exchange => {
  const { form } = exchange
  if (form.get('grant_type') !== 'client_credentials') return
  const app = requireApp(exchange)
  if (exchange.server.id !== undefined) {
    form.set('scope', customServerScopes(exchange).join(' '))
    return
  }
  if (app.authentication !== 'private_key_jwt') {
    throw new OauthError(
      'invalid_client',
      'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
    )
  }
  const scopes = parseScopes(form.get('scope'))
  if (scopes.some(scope => !scope.startsWith('okta.'))) throw new OauthError('invalid_scope', NOT_CONFIGURED)
  const granted = scopes.filter(scope => app.scopes.includes(scope))
  if (granted.length === 0) {
    throw new OauthError('consent_required', 'You are not allowed any of the requested scopes.')
  }
  form.set('scope', granted.join(' '))
}

function customServerScopes({ form, server }: Exchange): readonly string[] {
  const usesDefaults = (form.get('scope') ?? '').trim() === '' && server.defaultScopes.length > 0
  const scopes = usesDefaults ? server.defaultScopes : parseScopes(form.get('scope'))
  // Only the org authorization server has okta.* scopes (concepts/auth-servers). OpenID Connect scopes require a user.
  if (scopes.some(scope => !server.scopes.includes(scope))) throw new OauthError('invalid_scope', NOT_CONFIGURED)
  return scopes
}

function parseScopes(scope: string | null): readonly string[] {
  const scopes = (scope ?? '').split(' ').filter(name => name !== '')
  if (scopes.length > 0) return scopes
  throw new OauthError(
    'invalid_scope',
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
  )
}
