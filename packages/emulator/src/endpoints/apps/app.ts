import type { Exchange } from '../../http/exchange.js'
import type { AppRegistration } from '../../org/apps/app.js'
import { keySettings } from './key-json.js'
import { requestedApp } from './requested-app.js'

const APPLICATION_TYPES = { spa: 'browser', native: 'native', web: 'web', service: 'service' } as const
const AUTHENTICATION_METHODS = {
  none: 'none',
  client_secret: 'client_secret_basic',
  private_key_jwt: 'private_key_jwt',
} as const

/**
 * `GET /api/v1/apps/{appId}` (`OpenIdConnectApplication` of Okta's OpenAPI file, and the Postman collection of
 * guides/client-secret-rotation-key). The client secret is omitted.
 */
export function oneApp(exchange: Exchange): void {
  const app = requestedApp(exchange)
  const { clientId: id, kind, active } = app
  const self = new URL(`/api/v1/apps/${id}`, exchange.org.url).href
  const created = app.created.toISOString()
  exchange.ctx.body = {
    id,
    name: 'oidc_client',
    label: `Emulated ${kind} app`,
    status: active ? 'ACTIVE' : 'INACTIVE',
    created,
    lastUpdated: created,
    features: [],
    signOnMode: 'OPENID_CONNECT',
    accessibility: { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null },
    visibility: {
      autoLaunch: false,
      autoSubmitToolbar: false,
      hide: { iOS: true, web: true },
      appLinks: { oidc_client_link: true },
    },
    credentials: {
      userNameTemplate: { template: `\${source.login}`, type: 'BUILT_IN' },
      signing: {},
      oauthClient: {
        autoKeyRotation: true,
        client_id: id,
        pkce_required: kind === 'spa' || kind === 'native',
        token_endpoint_auth_method: AUTHENTICATION_METHODS[app.authentication],
      },
    },
    settings: { app: {}, notes: { admin: null, enduser: null }, oauthClient: clientSettings(app) },
    _links: {
      self: { href: self },
      [active ? 'deactivate' : 'activate']: { href: `${self}/lifecycle/${active ? 'deactivate' : 'activate'}` },
    },
  }
}

/** `OpenIdConnectApplicationSettingsClient`, with `jwks_uri` or `jwks`. */
function clientSettings({ kind, dpop, grantTypes, redirectUris, jwksUri, savedKeys, ...app }: AppRegistration): object {
  return {
    client_uri: null,
    logo_uri: null,
    redirect_uris: redirectUris,
    response_types: [kind === 'service' ? 'token' : 'code'],
    grant_types: grantTypes,
    ...(jwksUri !== undefined && { jwks_uri: jwksUri }),
    ...(savedKeys.length > 0 && { jwks: { keys: savedKeys.map(keySettings) } }),
    application_type: APPLICATION_TYPES[kind],
    consent_method: 'TRUSTED',
    issuer_mode: 'DYNAMIC',
    idp_initiated_login: { mode: 'DISABLED', default_scope: [] },
    ...(app.refreshTokens !== 'none' && {
      refresh_token: { rotation_type: app.refreshTokens === 'rotating' ? 'ROTATE' : 'STATIC' },
    }),
    wildcard_redirect: 'DISABLED',
    dpop_bound_access_tokens: dpop,
  }
}
