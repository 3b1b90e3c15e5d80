import type { ClientKeySource } from '../keys/client-key.js'
import type { ManagedKeys } from '../keys/managed/managed-keys.js'
import type { Account } from '../stores/account.js'
import type { Grant } from '../stores/token-record.js'

/** The values of {@link DpopMode}. */
export const dpopModes = ['auto', 'always', 'never'] as const

/** The grants that a user can choose, by the names of RFC 6749; `api_token` is a static API token of Okta. */
export const selectableGrants = ['authorization_code', 'device_code', 'client_credentials', 'api_token'] as const

/**
 * When to bind tokens to a key with DPoP (RFC 9449). `auto`: if the app requires it. `always`: a bearer token is rejected.
 * `never`: no proof is sent.
 */
export type DpopMode = (typeof dpopModes)[number]

/** The credential of an app that fetches its keys from a URL. */
export interface ManagedKeysSource {
  /** Keys that are created and rotated automatically, from {@link openManagedKeys}. Use instead of a key or a secret. */
  readonly managedKeys?: ManagedKeys
}

/** The options of every OAuth grant. A service app has a client key or secret. A web app can have one. */
export interface CommonOptions extends ClientKeySource, ManagedKeysSource {
  /** `example.okta.com`, a custom domain, or a full `https://` URL. */
  readonly tenant: string | URL
  /** The ID of the app: Applications > your app > General > Client ID. */
  readonly clientId: string
  /**
   * The client secret of an app without a key (RFC 6749 §2.3.1). For client credentials, only custom
   * authorization servers accept it.
   */
  readonly clientSecret?: string
  /** The scopes of the token, in any order. Default: `okta.users.manage`. */
  readonly scopes?: readonly string[]
  /** The ID of a custom authorization server. Default: the org authorization server, the only one with `okta.*` scopes. */
  readonly authorizationServer?: string
  /** Whether tokens are bound to a key (RFC 9449). Default: `auto`. */
  readonly dpop?: DpopMode
  /**
   * Gets a new token even if a valid one is stored. A user must enter the password even if the browser has a session
   * with Okta. Default: false.
   */
  readonly forceLogin?: boolean
  /** How long the authorization server may take to respond, in milliseconds. Default: 10,000. */
  readonly requestTimeoutMs?: number
  /** Cancels the call of `connect`, which then throws `cancelled`. It does not affect a session that is connected. */
  readonly signal?: AbortSignal
}

/** The options of the grants in which a user signs in. */
export interface UserGrantOptions {
  /** The username to prefill on the sign-in page. Sign-ins with different hints are stored separately. */
  readonly loginHint?: string
  /** Whether to request a refresh token. Default: true. */
  readonly offlineAccess?: boolean
  /**
   * Decides which accounts may be used. It is called for each token before its first use, including tokens that another
   * program stored. A stored token of another account is not used (`login_required`); a sign-in with another account is
   * revoked (`login_denied`). Default: the account of the first token of this session.
   */
  readonly accept?: (account: Account) => boolean
}

/** Options to sign in a user with the browser (RFC 6749 §4.1 with PKCE, RFC 8252). */
export interface AuthorizationCodeOptions extends CommonOptions, UserGrantOptions {
  /** Default for an app without a client key or secret. */
  readonly grant?: 'authorization_code'
  /**
   * Where Okta redirects the browser, exactly as registered with the app, including the port. If there are several, the first one whose
   * port is free is used. Default: `http://localhost:8080/login/callback`, which Okta suggests for a new app.
   */
  readonly redirectUri?: string | readonly string[]
  /**
   * For a machine that the browser cannot reach, such as over SSH or in a container: no callback listener is started.
   * {@link Deps.askCallbackUrl} gets the URL to open, and returns the URL that the browser was redirected to. Default: false.
   */
  readonly manual?: boolean
  /** How long to wait for the user, in milliseconds. Default: 300,000 (five minutes). */
  readonly timeoutMs?: number
}

/** Options to sign in a user with a code on another device (RFC 8628). Native apps only. */
export interface DeviceCodeOptions extends CommonOptions, UserGrantOptions {
  readonly grant: 'device_code'
  /** How long to wait for the user, in milliseconds. Default: as long as the code is valid, ten minutes at Okta. */
  readonly timeoutMs?: number
}

/** Options to connect an API Services app with the client credentials grant (RFC 6749 §4.4, RFC 7523). */
export interface ClientCredentialsOptions extends CommonOptions {
  /** Default for an app with a client key or secret. */
  readonly grant?: 'client_credentials'
}

/**
 * Options to connect with a static API token (SSWS), which has all permissions of the admin who created it. It is never stored.
 *
 * @see https://developer.okta.com/docs/guides/create-an-api-token/main/
 */
export interface ApiTokenOptions extends Pick<CommonOptions, 'tenant' | 'requestTimeoutMs' | 'signal'> {
  readonly grant?: 'api_token'
  readonly apiToken: string
}

/**
 * Options to connect with an access token of another program. It is sent as a bearer token, and is never stored or
 * renewed: after it expires, the session throws `login_required`. {@link OktaSession.disconnect} does not revoke it.
 * {@link connect} sends no request to check it. If it is a JWT, the session has its expiry, scopes, client ID and account; a
 * token of another org, an expired one, and one that is bound to a key (RFC 9449) are rejected.
 *
 * @see RFC 6750
 */
export interface AccessTokenOptions extends Pick<CommonOptions, 'tenant' | 'signal'> {
  readonly grant?: 'access_token'
  readonly accessToken: string
}

/** The identity token of a platform: a JWT that a program gets without a stored secret. */
export interface IdentityTokenSource {
  /** The identity token itself. Its only audience must be the address of the broker. */
  readonly identityToken?: string
  /** The file with the identity token. It is read for each request, because platforms replace it. */
  readonly identityTokenFile?: string
}

/**
 * Options to get tokens from a broker (`connect-okta-server`), which gets them from Okta. The broker selects the org, the app and the
 * allowed scopes.
 *
 * The client authenticates with `jsonWebKey`, `signer` or `clientSecret`, otherwise with `identityToken`, otherwise with
 * `identityTokenFile`. Without any of them, the identity token of the platform is used. The library looks for it in this order: the file
 * in `CONNECT_OKTA_IDENTITY_TOKEN_FILE`, the variable `CONNECT_OKTA_IDENTITY_TOKEN`, GitHub Actions, Buildkite, CircleCI, and the
 * file `/var/run/secrets/connect-okta/token`, for Kubernetes. A token that was obtained with an identity token is never stored: it ends
 * with the session.
 *
 * @see RFC 7523
 */
export interface BrokerOptions
  extends ClientKeySource,
    IdentityTokenSource,
    Pick<CommonOptions, 'clientId' | 'clientSecret' | 'scopes' | 'forceLogin' | 'requestTimeoutMs' | 'signal'> {
  readonly grant?: 'client_credentials'
  /** The address of the broker, its `issuer`: `https://broker.example.com`, without a path. */
  readonly broker: string | URL
  /** The name of the client in the configuration of the broker. */
  readonly clientId: string
  /** The connection of the broker. Required if the client has several. */
  readonly connection?: string
  /** Default: all scopes that the client has for the connection. */
  readonly scopes?: readonly string[]
  /** The org that the broker must connect to. Default: any org. */
  readonly tenant?: string | URL
}

/** The options of the OAuth grants. */
export type OAuthOptions = DeviceCodeOptions | ClientCredentialsOptions | AuthorizationCodeOptions

/** The options of {@link connect}. The grant determines the other options. Without `grant`, the credential determines the grant. */
// In this order: if options match no grant, the compiler reports what the last one misses.
export type ConnectOptions = BrokerOptions | AccessTokenOptions | ApiTokenOptions | OAuthOptions

/**
 * The options of {@link resume}. A stored sign-in must match the options that you set. A client key or secret is
 * required only to renew or revoke a token that was obtained with it.
 */
export interface ResumeOptions extends ClientKeySource, ManagedKeysSource {
  /** The key of one sign-in, as {@link listLogins} returns it. */
  readonly recordKey?: string
  readonly tenant?: string | URL
  /** The broker that the token came from. Default: none if you set the tenant and the client ID, otherwise any. */
  readonly broker?: string | URL
  /** The requested connection of the broker. */
  readonly connection?: string
  readonly clientId?: string
  /** Used only together with the tenant or the broker, and the client ID, so that it is sent to no other server. */
  readonly clientSecret?: string
  readonly scopes?: readonly string[]
  /** Default: the org authorization server if you set the tenant and the client ID, otherwise any. */
  readonly authorizationServer?: string
  /** The login hint that the user signed in with. */
  readonly loginHint?: string
  /** Whether a user signed in, or the client itself connected. */
  readonly grant?: Exclude<Grant, 'refresh_token'>
  /** The same as {@link UserGrantOptions.accept}. Default: accepts only the account of the stored sign-in. */
  readonly accept?: (account: Account) => boolean
  /** Default: `auto`. */
  readonly dpop?: DpopMode
  /** In milliseconds. Default: 10,000. */
  readonly requestTimeoutMs?: number
}
