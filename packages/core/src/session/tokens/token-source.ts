import type { Attempt, Connection, ParsedOptions } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { isOktaConnectError } from '../../errors.js'
import { orAborted, withEitherSignal } from '../../http/abort.js'
import { resolveEndpoints } from '../../oauth/discovery.js'
import { isAccepted } from '../../oauth/dpop-negotiation.js'
import { loginExpired } from '../../oauth/grants/run-grant.js'
import type { Account } from '../../stores/account.js'
import { SupersededError } from '../../stores/locks/superseded-error.js'
import { isFresh, recordKeyOf, type TokenRecord, tokenAt } from '../../stores/token-record.js'
import type { TokenSlot } from '../../stores/token-store.js'
import type { TokenOptions } from '../okta-session.js'
import { AccountPolicy } from './account-policy.js'
import { announceSignIn, notifyWaiting } from './announce-sign-in.js'
import { expireToken } from './expire-token.js'
import { canRenew, type Obtained, renewToken } from './renew-token.js'
import { revokeLogin } from './revoke-login.js'
import { requireSameOrg } from './same-org.js'
import { maxUncheckedMs, TokenCache } from './token-cache.js'
import { missingScopes, notifyLimits, notifyOtherAccount, ShortLifeNotices } from './token-notices.js'
import { disconnected, type SessionToken, type TokenProvider } from './token-provider.js'

const maxAttempts = 3

/** What a caller needs of a token. */
interface TokenRequest {
  /** Whether a stored token can be used. */
  isSuitable(record: TokenRecord): boolean
  /** Whether a refresh is enough, in which the user is not asked. */
  readonly mayRefresh: boolean
  readonly forceLogin: boolean
  /** Whether this starts the session: then a user may sign in in place of another one. */
  readonly isSignIn: boolean
  readonly signal: AbortSignal | undefined
}

/** The tokens of one sign-in: from memory, else the store, else a refresh, else the grant. Concurrent calls share a request. */
export class TokenSource implements TokenProvider {
  readonly recordKey: string
  readonly #connection: Connection
  readonly #deps: Deps
  readonly #accounts: AccountPolicy
  readonly #cache: TokenCache
  readonly #shortLife: ShortLifeNotices
  readonly #end = new AbortController()
  readonly #startedAt: number
  #stored: TokenRecord | undefined
  #renewal: Promise<Obtained> | undefined

  /** @param stored the record of the sign-in that the session continues, read just now. */
  constructor(connection: Connection, deps: Deps, stored?: TokenRecord) {
    this.recordKey = recordKeyOf(connection.login)
    this.#connection = connection
    this.#deps = deps
    this.#accounts = new AccountPolicy(connection, deps, stored?.account)
    this.#cache = new TokenCache(async () => this.#usable(await this.#readStore()), deps)
    this.#shortLife = new ShortLifeNotices(deps.notify)
    this.#stored = stored
    this.#startedAt = deps.monotonicNow()
  }

  get account(): Account | undefined {
    return this.#accounts.account
  }

  cached(options?: TokenOptions): TokenRecord | undefined {
    const record = this.#cache.find(options)
    if (record !== undefined) this.#shortLife.report(record, options?.minValidityMs)
    return record
  }

  async get(
    { minValidityMs = 0, forceRefresh = false, signal }: TokenOptions = {},
    rejected?: SessionToken,
  ): Promise<Obtained> {
    this.#requireConnected()
    // A forced refresh reads the store in any case, and compares it with the token that this session used so far.
    if (!forceRefresh) await this.#cache.checkIfDue()
    this.#requireConnected()
    const cached = this.#cache.record
    const isValid = (record: TokenRecord) =>
      record.generation !== rejected?.generation && this.#cache.isValid(record, minValidityMs)
    if (!forceRefresh && cached !== undefined && isValid(cached)) {
      this.#shortLife.report(cached, minValidityMs)
      return { record: cached, origin: 'memory' }
    }

    // For a forced refresh, a token that another process has obtained since is new enough.
    const isNew = (record: TokenRecord) => cached !== undefined && record.generation !== cached.generation
    const obtained = await this.#share({
      isSuitable: record => isValid(record) && (!forceRefresh || isNew(record)),
      mayRefresh: true,
      forceLogin: false,
      isSignIn: false,
      signal,
    }).catch(async (error: unknown) => {
      const isRevoked = rejected !== undefined && isOktaConnectError(error) && error.code === 'login_required'
      if (isRevoked) await expireToken(this.recordKey, rejected, this.#deps)
      throw error
    })
    this.#shortLife.report(obtained.record, minValidityMs)
    return obtained
  }

  reject(token: SessionToken): void {
    this.#cache.reject(token)
  }

  /** As {@link get}, at the start of a session. A stored token without a requested scope is replaced once. */
  async logIn({ signal, forceLogin }: Pick<ParsedOptions, 'signal' | 'forceLogin'>): Promise<Obtained> {
    const obtained = await this.#share({
      isSuitable: record => !forceLogin && missingScopes(record).length === 0 && isFresh(record, this.#deps.now()),
      mayRefresh: !forceLogin,
      forceLogin,
      isSignIn: true,
      signal,
    })
    notifyOtherAccount(obtained.record, this.#deps.notify)
    notifyLimits(obtained.record, this.#deps.notify)
    return obtained
  }

  /** Removes the sign-in from memory and from the store, then revokes it. */
  async end(): Promise<void> {
    const removed = await this.#remove()
    if (removed !== undefined) await revokeLogin(removed, this.#connection, this.#deps)
  }

  async #remove(): Promise<TokenRecord | undefined> {
    this.#end.abort()
    this.#cache.clear()
    await this.#renewal?.catch(() => {})
    return await this.#deps.store.exclusive(this.recordKey, async slot => {
      const stored = tokenAt(this.recordKey, await slot.read())
      // The sign-in of another account does not belong to this session.
      if (stored !== undefined && !this.#accounts.accepts(stored)) return this.#cache.unsaved
      await slot.remove()
      return this.#cache.unsaved ?? stored
    })
  }

  // Concurrent callers share one renewal. A caller that joins uses its result, unless that is a stored token which suits
  // only the caller that started it, or that caller has cancelled it.
  async #share(request: TokenRequest): Promise<Obtained> {
    for (;;) {
      this.#requireConnected()
      const isOwn = this.#renewal === undefined
      this.#renewal ??= this.#renew(request).finally(() => {
        this.#renewal = undefined
      })
      try {
        const obtained = await orAborted(this.#renewal, request.signal)
        this.#requireConnected()
        if (isOwn || obtained.origin !== 'store' || request.isSuitable(obtained.record)) return obtained
      } catch (error) {
        const isOther = !isOwn && isOktaConnectError(error) && error.code === 'cancelled' && !request.signal?.aborted
        if (!isOther) throw this.#end.signal.aborted ? disconnected() : error
      }
    }
  }

  async #renew(request: TokenRequest): Promise<Obtained> {
    for (let attempts = 1; ; attempts++) {
      try {
        return await this.#findOrRenew(request)
      } catch (error) {
        // A user is not asked to sign in twice.
        if (!(error instanceof SupersededError) || request.forceLogin || attempts === maxAttempts) throw error
        // The other process has stored a newer token than the one that could not be stored.
        this.#cache.unsaved = undefined
      }
    }
  }

  async #findOrRenew(request: TokenRequest): Promise<Obtained> {
    const { store } = this.#deps
    const found = this.#takeInitialRecord() ?? (await this.#readStore())
    if (!request.isSignIn) this.#requireAccepted(found)
    const stored = this.#usable(found)
    if (stored !== undefined && request.isSuitable(stored)) return this.#use({ record: stored, origin: 'store' })

    return await withEitherSignal(this.#end.signal, request.signal, async signal => {
      const endpoints = await resolveEndpoints(this.#connection, signal, this.#deps)
      const attempt = { ...this.#connection, endpoints, forceLogin: request.forceLogin, signal }
      // A session that may not ask the user does not wait for the sign-in of another process.
      if (this.#cache.unsaved === undefined && !canRenew(attempt, stored)) throw loginExpired(attempt)
      return await store.exclusive(this.recordKey, slot => this.#renewUnderLock(slot, attempt, request), {
        signal,
        onWait: holder => notifyWaiting(holder, attempt, this.#deps.notify),
      })
    })
  }

  async #renewUnderLock(slot: TokenSlot, attempt: Attempt, request: TokenRequest): Promise<Obtained> {
    this.#requireConnected()
    const found = tokenAt(this.recordKey, await slot.read())
    if (!request.isSignIn) this.#requireAccepted(found)
    const latest = this.#cache.unsaved ?? this.#usable(found)
    // Another process may have renewed it while this one waited.
    if (latest !== undefined && request.isSuitable(latest)) return this.#use({ record: latest, origin: 'store' })
    // If the new token could not be stored, the sign-in would be lost: the refresh token is used up, or the user has signed
    // in for nothing.
    if (latest?.refreshToken !== undefined || attempt.grantRequest.type !== 'client_credentials') await slot.reserve()
    const renewal = {
      old: latest,
      mayRefresh: request.mayRefresh,
      requireAccepted: async (record: TokenRecord) => {
        if (!request.forceLogin) requireSameOrg(found ?? this.#cache.record, record)
        await this.#accounts.requireAcceptedSignIn(record, found)
      },
      save: (record: TokenRecord) => this.#save(record, slot),
    }
    const locked = { ...attempt, beforeRequest: () => slot.confirm() }
    return this.#use(await renewToken(locked, renewal, announceSignIn(slot, this.#deps)))
  }

  #use(obtained: Obtained): Obtained {
    if (this.#end.signal.aborted) return obtained
    this.#cache.put(obtained.record)
    this.#accounts.use(obtained.record.account)
    return obtained
  }

  async #save(record: TokenRecord, slot: TokenSlot): Promise<void> {
    this.#cache.unsaved = record
    await slot.write(record)
    this.#cache.unsaved = undefined
  }

  // The record that the session started with is not read again, unless that was a while ago.
  #takeInitialRecord(): TokenRecord | undefined {
    const stored = this.#stored
    this.#stored = undefined
    return this.#deps.monotonicNow() - this.#startedAt > maxUncheckedMs ? undefined : stored
  }

  async #readStore(): Promise<TokenRecord | undefined> {
    return tokenAt(this.recordKey, await this.#deps.store.read(this.recordKey))
  }

  #usable(record: TokenRecord | undefined): TokenRecord | undefined {
    const isUsable =
      record !== undefined && isAccepted(record.tokenType, this.#connection.dpop) && this.#accounts.accepts(record)
    return isUsable ? record : undefined
  }

  #requireAccepted(found: TokenRecord | undefined): void {
    if (this.#cache.unsaved === undefined) this.#accounts.requireAccepted(found)
  }

  #requireConnected(): void {
    if (this.#end.signal.aborted) throw disconnected()
  }
}
