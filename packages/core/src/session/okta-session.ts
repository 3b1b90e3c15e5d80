import type { Account } from '../stores/account.js'
import type { Grant } from '../stores/token-record.js'

/** Where a token came from, this time. */
export type TokenOrigin = 'memory' | 'store' | 'refresh' | 'grant'

/** A token in the caller's hands. */
export interface AccessToken {
  /** The secret itself. Opaque: Okta may change its form without notice. */
  readonly value: string
  /** The scheme of the `Authorization` header. A `DPoP` token is useless without a proof for each request. */
  readonly type: 'Bearer' | 'DPoP' | 'SSWS'
  /** `null` for a static API token: Okta ends it 30 days after its last use. */
  readonly expiresAt: Date | null
  /** What Okta granted. An admin role may still be missing: then the API answers 403. */
  readonly scopes: readonly string[]
  readonly source: TokenOrigin
  /** What the sign-in said about the person, a JWT for the app alone; `undefined` where nobody signed in. */
  readonly idToken: string | undefined
  /** Who signed in; `undefined` for an app and for a static API token. */
  readonly account: Account | undefined
}

/** What {@link OktaSession.token} takes. */
export interface TokenOptions {
  /** How long the token must still be good, in milliseconds. At least 60 s. */
  readonly minValidityMs?: number
  /**
   * Replaces the token even if it is good, for when its rights have changed or Okta refuses it. One that another
   * process has renewed since will do.
   */
  readonly forceRefresh?: boolean
  /** Ends the waiting, with the error `cancelled`. */
  readonly signal?: AbortSignal
}

/** What {@link OktaSession.fetch} takes besides what the global `fetch` does. */
export interface FetchOptions {
  /** Whether to wait where Okta's rate limit asks to. Without, its answer 429 comes at once. Default: true. */
  readonly waitForRateLimit?: boolean
}

/** A live connection: it hands out good tokens until it is disconnected. Made by {@link connect} and {@link resume}. */
export interface OktaSession {
  /** The org, an origin. */
  readonly orgUrl: URL
  /** `undefined` for a static API token, which belongs to no app. */
  readonly clientId: string | undefined
  /** The custom authorization server whose tokens these are; `undefined` for the org's own. */
  readonly authorizationServer: string | undefined
  /** What was asked for at the login. A token says what Okta granted. */
  readonly scopes: readonly string[]
  /** How the session was connected. */
  readonly grant: Grant
  /**
   * Who signed in, from the ID token. `undefined` for an app, for a static API token, and until the session has its first
   * token. A session keeps to its account: it never uses the token of another one that was stored meanwhile.
   */
  readonly account: Account | undefined

  /**
   * A good token: from memory, from the store, or new. Concurrent calls share one request.
   *
   * @throws {@link OktaConnectError} whatever stands in the way of a new one; see the catalogue.
   * @example
   * const { value } = await session.token({ minValidityMs: 5 * 60_000 })
   */
  token(options?: TokenOptions): Promise<AccessToken>

  /**
   * The headers that authorize one request: `authorization`, and `dpop` when the token is bound to a key. A proof works
   * once, for this method and URL, within minutes.
   *
   * @param url a path on the org, or a URL of the org. A token goes nowhere else.
   * @throws {@link OktaConnectError} `options_invalid` for another origin; else as {@link token}.
   * @see RFC 6750 §2.1, RFC 9449 §7.1
   * @example
   * const headers = await session.authorization('GET', '/api/v1/users')
   */
  authorization(method: string, url: string | URL, options?: TokenOptions): Promise<Record<string, string>>

  /**
   * `fetch` with authorization. Waits where Okta's rate limit asks to, and asks once more with a new token where Okta
   * refuses the old one. Redirects are not followed: their target would get the token.
   *
   * @param pathOrUrl a path on the org, or a URL of the org. A token goes nowhere else.
   * @throws {@link OktaConnectError} `options_invalid` for another origin, `cancelled`; else as {@link token}. What the
   * network throws comes as it is, like from the global `fetch`.
   * @example
   * const users = await (await session.fetch('/api/v1/users?limit=10')).json()
   */
  fetch(pathOrUrl: string | URL, init?: RequestInit, options?: FetchOptions): Promise<Response>

  /**
   * Ends the session everywhere: forgets the token, here and in the store, then revokes it at Okta. Where Okta cannot
   * be reached the token is forgotten all the same, and a notice says that it lives on until it expires. A static API
   * token is only forgotten: its owner ends it in the admin console.
   *
   * @throws {@link OktaConnectError} `store_failed`
   * @see RFC 7009
   */
  disconnect(): Promise<void>
}
