import { OktaConnectError } from '../../errors.js'
import type { DpopJwk } from '../../keys/dpop-key.js'
import type { Account } from '../../stores/account.js'
import type { AccessToken, TokenOptions, TokenOrigin } from '../okta-session.js'

/** A token that a session uses. */
export interface SessionToken {
  readonly accessToken: string
  readonly tokenType: AccessToken['type']
  readonly dpopKey?: DpopJwk
  readonly idToken?: string
  readonly account?: Account
  readonly grantedScopes: readonly string[]
  /** Milliseconds since 1970; `null` if it is not known. */
  readonly expiresAt: number | null
  /** Differs from token to token. */
  readonly generation: string
}

/** Where a session gets its tokens from. */
export interface TokenProvider {
  /** The account of the tokens. */
  readonly account: Account | undefined
  /** Returns the valid token in memory, if there is one. */
  cached(options?: TokenOptions): SessionToken | undefined
  /**
   * Returns a valid token, and where it came from.
   *
   * @param rejected a token that the API rejected: another one is returned if there is one.
   * @throws {@link OktaConnectError} `login_required` after {@link end}; else what the store and the grant throw
   */
  get(
    options?: TokenOptions,
    rejected?: SessionToken,
  ): Promise<{ readonly record: SessionToken; readonly origin: TokenOrigin }>
  /** Marks a token that the API rejected, so that the next request gets another one. */
  reject(token: SessionToken): void
  /** Removes the tokens, and revokes them at Okta if they can be revoked. */
  end(): Promise<void>
}

/** The error of a session after {@link TokenProvider.end}. */
export function disconnected(): OktaConnectError {
  return new OktaConnectError('login_required', 'This session has been disconnected.', { hint: 'Connect again.' })
}
