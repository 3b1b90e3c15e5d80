import type { Account } from '../stores/account.js'
import type { Grant } from '../stores/token-record.js'

/** Where {@link OktaSession.token} got a token: see {@link AccessToken.source}. */
export type TokenOrigin = 'memory' | 'store' | 'refresh' | 'grant'

/** An access token, or a static API token. */
export interface AccessToken {
  /** The secret itself. Do not parse it: Okta may change its format without notice. */
  readonly value: string
  /** The scheme of the `Authorization` header. A `DPoP` token needs a proof for each request. */
  readonly type: 'Bearer' | 'DPoP' | 'SSWS'
  /**
   * `null` if it is not known: for a static API token, which Okta revokes 30 days after its last use, and for an opaque access
   * token of the caller.
   */
  readonly expiresAt: Date | null
  /** The granted scopes. If an admin role is missing, the API still responds with 403. */
  readonly scopes: readonly string[]
  /**
   * Where this call got the token: `memory` if the session already had it, as after {@link connect}; `store`; `refresh` for a
   * refresh token; `grant` for a new sign-in or client credentials.
   */
  readonly source: TokenOrigin
  /** The ID token of the sign-in, a JWT that is only for the app; `undefined` if no user signed in. */
  readonly idToken: string | undefined
  /** The account that signed in; `undefined` for an app, for a static API token, and for an opaque access token that you provide. */
  readonly account: Account | undefined
}

/** Options of {@link OktaSession.token}. */
export interface TokenOptions {
  /** How long the token must still be valid, in milliseconds. Default and minimum: 60,000. */
  readonly minValidityMs?: number
  /**
   * Replaces a token that is still valid, for example after its scopes changed. A token that another process has obtained
   * since is used too. Default: false.
   */
  readonly forceRefresh?: boolean
  /** Cancels the call, with the error `cancelled`. */
  readonly signal?: AbortSignal
}

/** Additional options of {@link OktaSession.fetch}. */
export interface FetchOptions {
  /**
   * Whether to wait when a rate limit is reached: up to three times, each time for up to a minute. If false, the response 429 is
   * returned. Default: true.
   */
  readonly waitForRateLimit?: boolean
  /** Whether a notice explains the status 403, once for a session. Default: true. */
  readonly notifyForbidden?: boolean
}

/**
 * A session: it returns valid tokens until it is disconnected. Created by {@link connect}, {@link resume} and others. Its methods do not
 * use `this`, so you can pass them to a library.
 */
export interface OktaSession {
  /** The org, an origin. With a broker: the URL of the broker until the first token, which identifies the org. */
  readonly orgUrl: URL
  /** The broker that the tokens come from, an origin; `undefined` without one. */
  readonly broker: URL | undefined
  /** The requested connection of the broker. */
  readonly connection: string | undefined
  /** The client ID; `undefined` for a static API token, which belongs to no app, and for an opaque access token that you provide. */
  readonly clientId: string | undefined
  /** The custom authorization server of the tokens; `undefined` for the org authorization server. */
  readonly authorizationServer: string | undefined
  /** The requested scopes. The granted ones are in {@link AccessToken.scopes}. */
  readonly scopes: readonly string[]
  /** The grant that the session was connected with. */
  readonly grant: Grant
  /**
   * The account that signed in, from the ID token. `undefined` for an app, for a static API token, and until the session has its
   * first token. A session never uses a token that was stored for another account.
   */
  readonly account: Account | undefined

  /**
   * Returns a valid token: from memory, from the store, or a new one. Concurrent calls share one request.
   *
   * @throws {@link OktaConnectError} `login_required`, `key_required`, and what {@link connect} throws; `grant_rejected` if the
   * broker does not return the token: send requests with `fetch` instead
   * @example
   * const { value } = await session.token({ minValidityMs: 5 * 60_000 })
   */
  token(options?: TokenOptions): Promise<AccessToken>

  /**
   * Returns the headers that authorize one request: `authorization`, and `dpop` if the token is bound to a key. A proof works
   * once, for this method and URL, for a few minutes.
   *
   * @param url a path on the org, or a URL of the org. Tokens are sent to no other origin.
   * @throws {@link OktaConnectError} `options_invalid` for another origin, and the errors of {@link token}
   * @see RFC 6750 §2.1, RFC 9449 §7.1
   * @example
   * const headers = await session.authorization('GET', '/api/v1/users')
   */
  authorization(method: string, url: string | URL, options?: TokenOptions): Promise<Record<string, string>>

  /**
   * Sends a request with authorization, like the global `fetch`. Waits when a rate limit is reached, and repeats the request once
   * with another token when the API rejects the first one. Redirects are not followed, because their target would get the
   * token.
   *
   * @param input a path on the org, or a URL of the org, or a `Request`. Tokens are sent to no other origin. The body of a `Request` is
   * read into memory, so that the request can be repeated. A stream in `init.body` is not.
   * @throws {@link OktaConnectError} `options_invalid` for another origin, and the errors of {@link token}. Network errors and those of an
   * aborted signal are those of the global `fetch`: convert them with {@link networkError}. `cancelled` if the signal is aborted before the
   * request is sent, or while it waits.
   * @example
   * const users = await (await session.fetch('/api/v1/users?limit=10')).json()
   */
  fetch(input: string | URL | Request, init?: RequestInit, options?: FetchOptions): Promise<Response>

  /**
   * Ends the session: removes the token from memory and from the store, then revokes it at Okta. If Okta cannot be reached, the
   * token is removed, and a notice reports that it stays valid until it expires. A static API token is removed, but not revoked: its owner
   * can revoke it in the Admin Console. An access token that you provide is also removed, but not revoked: the program that obtained it
   * can still use it.
   *
   * @throws {@link OktaConnectError} `store_failed`
   * @see RFC 7009
   */
  disconnect(): Promise<void>
}
