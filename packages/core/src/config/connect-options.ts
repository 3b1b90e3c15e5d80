import type { ClientKeySource } from '../keys/client-key.js'
import type { Account } from '../stores/account.js'

import type { Grant } from '../stores/token-record.js'

/**
 * When to prove possession of a key (RFC 9449): `auto` finds out whether the app demands it, `always` refuses a bearer
 * token, `never` refuses a bound one.
 */
export type DpopMode = 'auto' | 'always' | 'never'

/** What every grant of OAuth takes. A client key or secret is for service apps, and for web apps that have one. */
export interface CommonOptions extends ClientKeySource {
  /** `example.okta.com`, a custom domain, or a full `https://` URL. */
  readonly tenant: string
  /** The id of the app in Okta: Applications > your app > General > Client ID. */
  readonly clientId: string
  /**
   * What a web app proves itself with that has no key (RFC 6749 §2.3.1). The client credentials grant takes it at custom
   * authorization servers alone.
   */
  readonly clientSecret?: string
  /** What the token is for. Default: `okta.users.manage`. The order does not matter. */
  readonly scopes?: readonly string[]
  /** The id of a custom authorization server. Default: the org's own, the only one with `okta.*` scopes. */
  readonly authorizationServer?: string
  /** Whether tokens are bound to a key (RFC 9449). Default: `auto`, as the app demands. */
  readonly dpop?: DpopMode
  /**
   * Logs in anew even if a good token is stored; a person is asked for the password even if the browser knows them.
   * Default: false.
   */
  readonly forceLogin?: boolean
  /** How long an answer of the authorization server may take, in milliseconds. Default: ten seconds. */
  readonly requestTimeoutMs?: number
  /** Ends the connecting, with the error `cancelled`. A session that is connected goes on. */
  readonly signal?: AbortSignal
}

/** What the grants take in which a person signs in. */
export interface UserGrantOptions {
  /** The user name to fill in. It also tells one person's login from another's. */
  readonly loginHint?: string
  /** Whether to ask for a refresh token. Default: true. */
  readonly offlineAccess?: boolean
  /**
   * Which accounts may be used. Called for every token before its first use, wherever it comes from: another program may
   * share the store and sign in as somebody else. A stored token of another account is left alone (`login_required`); a
   * sign-in of one is revoked (`login_denied`). Default: the account that this session began with.
   */
  readonly accept?: (account: Account) => boolean
}

/** Interactive: a person signs in, in the browser (RFC 6749 §4.1 with PKCE, RFC 8252). */
export interface AuthorizationCodeOptions extends UserGrantOptions {
  readonly grant?: 'authorization_code'
  /**
   * Where Okta sends the browser back to, exactly as registered with the app, port included. Of several, the first whose
   * port is free. Default: `http://localhost:8080/login/callback`, what Okta suggests for a new app.
   */
  readonly redirectUri?: string | readonly string[]
  /**
   * For a machine that the browser cannot reach, over SSH or in a container: nothing listens here. The address goes to
   * {@link Deps.askCallbackUrl}, which brings back the one that the browser ended at. Default: false.
   */
  readonly manual?: boolean
  /** How long to wait for the person, in milliseconds. Default: five minutes. */
  readonly timeoutMs?: number
}

/** Interactive: a person enters a code on another device (RFC 8628). Native apps only. */
export interface DeviceCodeOptions extends UserGrantOptions {
  readonly grant: 'device_code'
  /** How long to wait for the person, in milliseconds. Default: as long as the code is good, ten minutes at Okta. */
  readonly timeoutMs?: number
}

/** Headless: the client credentials grant of an API Services app (RFC 6749 §4.4, RFC 7523). */
export interface ClientCredentialsOptions {
  readonly grant?: 'client_credentials'
}

/**
 * Headless: a static API token of Okta's own kind (SSWS), which acts for the admin who made it. It is never stored.
 *
 * @see https://developer.okta.com/docs/guides/create-an-api-token/main/
 */
export interface ApiTokenOptions extends Pick<CommonOptions, 'tenant' | 'requestTimeoutMs' | 'signal'> {
  readonly grant?: 'api_token'
  readonly apiToken: string
}

/** What the grants of OAuth take. */
export type OAuthOptions = CommonOptions & (AuthorizationCodeOptions | DeviceCodeOptions | ClientCredentialsOptions)

/** What {@link connect} takes. */
export type ConnectOptions = OAuthOptions | ApiTokenOptions

/**
 * What {@link resume} takes: whatever is left out may be anything. The client key or secret is for who wants to renew or
 * revoke what was obtained with it.
 */
export interface ResumeOptions extends ClientKeySource {
  /** One login, as {@link listLogins} names it. */
  readonly recordKey?: string
  readonly tenant?: string
  readonly clientId?: string
  /** Used only where the tenant and the client are given too: it is not sent to any other. */
  readonly clientSecret?: string
  readonly scopes?: readonly string[]
  /** Where the tenant and the client are given too, leaving it out means the org's own. */
  readonly authorizationServer?: string
  /** Of a user's sign-in: as it was given then. */
  readonly loginHint?: string
  /** Whether a user signed in, or the client itself connected. */
  readonly grant?: Exclude<Grant, 'refresh_token'>
  /** Which accounts may be used, as in {@link UserGrantOptions}. Default: the account of the sign-in that is found. */
  readonly accept?: (account: Account) => boolean
  readonly dpop?: DpopMode
  readonly requestTimeoutMs?: number
}
