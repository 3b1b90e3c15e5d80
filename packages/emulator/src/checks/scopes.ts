import { OauthError } from '../http/errors.js'
import { type Check, type Exchange, knownApp } from '../http/exchange.js'

const SIGN_IN_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'groups', 'device_sso']
const NOT_CONFIGURED = 'One or more scopes are not configured for the authorization server resource.'

/**
 * Scopes of an authorization request: OpenID's, `offline_access` where the app has the Refresh Token grant, and the
 * `okta.*` scopes granted to the app; at a custom authorization server the server's own in their place.
 */
export const authorizeScopes: Check = exchange => {
  const app = knownApp(exchange)
  const { server } = exchange
  const configured = server.id === undefined ? app.scopes : server.scopes
  const scopes = requested(exchange.form.get('scope'))
  for (const scope of scopes) {
    if (SIGN_IN_SCOPES.includes(scope) || configured.includes(scope)) continue
    if (scope === 'offline_access' && app.refreshTokens !== 'none') continue
    if (server.id !== undefined) throw new OauthError('invalid_scope', NOT_CONFIGURED)
    // Only a custom authorization server has scopes of one's own (support.okta.com, "Custom scopes are not allowed").
    const isCustom = !scope.startsWith('okta.') && scope !== 'offline_access'
    throw new OauthError('invalid_scope', isCustom ? 'Custom scopes are not allowed for this request.' : NOT_CONFIGURED)
  }
}

/**
 * Scopes of a client credentials request. At a custom authorization server: its own. At the org's own: `okta.*`, and only for an app that signs with a key. A scope is granted if
 * it is among the app's grants, else left out without a word (guides/implement-oauth-for-okta; okta-sdk-golang#145);
 * only when none is left is the request refused.
 */
export const clientCredentialsScopes: Check = exchange => {
  const { form } = exchange
  if (form.get('grant_type') !== 'client_credentials') return
  const app = knownApp(exchange)
  if (exchange.server.id !== undefined) {
    form.set('scope', customScopes(exchange).join(' '))
    return
  }
  if (app.authentication !== 'private_key_jwt') {
    throw new OauthError(
      'invalid_client',
      'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
    )
  }
  const scopes = requested(form.get('scope'))
  if (scopes.some(scope => !scope.startsWith('okta.'))) throw new OauthError('invalid_scope', NOT_CONFIGURED)
  const granted = scopes.filter(scope => app.scopes.includes(scope))
  if (granted.length === 0) {
    throw new OauthError('consent_required', 'You are not allowed any of the requested scopes.')
  }
  form.set('scope', granted.join(' '))
}

function customScopes({ form, server }: Exchange): readonly string[] {
  const isDefault = (form.get('scope') ?? '').trim() === '' && server.defaultScopes.length > 0
  const scopes = isDefault ? server.defaultScopes : requested(form.get('scope'))
  // okta.* is the org server's alone (concepts/auth-servers); OpenID's scopes need a user.
  if (scopes.some(scope => !server.scopes.includes(scope))) throw new OauthError('invalid_scope', NOT_CONFIGURED)
  return scopes
}

function requested(scope: string | null): readonly string[] {
  const scopes = (scope ?? '').split(' ').filter(name => name !== '')
  if (scopes.length > 0) return scopes
  throw new OauthError(
    'invalid_scope',
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
  )
}
