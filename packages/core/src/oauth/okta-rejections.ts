import type { Connection } from '../config/connection.js'
import type { ErrorCode } from '../errors.js'
import type { Remedy } from '../remedy.js'
import type { Grant } from '../stores/token-record.js'
import { omitServer, scopeAdvice } from './scope-advice.js'

/** A known error message of Okta, and what the user can do about it. */
export interface OktaRejection {
  /** Matches the constant part of Okta's message. */
  readonly message: RegExp
  readonly code: ErrorCode
  readonly hint: (connection: Connection) => string
  readonly remedy?: (connection: Connection) => Remedy | undefined
  /** The options of a connection that Okta rejects so, for the documentation. */
  readonly sample?: {
    readonly scopes?: readonly string[]
    readonly authorizationServer?: string
    readonly grant?: Grant
  }
}

const serverPages = 'Security > API > Authorization Servers'
const serverOf = ({ login }: Connection) => login.authorizationServer ?? 'default'
const wantsOktaScopes = ({ login }: Connection) => login.scopes.some(scope => scope.startsWith('okta.'))
const omitServerForOktaScopes = (connection: Connection): Remedy | undefined =>
  wantsOktaScopes(connection) ? { id: 'omit_authorization_server' } : undefined

// Of support.okta.com; okta-sdk-python#289. Also for an assertion without a `kid` if there are several keys.
const kidRejection = /client_assertion JWT kid is invalid/

/** Returns whether Okta rejects the `kid` of an assertion: it may not have fetched the key yet. */
export function isKidRejection(description: string): boolean {
  return kidRejection.test(description)
}

/** Known values of `error_description`. The first match is used. */
export const oktaRejections: readonly OktaRejection[] = [
  {
    message: kidRejection,
    code: 'client_rejected',
    hint: ({ authentication }) =>
      authentication.method === 'managed_keys'
        ? 'Okta has not fetched the published keys: set their URL at Applications > your app > General > Client Credentials > ' +
          'Public keys > Use a URL to fetch keys dynamically. If it is set, wait: Okta caches the keys.'
        : 'Okta has no active public key with the "kid" of this key, or this key has no "kid" and the app has several keys. ' +
          'Compare the "kid" with Applications > your app > General > Client Credentials > Public keys.',
  },
  {
    message: /Error retrieving the client JWKSet from jwks_uri/,
    code: 'client_rejected',
    hint: () =>
      'Okta cannot fetch the public keys of the app: make the URL at Applications > your app > General > Client Credentials > ' +
      'Public keys reachable from the internet by HTTPS.',
  },
  {
    message: /client_assertion signature is invalid/,
    code: 'client_rejected',
    hint: () =>
      'The private key does not match the public key at Okta: compare them at Applications > your app > ' +
      'General > Client Credentials > Public keys.',
  },
  {
    message:
      /client_assertion token (is expired|was issued in the future|must be issued before the current time|has an expiration too far)/,
    code: 'client_rejected',
    hint: () =>
      'Set the clock of this machine. Okta rejects assertions that have expired or were issued in the future.',
  },
  {
    message: /audience claim for client_assertion/,
    code: 'client_rejected',
    hint: ({ orgUrl }) => `Use the tenant name that the org itself uses, which may not be ${orgUrl.host}.`,
  },
  {
    message: /must use the private_key_jwt|token_endpoint_auth_method/,
    code: 'client_rejected',
    hint: () =>
      'Use an API Services app, with Public key / Private key at Applications > your app > General > Client Credentials.',
  },
  {
    message:
      /Invalid value for 'client_id'|Client authentication failed|No client credentials found|client secret .* is invalid/,
    code: 'client_rejected',
    hint: ({ login, orgUrl, authentication }) =>
      authentication.method === 'none'
        ? `Check the client ID: ${login.clientId} must be an active Single-Page or Native app of ${orgUrl.host}. Other app types must authenticate.`
        : `Check that ${login.clientId} is an active app of ${orgUrl.host}, at Applications > your app > General > Client ID, ` +
          `and that it has this ${authentication.method === 'client_secret_post' ? 'secret' : 'key'}. If users sign in to the app, omit the key and the secret.`,
  },
  {
    message: /not authorized to use the provided grant type/,
    code: 'grant_rejected',
    hint: ({ grantRequest }) =>
      grantRequest.type === 'client_credentials'
        ? 'Only an API Services app can use client credentials: Applications > Create App Integration > API Services.'
        : 'Select the grant type at Applications > your app > General > Grant type, or use another app. Users cannot sign in to an API Services app.',
  },
  {
    message: /Custom scopes are not allowed/,
    code: 'scope_rejected',
    hint: connection => scopeAdvice(connection).hint,
    sample: { scopes: ['orders:read'] },
  },
  {
    message: /Cannot request '.*' scopes using client credentials/,
    code: 'scope_rejected',
    hint: connection => scopeAdvice(connection).hint,
    sample: { scopes: ['email'], grant: 'client_credentials' },
  },
  {
    message: /scopes are not configured/,
    code: 'scope_rejected',
    hint: connection => scopeAdvice(connection).hint,
    sample: { authorizationServer: 'default' },
  },
  {
    message: /not allowed any of the requested scopes/,
    code: 'scope_rejected',
    hint: connection => scopeAdvice(connection).hint,
  },
  {
    message: /Policy evaluation failed/,
    code: 'client_rejected',
    hint: connection =>
      'The access policies of the authorization server deny this request. Add a rule for this client and its scopes at ' +
      `${serverPages} > ${serverOf(connection)} > Access Policies.`,
    sample: { scopes: ['orders:read'], authorizationServer: 'default' },
  },
  {
    message: /PKCE (code challenge is required|verification failed)/,
    code: 'grant_rejected',
    hint: () => 'Sign in again. If it fails again, a proxy or a browser extension may be changing the request.',
  },
  {
    message: /redirect_uri.*(Login redirect URI|must be|whitelist|registered)/i,
    code: 'client_rejected',
    hint: ({ grantRequest }) => {
      const uris =
        grantRequest.type === 'authorization_code' ? grantRequest.redirectUris.join(' or ') : 'the redirect URI'
      return (
        'If this is an API Services app, specify its private key: users cannot sign in to it. For other apps, register ' +
        `exactly ${uris} at Applications > your app > General > Sign-in redirect URIs.`
      )
    },
  },
  {
    message: /not assigned to the client application/,
    code: 'login_denied',
    hint: () => 'Sign in as a user to whom the app is assigned: Applications > your app > Assignments.',
  },
]

/** The error codes of RFC 6749 §5.2, RFC 9449 and Okta's API, for messages that are not known. */
export const oauthErrors: Readonly<Record<string, Omit<OktaRejection, 'message'>>> = {
  invalid_client: {
    code: 'client_rejected',
    hint: ({ login }) => `Check that ${login.clientId} is an active app of this org, and has the right type.`,
  },
  invalid_scope: {
    code: 'scope_rejected',
    hint: connection => scopeAdvice(connection).hint,
  },
  invalid_grant: {
    code: 'grant_rejected',
    hint: () => 'Sign in again: the code or refresh token was used before, has expired, or belongs to another app.',
  },
  // Of Okta's API, for a custom authorization server that does not exist.
  E0000007: {
    code: 'oauth_failed',
    hint: connection =>
      wantsOktaScopes(connection)
        ? omitServer
        : `The org has no authorization server with the ID ${serverOf(connection)}. Find the ID at ${serverPages}.`,
    remedy: omitServerForOktaScopes,
    sample: { scopes: ['orders:read'], authorizationServer: 'ausNone' },
  },
  // Of Okta's API, for an org without custom authorization servers.
  E0000015: {
    code: 'oauth_failed',
    hint: connection =>
      'Custom authorization servers need the feature API Access Management, which this org does not have. ' +
      (wantsOktaScopes(connection) ? omitServer : 'Contact Okta to enable it.'),
    remedy: omitServerForOktaScopes,
    sample: { scopes: ['orders:read'], authorizationServer: 'default' },
  },
  unauthorized_client: {
    code: 'grant_rejected',
    hint: () => 'Check the app type: an API Services app uses client credentials. Users sign in to the other types.',
  },
  unsupported_grant_type: {
    code: 'grant_rejected',
    hint: () => 'Check the authorization server: it does not support this grant.',
  },
  invalid_dpop_proof: {
    code: 'dpop_rejected',
    hint: () => 'Use the DPoP mode "auto", or change the DPoP setting at Applications > your app > General > Edit.',
  },
  access_denied: {
    code: 'login_denied',
    hint: () => 'Sign in again and allow access. If access is denied again, check the System Log in the Admin Console.',
  },
  use_dpop_nonce: {
    code: 'dpop_rejected',
    hint: () => 'Try again: the server changed its nonce several times.',
  },
}
