import { apiToken } from '../../checks/api/api-token.js'
import { codeRequested, statePresent } from '../../checks/authorize/authorize-request.js'
import { codeChallenge } from '../../checks/authorize/pkce.js'
import { registeredRedirectUri } from '../../checks/authorize/redirect-uri.js'
import { registeredClient } from '../../checks/authorize/registered-client.js'
import { accessPolicy } from '../../checks/client/access-policy.js'
import { authenticateClient } from '../../checks/client/authenticate-client.js'
import { authorizeScopes, clientCredentialsScopes } from '../../checks/scopes.js'
import { deviceGrantAllowed, devicePoll } from '../../checks/token/device-code.js'
import { dpopAtToken } from '../../checks/token/dpop.js'
import { grantTypeAllowed, grantTypeSupported } from '../../checks/token/grant-type.js'
import { refreshTokenValid } from '../../checks/token/refresh-token.js'
import { redirectError } from '../../http/send-error.js'
import { forwardAuthorize, forwardResume } from '../../oidc/forward-authorize.js'
import { forwardTokenRequest } from '../../oidc/forward-token.js'
import { type Endpoint, oauth } from '../table/endpoint.js'
import { authorizationServerMetadata, oktaOrganization } from './metadata/discovery.js'
import { keys } from './metadata/keys.js'
import { deviceAuthorize } from './tokens/device-authorize.js'
import { introspect } from './tokens/introspect.js'
import { revoke } from './tokens/revoke.js'
import { userinfo } from './tokens/userinfo.js'

const token = [
  grantTypeSupported,
  authenticateClient,
  grantTypeAllowed,
  dpopAtToken,
  clientCredentialsScopes,
  accessPolicy,
  refreshTokenValid,
  devicePoll,
]
const authorize = [
  registeredClient,
  registeredRedirectUri,
  codeRequested,
  statePresent,
  codeChallenge,
  authorizeScopes,
  accessPolicy,
]
const device = [authenticateClient, deviceGrantAllowed, authorizeScopes, accessPolicy]
const openid = { checks: [apiToken('openid')], scopes: ['openid'], cors: 'trusted' } as const
const metadata = { summary: 'Metadata of the authorization server.', cors: 'trusted' } as const

/** The OAuth endpoints of the org and of its custom authorization servers. */
export const OAUTH_ENDPOINTS: readonly Endpoint[] = [
  oauth('GET', '/.well-known/openid-configuration', metadata, authorizationServerMetadata),
  oauth('GET', '/.well-known/oauth-authorization-server', metadata, authorizationServerMetadata),
  oauth(
    'GET',
    '/.well-known/okta-organization',
    { summary: 'The ID of the org.', cors: 'trusted', atCustomServers: false },
    oktaOrganization,
  ),
  oauth(
    'GET',
    '/oauth2/v1/authorize',
    { summary: 'Starts a sign-in (RFC 6749 §4.1.1).', checks: authorize, sendError: redirectError },
    forwardAuthorize,
  ),
  oauth('GET', '/oauth2/v1/authorize/{uid}', { summary: 'Continues after the sign-in page.' }, forwardResume),
  oauth('POST', '/oauth2/v1/token', { summary: 'Issues tokens.', checks: token, cors: 'client' }, forwardTokenRequest),
  oauth(
    'POST',
    '/oauth2/v1/introspect',
    { summary: 'Describes a token (RFC 7662).', checks: [authenticateClient], cors: 'trusted' },
    introspect,
  ),
  oauth(
    'POST',
    '/oauth2/v1/revoke',
    { summary: 'Revokes a token (RFC 7009).', checks: [authenticateClient], cors: 'trusted' },
    revoke,
  ),
  oauth('GET', '/oauth2/v1/keys', { summary: 'The public signing keys.', cors: 'trusted' }, keys),
  oauth(
    'POST',
    '/oauth2/v1/device/authorize',
    { summary: 'Starts a device sign-in (RFC 8628).', checks: device, cors: 'trusted' },
    deviceAuthorize,
  ),
  oauth('GET', '/oauth2/v1/userinfo', { summary: 'The claims of a user.', ...openid }, userinfo),
  oauth('POST', '/oauth2/v1/userinfo', { summary: 'The same.', ...openid }, userinfo),
]
