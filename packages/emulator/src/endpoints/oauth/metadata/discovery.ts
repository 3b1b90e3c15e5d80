import { DEVICE_CODE } from '../../../config/options.js'
import type { Exchange } from '../../../http/exchange.js'

const SIGNING_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/**
 * `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server` of an authorization server
 * (OpenID Connect Discovery §4, RFC 8414 §3), limited to what the emulator supports.
 */
export function authorizationServerMetadata({ org, server, ctx }: Exchange): void {
  const endpoint = (path: string) => new URL(`${server.base}/v1/${path}`, org.url).href
  const authenticationMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']
  ctx.body = {
    issuer: server.issuer,
    authorization_endpoint: endpoint('authorize'),
    token_endpoint: endpoint('token'),
    userinfo_endpoint: endpoint('userinfo'),
    jwks_uri: endpoint('keys'),
    introspection_endpoint: endpoint('introspect'),
    revocation_endpoint: endpoint('revoke'),
    device_authorization_endpoint: endpoint('device/authorize'),
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile', 'offline_access', ...server.scopes],
    token_endpoint_auth_methods_supported: authenticationMethods,
    introspection_endpoint_auth_methods_supported: authenticationMethods,
    revocation_endpoint_auth_methods_supported: authenticationMethods,
    token_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
    dpop_signing_alg_values_supported: SIGNING_ALGORITHMS,
    claims_supported: ['iss', 'aud', 'iat', 'exp', 'auth_time', 'nonce', 'sub', 'name', 'preferred_username', 'email'],
    code_challenge_methods_supported: ['S256'],
    ...(org.sendIssuer && { authorization_response_iss_parameter_supported: true }),
  }
}

/** `/.well-known/okta-organization`: identifies a host as an Okta org. It requires no token. */
export function oktaOrganization({ org, ctx }: Exchange): void {
  ctx.body = {
    id: org.id,
    pipeline: 'idx',
    settings: { analyticsCollectionEnabled: false, bugReportingEnabled: false, omEnabled: false },
    _links: { organization: { href: org.url.origin } },
  }
}
