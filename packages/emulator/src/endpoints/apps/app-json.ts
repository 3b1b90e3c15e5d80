import type { AppRegistration } from '../../org/apps/app.js'
import type { Org } from '../../org/org.js'
import { oktaDate } from '../users/json/user-json.js'
import { keySettings } from './credentials/key-json.js'

/** `application_type` of Okta's app settings. */
export const APPLICATION_TYPES = { spa: 'browser', native: 'native', web: 'web', service: 'service' } as const
const AUTHENTICATION_METHODS = {
  none: 'none',
  client_secret: 'client_secret_basic',
  private_key_jwt: 'private_key_jwt',
} as const

/**
 * An app in Okta's format (recorded responses of 2026).
 *
 * @param hasSecret whether it has the client secret, as the responses to POST and PUT do
 */
export function appJson(org: Org, app: AppRegistration, { hasSecret = false } = {}): object {
  const { clientId: id, active, otherSettings, authentication, clientSecret } = app
  return {
    id,
    orn: `orn:okta:idp:${org.id}:apps:oidc_client:${id}`,
    name: 'oidc_client',
    label: app.label,
    status: active ? 'ACTIVE' : 'INACTIVE',
    lastUpdated: oktaDate(app.lastUpdated),
    created: oktaDate(app.created),
    accessibility: {
      selfService: false,
      errorRedirectUrl: null,
      loginRedirectUrl: null,
      ...otherSettings.accessibility,
    },
    visibility: {
      autoLaunch: false,
      autoSubmitToolbar: false,
      hide: { iOS: true, web: true },
      appLinks: { oidc_client_link: true },
      ...otherSettings.visibility,
    },
    features: [],
    signOnMode: 'OPENID_CONNECT',
    credentials: {
      userNameTemplate: { template: `\${source.login}`, type: 'BUILT_IN', ...otherSettings.userNameTemplate },
      signing: { kid: `key-of-${org.id}` },
      oauthClient: {
        autoKeyRotation: true,
        client_id: id,
        ...(hasSecret && clientSecret !== undefined && { client_secret: clientSecret }),
        token_endpoint_auth_method: AUTHENTICATION_METHODS[authentication],
        pkce_required: app.pkceRequired,
      },
    },
    universalLogout: null,
    settings: {
      app: {},
      notifications: {
        vpn: { network: { connection: 'DISABLED' }, message: null, helpUrl: null },
        ...otherSettings.notifications,
      },
      manualProvisioning: false,
      implicitAssignment: false,
      emOptInStatus: 'NONE',
      notes: { admin: null, enduser: null, ...otherSettings.notes },
      oauthClient: clientSettings(app),
    },
    _links: links(org.url, app),
  }
}

/** `OpenIdConnectApplicationSettingsClient`, with `jwks_uri` or `jwks`. */
function clientSettings({ kind, dpop, grantTypes, redirectUris, jwksUri, savedKeys, ...app }: AppRegistration): object {
  return {
    client_uri: null,
    logo_uri: null,
    redirect_uris: redirectUris,
    ...(app.postLogoutRedirectUris.length > 0 && { post_logout_redirect_uris: app.postLogoutRedirectUris }),
    response_types: app.otherSettings.responseTypes ?? [kind === 'service' ? 'token' : 'code'],
    grant_types: grantTypes,
    ...(jwksUri !== undefined && { jwks_uri: jwksUri }),
    ...(savedKeys.length > 0 && { jwks: { keys: savedKeys.map(keySettings) } }),
    application_type: APPLICATION_TYPES[kind],
    consent_method: 'TRUSTED',
    issuer_mode: 'DYNAMIC',
    ...(app.refreshTokens !== 'none' && {
      refresh_token: { rotation_type: app.refreshTokens === 'rotating' ? 'ROTATE' : 'STATIC' },
    }),
    idp_initiated_login: { mode: 'DISABLED', default_scope: [] },
    wildcard_redirect: 'DISABLED',
    dpop_bound_access_tokens: dpop,
    participate_slo: false,
    ...app.otherSettings.oauthClient,
  }
}

function links(orgUrl: URL, { clientId, active, authentication }: AppRegistration): object {
  const at = (path: string) => new URL(`/api/v1/apps/${clientId}${path}`, orgUrl).href
  const change = active ? 'deactivate' : 'activate'
  const credentials = authentication === 'private_key_jwt' ? ['jwks'] : authentication === 'none' ? [] : ['secrets']
  return {
    uploadLogo: { href: at('/logo'), hints: { allow: ['POST'] } },
    appLinks: [],
    groups: { href: at('/groups') },
    logo: [{ name: 'medium', href: new URL('/assets/img/logos/default.png', orgUrl).href, type: 'image/png' }],
    clientCredentials: credentials.map(name => ({ name, href: at(`/credentials/${name}`) })),
    users: { href: at('/users') },
    [change]: { href: at(`/lifecycle/${change}`) },
  }
}
