import type { Connection } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError, optionsInvalid } from '../../errors.js'
import { type Account, accountName } from '../../stores/account.js'
import type { TokenRecord } from '../../stores/token-record.js'
import { revokeLogin } from './revoke-login.js'

/**
 * Decides whose tokens a session may use. Every record is checked here, from the store and from Okta: by the function
 * `accept` of the options, or without one, against the account of the session's first token.
 */
export class AccountPolicy {
  readonly #connection: Connection
  readonly #deps: Deps
  #account: Account | undefined

  /** @param account the account of the session, if it is known already. */
  constructor(connection: Connection, deps: Deps, account: Account | undefined) {
    this.#connection = connection
    this.#deps = deps
    this.#account = account
  }

  /** The account of the token that the session last used. */
  get account(): Account | undefined {
    return this.#account
  }

  /** Sets the account of the session, after a record of it was accepted. */
  use(account: Account | undefined): void {
    this.#account = account
  }

  accepts({ login, account }: TokenRecord): boolean {
    if (login.identity.type === 'app') return true
    const { accept } = this.#connection
    // Not only truthy: a promise, from an asynchronous function in JavaScript, would accept every account.
    if (accept !== undefined) return account !== undefined && accept(account) === true
    return this.#account === undefined || account?.sub === this.#account.sub
  }

  /**
   * Rejects the stored record of another account: a user who signed in now would replace it.
   *
   * @throws {@link OktaConnectError} `login_required`
   */
  requireAccepted(record: TokenRecord | undefined): void {
    if (record === undefined || this.accepts(record)) return
    throw new OktaConnectError(
      'login_required',
      `Another account is now signed in at ${this.#connection.orgUrl.host}.`,
      { hint: 'Sign in again with the right account.' },
    )
  }

  /**
   * Revokes a new token of an account that is not accepted, or of another user of a web server than the stored one. Call it before the
   * token is stored, where other processes would find it.
   *
   * @param stored the record that the new one would replace.
   * @throws {@link OktaConnectError} `login_denied`; `options_invalid` if users of a web server share a store
   */
  async requireAcceptedSignIn(record: TokenRecord, stored: TokenRecord | undefined): Promise<void> {
    if (!this.accepts(record)) {
      await revokeLogin(record, this.#connection, this.#deps)
      const who = record.account === undefined ? 'This account' : `The account ${accountName(record.account)}`
      throw new OktaConnectError('login_denied', `${who} is not allowed to sign in.`, {
        hint: 'Sign in with another account, or ask the administrator of this program to allow this one.',
      })
    }
    // A program with one user may replace the user's sign-in; a web server would end the session of another user.
    const { grantRequest } = this.#connection
    if (grantRequest.type !== 'authorization_response' || grantRequest.canReplaceAccount) return
    if (stored === undefined || stored.account?.sub === record.account?.sub) return
    await revokeLogin(record, this.#connection, this.#deps)
    throw optionsInvalid(
      'The store has the sign-in of another account.',
      'Use a store for each user: userStore(store, id). To replace the sign-in, disconnect its session first, or set replaceAccount.',
    )
  }
}
