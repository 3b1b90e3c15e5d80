import type { Next } from 'koa'
import { adminRole } from './checks/api/admin-role.js'
import { apiToken } from './checks/api/api-token.js'
import { authorizeClient } from './checks/authorize/authorize-client.js'
import { codeRequested, stateGiven } from './checks/authorize/authorize-request.js'
import { codeChallenge } from './checks/authorize/pkce.js'
import { registeredRedirectUri } from './checks/authorize/redirect-uri.js'
import { accessPolicy } from './checks/client/access-policy.js'
import { authenticateClient } from './checks/client/authenticate-client.js'
import { authorizeScopes, clientCredentialsScopes } from './checks/scopes.js'
import { deviceGrantAllowed, devicePoll } from './checks/token/device-code.js'
import { dpopAtToken } from './checks/token/dpop.js'
import { grantTypeAllowed, grantTypeSupported } from './checks/token/grant-type.js'
import { refreshTokenGiven } from './checks/token/refresh-token.js'
import { deviceAuthorize } from './endpoints/device-authorize.js'
import { authorizationServerMetadata, oktaOrganization } from './endpoints/discovery.js'
import { introspect } from './endpoints/introspect.js'
import { keys } from './endpoints/keys.js'
import { revoke } from './endpoints/revoke.js'
import { userinfo } from './endpoints/userinfo.js'
import { currentUser, listUsers, oneUser } from './endpoints/users.js'
import type { Check, Exchange } from './http/exchange.js'
import { type Refusal, refuseByRedirect } from './http/send-error.js'
import { forwardAuthorize, forwardResume } from './oidc/forward-authorize.js'
import { forwardTokenRequest } from './oidc/forward-token.js'
import type { AuthorizationServer } from './org/authorization-server.js'
import { decideActivation, enterCode, showActivate, signInToActivate } from './sign-in/activate.js'
import { cancelSignIn, showSignIn, signIn } from './sign-in/sign-in.js'

/** One endpoint: its checks in Okta's order, then its answer, ours or (by `next`) oidc-provider's. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly path: string | RegExp
  readonly checks: readonly Check[]
  readonly answer: (exchange: Exchange, next: Next) => void | Promise<void>
  /** How a refusal is told. Default: as JSON. */
  readonly refuse?: Refusal
}

const token: readonly Check[] = [
  grantTypeSupported,
  authenticateClient,
  grantTypeAllowed,
  accessPolicy,
  dpopAtToken,
  refreshTokenGiven,
  devicePoll,
  clientCredentialsScopes,
]
const authorize: readonly Check[] = [
  authorizeClient,
  registeredRedirectUri,
  codeRequested,
  stateGiven,
  codeChallenge,
  authorizeScopes,
  accessPolicy,
]
const device: readonly Check[] = [authenticateClient, deviceGrantAllowed, authorizeScopes, accessPolicy]
const readUsers: readonly Check[] = [apiToken('okta.users.read', 'okta.users.manage'), adminRole]
const readSelf: readonly Check[] = [apiToken('okta.users.read', 'okta.users.manage', 'okta.users.read.self')]
const openid = apiToken('openid')
const refuse = refuseByRedirect

/** Every endpoint that has rules of Okta's. The first that matches counts; the rest is oidc-provider's. */
export const ENDPOINTS: readonly Endpoint[] = [
  { method: 'GET', path: '/.well-known/openid-configuration', checks: [], answer: authorizationServerMetadata },
  { method: 'GET', path: '/.well-known/oauth-authorization-server', checks: [], answer: authorizationServerMetadata },
  { method: 'GET', path: '/.well-known/okta-organization', checks: [], answer: oktaOrganization },
  { method: 'GET', path: '/oauth2/v1/authorize', checks: authorize, answer: forwardAuthorize, refuse },
  { method: 'GET', path: /^\/oauth2\/v1\/authorize\/[^/]+$/, checks: [], answer: forwardResume },
  { method: 'GET', path: /^\/signin\/[^/]+$/, checks: [], answer: showSignIn },
  { method: 'POST', path: /^\/signin\/[^/]+$/, checks: [], answer: signIn },
  { method: 'GET', path: /^\/signin\/[^/]+\/cancel$/, checks: [], answer: cancelSignIn },
  { method: 'POST', path: '/oauth2/v1/token', checks: token, answer: forwardTokenRequest },
  { method: 'POST', path: '/oauth2/v1/introspect', checks: [authenticateClient], answer: introspect },
  { method: 'POST', path: '/oauth2/v1/revoke', checks: [authenticateClient], answer: revoke },
  { method: 'GET', path: '/oauth2/v1/keys', checks: [], answer: keys },
  { method: 'POST', path: '/oauth2/v1/device/authorize', checks: device, answer: deviceAuthorize },
  { method: 'GET', path: '/activate', checks: [], answer: showActivate },
  { method: 'POST', path: '/activate', checks: [], answer: enterCode },
  { method: 'POST', path: '/activate/sign-in', checks: [], answer: signInToActivate },
  { method: 'POST', path: '/activate/decision', checks: [], answer: decideActivation },
  { method: 'GET', path: '/oauth2/v1/userinfo', checks: [openid], answer: userinfo },
  { method: 'POST', path: '/oauth2/v1/userinfo', checks: [openid], answer: userinfo },
  { method: 'GET', path: '/api/v1/users', checks: readUsers, answer: listUsers },
  { method: 'GET', path: '/api/v1/users/me', checks: readSelf, answer: currentUser },
  { method: 'GET', path: /^\/api\/v1\/users\/[^/]+$/, checks: readUsers, answer: oneUser },
]

/** The endpoint for a request, if it is one with rules. A custom authorization server has the org's, below its own. */
export function findEndpoint(method: string, path: string, server: AuthorizationServer): Endpoint | undefined {
  const asked = server.id === undefined ? path : orgPath(path.slice(server.base.length))
  return ENDPOINTS.find(
    endpoint =>
      endpoint.method === method &&
      (typeof endpoint.path === 'string' ? endpoint.path === asked : endpoint.path.test(asked)),
  )
}

/** Where the org has what a custom server has at a path below its base; the API is the org's alone. */
function orgPath(path: string): string {
  if (path.startsWith('/v1/')) return `/oauth2${path}`
  return /^\/(signin|\.well-known\/o(penid|auth))/.test(path) ? path : ''
}
