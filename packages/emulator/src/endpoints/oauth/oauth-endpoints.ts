import { apiToken } from '../../checks/api/api-token.js'
import { codeRequested, promptValid, statePresent } from '../../checks/authorize/authorize-request.js'
import { codeChallenge } from '../../checks/authorize/pkce.js'
import { registeredRedirectUri } from '../../checks/authorize/redirect-uri.js'
import { registeredClient } from '../../checks/authorize/registered-client.js'
import { accessPolicy } from '../../checks/client/access-policy.js'
import { authenticateClient } from '../../checks/client/authenticate-client.js'
import { authorizeScopes, clientCredentialsScopes } from '../../checks/scopes.js'
import { authorizationCode } from '../../checks/token/authorization-code.js'
import { browserRequest } from '../../checks/token/browser-request.js'
import { deviceGrantAllowed, devicePoll } from '../../checks/token/device-code.js'
import { dpopAtToken } from '../../checks/token/dpop.js'
import { grantTypeAllowed, grantTypeSupported } from '../../checks/token/grant-type.js'
import { refreshTokenValid } from '../../checks/token/refresh-token.js'
import { redirectError } from '../../http/errors/send-error.js'
import { forwardAuthorize, forwardResume } from '../../oidc/forward-authorize.js'
import { forwardTokenRequest } from '../../oidc/forward-token.js'
import { tokenError } from '../../oidc/log-tokens.js'
import { type Endpoint, oauth } from '../table/endpoint.js'
import {
  customOauthMetadata,
  knownClient,
  oauthMetadata,
  oktaOrganization,
  openidConfiguration,
} from './metadata/discovery.js'
import { keys } from './metadata/keys.js'
import { AUTHORIZE, TOKEN } from './parameters.js'
import { logout, logoutError } from './session/logout.js'
import { pulledRequest, pushable, pushRequest } from './session/pushed-request.js'
import { deviceAuthorize } from './tokens/device-authorize.js'
import { introspect } from './tokens/introspect.js'
import { revoke } from './tokens/revoke.js'
import { userinfo } from './tokens/userinfo.js'

const token = [
  grantTypeSupported,
  authenticateClient,
  browserRequest,
  grantTypeAllowed,
  dpopAtToken,
  clientCredentialsScopes,
  accessPolicy,
  authorizationCode,
  refreshTokenValid,
  devicePoll,
]
const authorizationRequest = [
  registeredClient,
  registeredRedirectUri,
  codeRequested,
  promptValid,
  statePresent,
  codeChallenge,
  authorizeScopes,
  accessPolicy,
]
const authorize = {
  summary: 'Starts an authorization request (RFC 6749 §4.1.1).',
  checks: [pulledRequest, ...authorizationRequest],
  sendError: redirectError,
  query: AUTHORIZE,
}
const logoutOptions = { summary: 'Ends the session (OpenID Connect RP-Initiated Logout).', sendError: logoutError }
const device = [authenticateClient, deviceGrantAllowed, authorizeScopes, accessPolicy]
const openid = {
  checks: [apiToken('openid')],
  scopes: ['openid'],
  cors: 'trusted',
} as const
const metadata = {
  summary: 'Returns the metadata of the authorization server.',
  cors: 'trusted',
  checks: [knownClient],
} as const

/** The OAuth endpoints of the org and of its custom authorization servers. */
export const OAUTH_ENDPOINTS: readonly Endpoint[] = [
  oauth('GET', '/.well-known/openid-configuration', metadata, openidConfiguration),
  oauth('GET', '/.well-known/oauth-authorization-server', metadata, oauthMetadata),
  oauth(
    'GET',
    '/.well-known/oauth-authorization-server/oauth2/{authorizationServerId}',
    { ...metadata, atCustomServers: false },
    customOauthMetadata,
  ),
  oauth(
    'GET',
    '/.well-known/okta-organization',
    { summary: 'Returns the ID of the org.', cors: 'trusted', atCustomServers: false },
    oktaOrganization,
  ),
  oauth('GET', '/oauth2/v1/authorize', authorize, forwardAuthorize),
  oauth('POST', '/oauth2/v1/authorize', authorize, forwardAuthorize),
  oauth(
    'GET',
    '/oauth2/v1/authorize/{uid}',
    { summary: 'Continues the authorization request after the sign-in.' },
    forwardResume,
  ),
  oauth(
    'POST',
    '/oauth2/v1/token',
    {
      summary:
        'Issues tokens. A page of any origin can read the response. If no redirect URI of the app has the origin of the page, the request is rejected.',
      checks: token,
      cors: 'client',
      sendError: tokenError,
      query: TOKEN,
    },
    forwardTokenRequest,
  ),
  oauth(
    'POST',
    '/oauth2/v1/introspect',
    { summary: 'Introspects a token (RFC 7662).', checks: [authenticateClient], cors: 'trusted' },
    introspect,
  ),
  oauth(
    'POST',
    '/oauth2/v1/revoke',
    { summary: 'Revokes a token (RFC 7009).', checks: [authenticateClient], cors: 'trusted' },
    revoke,
  ),
  oauth('GET', '/oauth2/v1/keys', { ...metadata, summary: 'Returns the public signing keys.' }, keys),
  oauth(
    'POST',
    '/oauth2/v1/par',
    {
      summary: 'Stores a pushed authorization request (RFC 9126).',
      checks: [authenticateClient, browserRequest, pushable, ...authorizationRequest],
      cors: 'client',
    },
    pushRequest,
  ),
  oauth('GET', '/oauth2/v1/logout', logoutOptions, logout),
  oauth('POST', '/oauth2/v1/logout', logoutOptions, logout),
  oauth(
    'POST',
    '/oauth2/v1/device/authorize',
    { summary: 'Starts a device authorization (RFC 8628).', checks: device, cors: 'trusted' },
    deviceAuthorize,
  ),
  oauth('GET', '/oauth2/v1/userinfo', { summary: 'Returns the claims of a user.', ...openid }, userinfo),
  oauth('POST', '/oauth2/v1/userinfo', { summary: 'Returns the claims of a user.', ...openid }, userinfo),
]
