import type { Next } from 'koa'
import { adminRole } from './checks/api/admin-role.js'
import { apiToken } from './checks/api/api-token.js'
import { superAdmin } from './checks/api/super-admin.js'
import { codeRequested, statePresent } from './checks/authorize/authorize-request.js'
import { codeChallenge } from './checks/authorize/pkce.js'
import { registeredRedirectUri } from './checks/authorize/redirect-uri.js'
import { registeredClient } from './checks/authorize/registered-client.js'
import { accessPolicy } from './checks/client/access-policy.js'
import { authenticateClient } from './checks/client/authenticate-client.js'
import { authorizeScopes, clientCredentialsScopes } from './checks/scopes.js'
import { deviceGrantAllowed, devicePoll } from './checks/token/device-code.js'
import { dpopAtToken } from './checks/token/dpop.js'
import { grantTypeAllowed, grantTypeSupported } from './checks/token/grant-type.js'
import { refreshTokenValid } from './checks/token/refresh-token.js'
import { oneApp } from './endpoints/apps/app.js'
import {
  activateAppKey,
  addAppKey,
  deactivateAppKey,
  deleteAppKey,
  listAppKeys,
  oneAppKey,
} from './endpoints/apps/app-keys.js'
import { deviceAuthorize } from './endpoints/device-authorize.js'
import { authorizationServerMetadata, oktaOrganization } from './endpoints/discovery.js'
import { activateFactor } from './endpoints/factors/activate-factor.js'
import { enrollFactor } from './endpoints/factors/enroll-factor.js'
import { deleteFactor, listFactors, oneFactor } from './endpoints/factors/factors.js'
import { home } from './endpoints/home.js'
import { introspect } from './endpoints/introspect.js'
import { keys } from './endpoints/keys.js'
import { revoke } from './endpoints/revoke.js'
import { userinfo } from './endpoints/userinfo.js'
import { currentUser, listUsers, oneUser } from './endpoints/users.js'
import type { Check, Exchange } from './http/exchange.js'
import { redirectError, type SendError } from './http/send-error.js'
import { forwardAuthorize, forwardResume } from './oidc/forward-authorize.js'
import { forwardTokenRequest } from './oidc/forward-token.js'
import type { AuthorizationServer } from './org/authorization-server.js'
import { decideActivation, enterCode, showActivate, signInToActivate } from './sign-in/activate.js'
import { cancelSignIn, showSignIn, signIn } from './sign-in/sign-in.js'

/** An endpoint: its checks in Okta's order, then its handler. `next` passes the request on to oidc-provider. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string | RegExp
  readonly checks: readonly Check[]
  readonly handler: (exchange: Exchange, next: Next) => void | Promise<void>
  /** Whether the body of a POST request is JSON. Default: a form. */
  readonly acceptsJson?: boolean
  /** Sends the error of a failed check. Default: as JSON. */
  readonly sendError?: SendError
}

const token: readonly Check[] = [
  grantTypeSupported,
  authenticateClient,
  grantTypeAllowed,
  dpopAtToken,
  clientCredentialsScopes,
  accessPolicy,
  refreshTokenValid,
  devicePoll,
]
const authorize: readonly Check[] = [
  registeredClient,
  registeredRedirectUri,
  codeRequested,
  statePresent,
  codeChallenge,
  authorizeScopes,
  accessPolicy,
]
const device: readonly Check[] = [authenticateClient, deviceGrantAllowed, authorizeScopes, accessPolicy]
const readUsers: readonly Check[] = [apiToken('okta.users.read', 'okta.users.manage'), adminRole]
const manageUsers: readonly Check[] = [apiToken('okta.users.manage'), adminRole]
const readSelf: readonly Check[] = [apiToken('okta.users.read', 'okta.users.manage', 'okta.users.read.self')]
const readApps: readonly Check[] = [apiToken('okta.apps.read', 'okta.apps.manage'), adminRole]
const manageKeys: readonly Check[] = [apiToken('okta.apps.manage'), adminRole, superAdmin]
const openid = apiToken('openid')
const sendError = redirectError

const APP_KEYS = /^\/api\/v1\/apps\/[^/]+\/credentials\/jwks$/
const APP_KEY = /^\/api\/v1\/apps\/[^/]+\/credentials\/jwks\/[^/]+$/
const ACTIVATE_APP_KEY = /^\/api\/v1\/apps\/[^/]+\/credentials\/jwks\/[^/]+\/lifecycle\/activate$/
const DEACTIVATE_APP_KEY = /^\/api\/v1\/apps\/[^/]+\/credentials\/jwks\/[^/]+\/lifecycle\/deactivate$/
const FACTORS = /^\/api\/v1\/users\/[^/]+\/factors$/
const FACTOR = /^\/api\/v1\/users\/[^/]+\/factors\/[^/]+$/
const ACTIVATE_FACTOR = /^\/api\/v1\/users\/[^/]+\/factors\/[^/]+\/lifecycle\/activate$/

/** All endpoints with rules of Okta's own. The first match is used; all other paths go to oidc-provider. */
export const ENDPOINTS: readonly Endpoint[] = [
  { method: 'GET', path: '/', checks: [], handler: home },
  { method: 'GET', path: '/.well-known/openid-configuration', checks: [], handler: authorizationServerMetadata },
  { method: 'GET', path: '/.well-known/oauth-authorization-server', checks: [], handler: authorizationServerMetadata },
  { method: 'GET', path: '/.well-known/okta-organization', checks: [], handler: oktaOrganization },
  { method: 'GET', path: '/oauth2/v1/authorize', checks: authorize, handler: forwardAuthorize, sendError },
  { method: 'GET', path: /^\/oauth2\/v1\/authorize\/[^/]+$/, checks: [], handler: forwardResume },
  { method: 'GET', path: /^\/signin\/[^/]+$/, checks: [], handler: showSignIn },
  { method: 'POST', path: /^\/signin\/[^/]+$/, checks: [], handler: signIn },
  { method: 'GET', path: /^\/signin\/[^/]+\/cancel$/, checks: [], handler: cancelSignIn },
  { method: 'POST', path: '/oauth2/v1/token', checks: token, handler: forwardTokenRequest },
  { method: 'POST', path: '/oauth2/v1/introspect', checks: [authenticateClient], handler: introspect },
  { method: 'POST', path: '/oauth2/v1/revoke', checks: [authenticateClient], handler: revoke },
  { method: 'GET', path: '/oauth2/v1/keys', checks: [], handler: keys },
  { method: 'POST', path: '/oauth2/v1/device/authorize', checks: device, handler: deviceAuthorize },
  { method: 'GET', path: '/activate', checks: [], handler: showActivate },
  { method: 'POST', path: '/activate', checks: [], handler: enterCode },
  { method: 'POST', path: '/activate/sign-in', checks: [], handler: signInToActivate },
  { method: 'POST', path: '/activate/decision', checks: [], handler: decideActivation },
  { method: 'GET', path: '/oauth2/v1/userinfo', checks: [openid], handler: userinfo },
  { method: 'POST', path: '/oauth2/v1/userinfo', checks: [openid], handler: userinfo },
  { method: 'GET', path: '/api/v1/users', checks: readUsers, handler: listUsers },
  { method: 'GET', path: '/api/v1/users/me', checks: readSelf, handler: currentUser },
  { method: 'GET', path: /^\/api\/v1\/users\/[^/]+$/, checks: readUsers, handler: oneUser },
  { method: 'GET', path: FACTORS, checks: readUsers, handler: listFactors },
  { method: 'POST', path: FACTORS, checks: manageUsers, handler: enrollFactor, acceptsJson: true },
  { method: 'GET', path: FACTOR, checks: readUsers, handler: oneFactor },
  { method: 'DELETE', path: FACTOR, checks: manageUsers, handler: deleteFactor },
  { method: 'POST', path: ACTIVATE_FACTOR, checks: manageUsers, handler: activateFactor, acceptsJson: true },
  { method: 'GET', path: /^\/api\/v1\/apps\/[^/]+$/, checks: readApps, handler: oneApp },
  { method: 'GET', path: APP_KEYS, checks: readApps, handler: listAppKeys },
  { method: 'POST', path: APP_KEYS, checks: manageKeys, handler: addAppKey, acceptsJson: true },
  { method: 'GET', path: APP_KEY, checks: readApps, handler: oneAppKey },
  { method: 'DELETE', path: APP_KEY, checks: manageKeys, handler: deleteAppKey },
  { method: 'POST', path: ACTIVATE_APP_KEY, checks: manageKeys, handler: activateAppKey, acceptsJson: true },
  { method: 'POST', path: DEACTIVATE_APP_KEY, checks: manageKeys, handler: deactivateAppKey, acceptsJson: true },
]

/** Finds the endpoint of a request. A custom authorization server has the org's OAuth endpoints below its own base path. */
export function findEndpoint(method: string, path: string, server: AuthorizationServer): Endpoint | undefined {
  const requestPath = server.id === undefined ? path : orgPath(path.slice(server.base.length))
  return ENDPOINTS.find(endpoint => endpoint.method === method && hasPath(endpoint, requestPath))
}

/** Whether an endpoint of the org has this path, with any method. */
export function isEndpointPath(path: string): boolean {
  return ENDPOINTS.some(endpoint => hasPath(endpoint, path))
}

function hasPath({ path }: Endpoint, requestPath: string): boolean {
  return typeof path === 'string' ? path === requestPath : path.test(requestPath)
}

/** The org's path for a path below the base of a custom server. Only the org has the management API. */
function orgPath(path: string): string {
  if (path.startsWith('/v1/')) return `/oauth2${path}`
  return /^\/(signin|\.well-known\/o(penid|auth))/.test(path) ? path : ''
}
