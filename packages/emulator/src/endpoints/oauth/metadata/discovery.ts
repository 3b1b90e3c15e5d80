import { RESPONSE_MODES } from '../../../checks/authorize/authorize-request.js'
import { DEVICE_CODE } from '../../../config/defaults.js'
import { OKTA_SCOPES } from '../../../config/okta-scopes.js'
import { ApiError, resourceNotFound } from '../../../http/errors/errors.js'
import { type Check, type Exchange, pathParameter } from '../../../http/exchange.js'
import type { AuthorizationServer } from '../../../org/authorization-server.js'

const SIGNING_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
const CLIENT_AUTHENTICATION = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']
const OIDC_SCOPES = ['openid', 'email', 'profile', 'address', 'phone', 'offline_access', 'groups']
const ID_TOKEN_CLAIMS = ['iss', 'ver', 'sub', 'aud', 'iat', 'exp', 'jti', 'auth_time', 'amr', 'idp', 'nonce', 'name']
const USER_CLAIMS = [
  ...['preferred_username', 'given_name', 'family_name', 'email', 'email_verified', 'zoneinfo', 'locale'],
  ...['updated_at', 'at_hash'],
]
const ACCESS_TOKEN_CLAIMS = ['ver', 'jti', 'iss', 'aud', 'iat', 'exp', 'cid', 'uid', 'scp', 'sub']

/** The app in `client_id` exists. Okta returns the metadata and keys of one app with it (API reference of the metadata). */
export const knownClient: Check = ({ form, org }) => {
  const clientId = form.get('client_id')
  if (clientId === null || org.apps.get(clientId)?.active === true) return
  throw new ApiError('invalid_client', "Invalid value for 'client_id' parameter.", { status: 400 })
}

/** `/.well-known/openid-configuration` (OpenID Connect Discovery §4), limited to what the emulator supports. */
export function openidConfiguration({ org, server, ctx }: Exchange): void {
  const endpoint = endpointsOf(server, org.url)
  ctx.body = {
    issuer: server.issuer,
    authorization_endpoint: endpoint('authorize'),
    token_endpoint: endpoint('token'),
    userinfo_endpoint: endpoint('userinfo'),
    jwks_uri: endpoint('keys'),
    ...responses,
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: [...OIDC_SCOPES, ...server.scopes],
    token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    claims_supported: [...ID_TOKEN_CLAIMS, ...USER_CLAIMS],
    ...others(server, org.url),
    ...(org.sendIssuer && { authorization_response_iss_parameter_supported: true }),
  }
}

/** `/.well-known/oauth-authorization-server` below the base path of the authorization server (RFC 8414 §3). */
export function oauthMetadata({ org, server, ctx }: Exchange): void {
  ctx.body = oauthDocument(server, org.url, org.sendIssuer)
}

/** `/.well-known/oauth-authorization-server/oauth2/{authorizationServerId}` (RFC 8414 §3.1). */
export function customOauthMetadata(exchange: Exchange): void {
  const { org, ctx } = exchange
  const id = pathParameter(exchange, 'authorizationServerId')
  if (!org.features.apiAccessManagement) {
    throw new ApiError('E0000015', 'You do not have permission to access the feature you are requesting', {
      status: 401,
    })
  }
  const server = org.servers.find(candidate => candidate.id === id)
  if (server === undefined) throw resourceNotFound(id, 'AuthorizationServer')
  ctx.body = oauthDocument(server, org.url, org.sendIssuer)
}

/** `/.well-known/okta-organization`: identifies a host as an Okta org. It requires no token. */
export function oktaOrganization({ org, ctx }: Exchange): void {
  ctx.body = {
    id: org.id,
    cell: 'emulator',
    _links: { organization: { href: org.url.origin } },
    pipeline: 'idx',
    settings: {
      analyticsCollectionEnabled: false,
      bugReportingEnabled: false,
      omEnabled: false,
      pssoEnabled: false,
      desktopMFAEnabled: false,
      itpEnabled: false,
    },
  }
}

/** Unlike Okta's, the document of the org has `jwks_uri` and `userinfo_endpoint`, which some libraries require. */
function oauthDocument(server: AuthorizationServer, orgUrl: URL, sendsIssuer: boolean): object {
  const endpoint = endpointsOf(server, orgUrl)
  return {
    issuer: server.issuer,
    authorization_endpoint: endpoint('authorize'),
    token_endpoint: endpoint('token'),
    userinfo_endpoint: endpoint('userinfo'),
    jwks_uri: endpoint('keys'),
    ...responses,
    scopes_supported: [...(server.id === undefined ? OKTA_SCOPES : server.scopes), ...OIDC_SCOPES],
    token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    claims_supported: ACCESS_TOKEN_CLAIMS,
    ...others(server, orgUrl),
    ...(sendsIssuer && { authorization_response_iss_parameter_supported: true }),
  }
}

function endpointsOf(server: AuthorizationServer, orgUrl: URL): (path: string) => string {
  return path => new URL(`${server.base}/v1/${path}`, orgUrl).href
}

const responses = {
  response_types_supported: ['code'],
  response_modes_supported: RESPONSE_MODES,
  grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE],
  subject_types_supported: ['public'],
}

function others(server: AuthorizationServer, orgUrl: URL): object {
  const endpoint = endpointsOf(server, orgUrl)
  return {
    code_challenge_methods_supported: ['S256'],
    introspection_endpoint: endpoint('introspect'),
    introspection_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    revocation_endpoint: endpoint('revoke'),
    revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    end_session_endpoint: endpoint('logout'),
    request_parameter_supported: false,
    device_authorization_endpoint: endpoint('device/authorize'),
    pushed_authorization_request_endpoint: endpoint('par'),
    dpop_signing_alg_values_supported: SIGNING_ALGORITHMS,
  }
}
