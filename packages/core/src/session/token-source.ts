import type { Attempt, Connection, ParsedOptions } from '../config/connection.js'
import type { Deps } from '../deps.js'
import { isOktaConnectError, OktaConnectError } from '../errors.js'
import { orAborted, sleep, withEither } from '../http/abort.js'
import { locate } from '../oauth/discovery.js'
import { isAccepted } from '../oauth/dpop-negotiation.js'
import { loginHasEnded } from '../oauth/grants/run-grant.js'
import { printable } from '../safe-text.js'
import { type Account, nameOf } from '../stores/account.js'
import { SupersededError } from '../stores/locks/superseded-error.js'
import {
  isFresh,
  isShortLived,
  recordKeyOf,
  type StoreRecord,
  type TokenRecord,
  tokenAt,
} from '../stores/token-record.js'
import type { LockHolder, TokenSlot } from '../stores/token-store.js'
import type { TokenOptions } from './okta-session.js'
import { type Obtained, renewToken } from './renew-token.js'
import { revokeLogin } from './revoke-login.js'
import type { HeldToken, Tokens } from './session.js'
import { missingScopes, noticeLimits, noticeOtherAccount, noticeShortLife } from './token-notices.js'
import { underLock } from './under-lock.js'

const mostTries = 3
// How long a token in memory is used without a look at the store, where another process may have ended or renewed it.
const maxUncheckedMs = 1_000
// A token as new as this is not refused for what it is.
const minAgeToRefuseMs = 10_000
// A store that is slow or away must not hold up those who have a valid token.
const maxCheckMs = 500

/** What a caller takes. */
interface Wish {
  /** Whether a stored token will do. */
  suits(record: TokenRecord): boolean
  /** Whether a renewed one will do, where nobody was asked. */
  readonly mayRefresh: boolean
  readonly forceLogin: boolean
  /** Whether this begins the session: then a user may sign in in place of another one. */
  readonly isSignIn: boolean
  /** The caller's wish to give up. */
  readonly signal: AbortSignal | undefined
}

/** The policy: memory, else the store, else a refresh, else the grant; and one request upstream however many ask. */
export class TokenSource implements Tokens {
  readonly recordKey: string
  readonly #connection: Connection
  readonly #deps: Deps
  readonly #end = new AbortController()
  #held: TokenRecord | undefined
  #account: Account | undefined
  #checkedAt = 0
  #refused: string | undefined
  #check: Promise<void> | undefined
  #flight: Promise<Obtained> | undefined
  // A token that could not be stored. A refresh token in it is the only good one.
  #unsaved: TokenRecord | undefined

  /** @param account whose tokens they are, where that is known already. */
  constructor(connection: Connection, deps: Deps, account?: Account) {
    this.recordKey = recordKeyOf(connection.login)
    this.#connection = connection
    this.#deps = deps
    this.#account = account
  }

  get account(): Account | undefined {
    return this.#account
  }

  atHand(options?: TokenOptions): TokenRecord | undefined {
    const held = this.#held
    if (held === undefined || options?.forceRefresh || this.#needsCheck(held)) return undefined
    if (held.generation === this.#refused) return undefined
    return isFresh(held, this.#deps.now(), options?.minValidityMs) ? held : undefined
  }

  /**
   * A good token.
   *
   * @param refused a token that the API has refused: any other will do.
   * @throws {@link OktaConnectError} `login_required` after {@link end}; else what the store and the grant throw.
   */
  async obtain(
    { minValidityMs = 0, forceRefresh = false, signal }: TokenOptions = {},
    refused?: HeldToken,
  ): Promise<Obtained> {
    this.#requireConnected()
    // A forced refresh reads the store anyway, and compares with what this session has had so far.
    if (!forceRefresh && this.#held !== undefined && this.#needsCheck(this.#held)) await this.#checkInTime()
    this.#requireConnected()
    const held = this.#held
    const isGood = (record: TokenRecord) =>
      ![refused?.generation, this.#refused].includes(record.generation) &&
      isFresh(record, this.#deps.now(), minValidityMs)
    if (!forceRefresh && held !== undefined && isGood(held)) return { record: held, origin: 'memory' }

    // What another process has renewed since we last looked is new enough for whoever wants a new one.
    const isNew = (record: TokenRecord) => held !== undefined && record.generation !== held.generation
    const obtained = await this.#share({
      suits: record => isGood(record) && (!forceRefresh || isNew(record)),
      mayRefresh: true,
      forceLogin: false,
      isSignIn: false,
      signal,
    })
    if (isShortLived(obtained.record, minValidityMs)) noticeShortLife(obtained.record, this.#deps.notify)
    return obtained
  }

  refuse({ generation }: HeldToken): void {
    const held = this.#held
    // A new one that is refused too would be followed by another at each request.
    const isNew = held !== undefined && this.#deps.now() - held.obtainedAt < minAgeToRefuseMs
    if (held?.generation === generation && !isNew) this.#refused = generation
  }

  /** As {@link obtain}, at the start of a session. A stored token that lacks a scope is asked for once more. */
  async logIn({ signal, forceLogin }: Pick<ParsedOptions, 'signal' | 'forceLogin'>): Promise<Obtained> {
    const obtained = await this.#share({
      suits: record => !forceLogin && missingScopes(record).length === 0 && isFresh(record, this.#deps.now()),
      mayRefresh: !forceLogin,
      forceLogin,
      isSignIn: true,
      signal,
    })
    noticeOtherAccount(obtained.record, this.#deps.notify)
    noticeLimits(obtained.record, this.#deps.notify)
    return obtained
  }

  /** Forgets the login, here and in the store, then revokes it. */
  async end(): Promise<void> {
    const ended = await this.#forget()
    if (ended !== undefined) await revokeLogin(ended, this.#connection, this.#deps)
  }

  async #forget(): Promise<TokenRecord | undefined> {
    this.#end.abort()
    this.#held = undefined
    await this.#flight?.catch(() => {})
    return await this.#deps.store.exclusive(this.recordKey, async slot => {
      const saved = tokenAt(this.recordKey, await slot.read())
      // The sign-in of another account is not ours to end.
      if (saved !== undefined && !this.#isOurs(saved)) return this.#unsaved
      await slot.remove()
      return this.#unsaved ?? saved
    })
  }

  // One request for all who ask. Who joins one that another caller started takes its result, unless that is a stored
  // token which suits the other one only, or the other one has given up.
  async #share(wish: Wish): Promise<Obtained> {
    for (;;) {
      this.#requireConnected()
      const isMine = this.#flight === undefined
      this.#flight ??= this.#renew(wish).finally(() => {
        this.#flight = undefined
      })
      try {
        const obtained = await orAborted(this.#flight, wish.signal)
        this.#requireConnected()
        if (isMine || obtained.origin !== 'store' || wish.suits(obtained.record)) return obtained
      } catch (error) {
        const isTheirs = !isMine && isOktaConnectError(error) && error.code === 'cancelled' && !wish.signal?.aborted
        if (!isTheirs) throw this.#end.signal.aborted ? disconnected() : error
      }
    }
  }

  async #renew(wish: Wish): Promise<Obtained> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#renewOnce(wish)
      } catch (error) {
        // Nobody is asked to sign in twice.
        if (!(error instanceof SupersededError) || wish.forceLogin || tries === mostTries) throw error
        // What the other has stored is newer than what could not be stored.
        this.#unsaved = undefined
      }
    }
  }

  async #renewOnce(wish: Wish): Promise<Obtained> {
    const { store } = this.#deps
    const found = await store.read(this.recordKey)
    if (!wish.isSignIn) this.#requireOurs(found)
    const saved = this.#acceptable(found)
    if (saved !== undefined && wish.suits(saved)) return this.#hold({ record: saved, origin: 'store' })

    return await withEither(this.#end.signal, wish.signal, async signal => {
      const attempt = await this.#attempt(wish, signal)
      // Who may ask nobody does not wait for somebody else's sign-in.
      if (this.#unsaved === undefined && !mayComeAbout(attempt, saved)) throw loginHasEnded(attempt)
      return await store.exclusive(this.recordKey, slot => this.#renewInside(slot, attempt, wish), {
        signal,
        onWait: holder => this.#tellWaiting(holder, attempt),
      })
    })
  }

  async #renewInside(slot: TokenSlot, attempt: Attempt, wish: Wish): Promise<Obtained> {
    this.#requireConnected()
    const found = await slot.read()
    if (!wish.isSignIn) this.#requireOurs(found)
    const latest = this.#unsaved ?? this.#acceptable(found)
    // Somebody else may have renewed it while we waited.
    if (latest !== undefined && wish.suits(latest)) return this.#hold({ record: latest, origin: 'store' })
    // An answer that cannot be stored would cost the sign-in: the refresh token is spent, or a user has signed in for nothing.
    if (latest?.refreshToken !== undefined || attempt.runnable.type !== 'client_credentials') await slot.reserve()
    const save = (record: TokenRecord) => this.#save(record, slot)
    const admit = (record: TokenRecord) => this.#admit(record)
    const renewal = { old: latest, admit, save, mayRefresh: wish.mayRefresh }
    return this.#hold(await renewToken(attempt, renewal, underLock(slot, this.#deps)))
  }

  async #attempt({ forceLogin }: Wish, signal: AbortSignal): Promise<Attempt> {
    const endpoints = await locate(this.#connection, signal, this.#deps)
    return { ...this.#connection, endpoints, forceLogin, signal }
  }

  #tellWaiting({ owner, says }: LockHolder, attempt: Attempt): void {
    if (says !== undefined && attempt.runnable.type === 'none') throw loginHasEnded(attempt)
    const what = says === undefined ? 'is renewing the login' : `is signing in: ${says}`
    this.#deps.notify({ code: 'waiting', message: `Waiting for ${owner}, which ${what}` })
  }

  #hold(obtained: Obtained): Obtained {
    if (this.#end.signal.aborted) return obtained
    this.#held = obtained.record
    this.#account = obtained.record.account
    this.#checkedAt = this.#deps.monotonicNow()
    return obtained
  }

  #needsCheck(held: TokenRecord): boolean {
    return held !== this.#unsaved && this.#deps.monotonicNow() - this.#checkedAt > maxUncheckedMs
  }

  async #checkInTime(): Promise<void> {
    this.#check ??= this.#checkStore().finally(() => {
      this.#check = undefined
    })
    const end = new AbortController()
    await Promise.race([this.#check, sleep(maxCheckMs, end.signal).catch(() => {})])
    end.abort()
  }

  // Takes over what another process has stored, and drops what it has ended. A store that cannot be read changes nothing.
  async #checkStore(): Promise<void> {
    this.#checkedAt = this.#deps.monotonicNow()
    const before = this.#held
    try {
      const found = this.#acceptable(await this.#deps.store.read(this.recordKey))
      if (this.#held === before && found?.generation !== before?.generation) this.#held = found
    } catch (error) {
      if (!isOktaConnectError(error)) throw error
    }
  }

  #acceptable(found: StoreRecord | undefined): TokenRecord | undefined {
    const record = tokenAt(this.recordKey, found)
    const isUsable = record !== undefined && isAccepted(record.tokenType, this.#connection.dpop) && this.#isOurs(record)
    return isUsable ? record : undefined
  }

  // The one place that decides whose token may be used: every record passes it, from the store and from Okta.
  #isOurs({ login, account }: TokenRecord): boolean {
    if (login.identity.type === 'app') return true
    const { accept } = this.#connection
    if (accept !== undefined) return account !== undefined && accept(account)
    return this.#account === undefined || account?.sub === this.#account.sub
  }

  // A user who signed in now would replace the sign-in of another one.
  #requireOurs(found: StoreRecord | undefined): void {
    const record = tokenAt(this.recordKey, found)
    if (this.#unsaved !== undefined || record === undefined || this.#isOurs(record)) return
    const { host } = this.#connection.orgUrl
    throw new OktaConnectError('login_required', `Another account is signed in at ${host} now.`, {
      hint: 'Sign in again with the account that is meant.',
    })
  }

  // A token that may not be used is revoked, and never in the store, not even for a moment: others may be using what is there.
  async #admit(record: TokenRecord): Promise<void> {
    if (this.#isOurs(record)) return
    await revokeLogin(record, this.#connection, this.#deps)
    const who = record.account === undefined ? 'This account' : `The account ${printable(nameOf(record.account))}`
    throw new OktaConnectError('login_denied', `${who} may not sign in here.`, {
      hint: 'Sign in with another account, or have this one added by the person who runs this program.',
    })
  }

  async #save(record: TokenRecord, slot: TokenSlot): Promise<void> {
    this.#unsaved = record
    await slot.write(record)
    this.#unsaved = undefined
  }

  #requireConnected(): void {
    if (this.#end.signal.aborted) throw disconnected()
  }
}

// Whether there is any way to a new token.
function mayComeAbout({ runnable }: Attempt, saved: TokenRecord | undefined): boolean {
  return runnable.type !== 'none' || saved?.refreshToken !== undefined
}

function disconnected(): OktaConnectError {
  return new OktaConnectError('login_required', 'This session has been disconnected.', { hint: 'Connect again.' })
}
