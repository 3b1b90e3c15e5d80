import type { Connection } from '../config/connection.js'
import type { ErrorCode } from '../errors.js'

/** A refusal that Okta is known for, and what the user can do about it. */
export interface OktaRefusal {
  /** Okta's words, or the part of them that does not change. */
  readonly words: RegExp
  readonly code: ErrorCode
  readonly hint: (connection: Connection) => string
}

const scopesOf = ({ login }: Connection) => login.scopes.join(' ')

/** What Okta says in `error_description`, most telling first. */
export const oktaRefusals: readonly OktaRefusal[] = [
  {
    words: /client_assertion JWT kid is invalid/,
    code: 'client_rejected',
    hint: () =>
      'Okta has no active key with the id of this one, or has several and cannot choose: compare the "kid" with ' +
      'Applications > your app > General > Client Credentials > Public keys.',
  },
  {
    words: /client_assertion signature is invalid/,
    code: 'client_rejected',
    hint: () =>
      'The private key does not belong to the public key that Okta has: compare them at Applications > your app > ' +
      'General > Client Credentials > Public keys.',
  },
  {
    words: /client_assertion token (is expired|was issued in the future|has an expiration too far)/,
    code: 'client_rejected',
    hint: () => 'Set the clock of this machine: Okta refuses what is signed too early or too late.',
  },
  {
    words: /audience claim for client_assertion/,
    code: 'client_rejected',
    hint: ({ orgUrl }) => `Use the name that the org itself uses as tenant, which may not be ${orgUrl.host}.`,
  },
  {
    words: /must use the private_key_jwt|token_endpoint_auth_method/,
    code: 'client_rejected',
    hint: () =>
      'Use an API Services app, with Public key / Private key at Applications > your app > General > Client Credentials.',
  },
  {
    words: /Invalid value for 'client_id'|Client authentication failed|client secret .* is invalid/,
    code: 'client_rejected',
    hint: ({ login, orgUrl, authentication }) =>
      authentication.method === 'none'
        ? `Check that ${login.clientId} is an active Single-Page or Native app of ${orgUrl.host}: other kinds have to prove themselves.`
        : `Check that ${login.clientId} is an active app of ${orgUrl.host}, at Applications > your app > General > Client ID, ` +
          'and that it has this key.',
  },
  {
    words: /not authorized to use the provided grant type/,
    code: 'grant_rejected',
    hint: ({ runnable }) =>
      runnable.type === 'client_credentials'
        ? 'Only an API Services app connects by key alone: Applications > Create App Integration > API Services.'
        : 'Turn it on at Applications > your app > General > Grant type, or use another app: an API Services app has none.',
  },
  {
    words: /Custom scopes are not allowed/,
    code: 'scope_rejected',
    hint: () => 'Only a custom authorization server has scopes of your own: name its id as the authorization server.',
  },
  {
    words: /not allowed any of the requested scopes|scopes are not configured/,
    code: 'scope_rejected',
    hint: connection => `Grant ${scopesOf(connection)} at Applications > your app > Okta API Scopes > Grant.`,
  },
  {
    words: /PKCE (code challenge is required|verification failed)/,
    code: 'grant_rejected',
    hint: () =>
      'Sign in again. If it stays so, something between you and Okta changes the sign-in: a proxy, or an extension.',
  },
  {
    words: /redirect_uri.*(Login redirect URI|must be|whitelist|registered)/i,
    code: 'client_rejected',
    hint: ({ runnable }) => {
      const uris = runnable.type === 'authorization_code' ? runnable.redirectUris.join(' or ') : 'the redirect URI'
      return `Register exactly ${uris} at Applications > your app > General > Sign-in redirect URIs.`
    },
  },
  {
    words: /not assigned to the client application/,
    code: 'login_denied',
    hint: () => 'Sign in as a person whom the app is assigned to: Applications > your app > Assignments.',
  },
]

/** What the codes of RFC 6749 §5.2 and RFC 9449 mean where Okta's words are not known. */
export const oauthErrors: Readonly<Record<string, Omit<OktaRefusal, 'words'>>> = {
  invalid_client: {
    code: 'client_rejected',
    hint: ({ login }) => `Check that ${login.clientId} is an active app of this org, and of the right kind.`,
  },
  invalid_scope: {
    code: 'scope_rejected',
    hint: connection => `Grant ${scopesOf(connection)} at Applications > your app > Okta API Scopes > Grant.`,
  },
  access_denied: {
    code: 'login_denied',
    hint: () => 'Sign in again, and let it happen. What stood in the way is in the System Log of the admin console.',
  },
  invalid_grant: {
    code: 'grant_rejected',
    hint: () => 'Sign in again: what was to be exchanged has been used, has run out, or was made for another app.',
  },
  unauthorized_client: {
    code: 'grant_rejected',
    hint: () => 'Check the kind of the app: an API Services app connects by key, the others sign people in.',
  },
  unsupported_grant_type: {
    code: 'grant_rejected',
    hint: () => 'Check the authorization server: it does not know this way to get a token.',
  },
  invalid_dpop_proof: {
    code: 'dpop_rejected',
    hint: () => 'Use dpop "auto", or change the DPoP setting at Applications > your app > General > Edit.',
  },
  use_dpop_nonce: {
    code: 'dpop_rejected',
    hint: () => 'Try again: the server keeps changing the nonce that it wants.',
  },
}
