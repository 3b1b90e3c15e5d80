import { orAborted, withEither } from './abort.js'
import type { Attempt, Connection, ParsedOptions } from './connection.js'
import type { Deps } from './deps.js'
import { locate } from './discovery.js'
import { isAccepted } from './dpop.js'
import { isOktaConnectError, OktaConnectError } from './errors.js'
import { loginHasEnded } from './grants/run-grant.js'
import type { TokenOptions } from './okta-session.js'
import { type Obtained, renewToken } from './renew-token.js'
import { revokeLogin } from './revoke-login.js'
import type { HeldToken, Tokens } from './session.js'
import { SupersededError } from './stores/superseded-error.js'
import type { Holder, TokenSlot } from './stores/token-store.js'
import { isFresh, isShortLived, recordKeyOf, type StoreRecord, type TokenRecord, tokenAt } from './token-record.js'

const mostTries = 3

/** What a caller takes. */
interface Wish {
  /** Whether a stored token will do. */
  suits(record: TokenRecord): boolean
  /** Whether a renewed one will do, where nobody was asked. */
  readonly mayRefresh: boolean
  readonly forceLogin: boolean
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
  #flight: Promise<Obtained> | undefined
  // A token that could not be stored. A refresh token in it is the only good one.
  #unsaved: TokenRecord | undefined

  constructor(connection: Connection, deps: Deps) {
    this.recordKey = recordKeyOf(connection.login)
    this.#connection = connection
    this.#deps = deps
  }

  atHand(options?: TokenOptions): TokenRecord | undefined {
    const held = this.#held
    if (held === undefined || options?.forceRefresh) return undefined
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
    const held = this.#held
    const isGood = (record: TokenRecord) =>
      record.generation !== refused?.generation && isFresh(record, this.#deps.now(), minValidityMs)
    if (!forceRefresh && held !== undefined && isGood(held)) return { record: held, origin: 'memory' }

    // What another process has renewed since we last looked is new enough for whoever wants a new one.
    const isNew = (record: TokenRecord) => held !== undefined && record.generation !== held.generation
    const obtained = await this.#share({
      suits: record => isGood(record) && (!forceRefresh || isNew(record)),
      mayRefresh: true,
      forceLogin: false,
      signal,
    })
    if (isShortLived(obtained.record, minValidityMs)) this.#noticeShortLife(obtained.record)
    return obtained
  }

  /** As {@link obtain}, at the start of a session. A stored token that lacks a scope is asked for once more. */
  async logIn({ signal, forceLogin }: Pick<ParsedOptions, 'signal' | 'forceLogin'>): Promise<Obtained> {
    const obtained = await this.#share({
      suits: record => !forceLogin && missingScopes(record).length === 0 && isFresh(record, this.#deps.now()),
      mayRefresh: !forceLogin,
      forceLogin,
      signal,
    })
    this.#noticeLimits(obtained.record)
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
    const saved = this.#acceptable(await store.read(this.recordKey))
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
    const latest = this.#unsaved ?? this.#acceptable(await slot.read())
    // Somebody else may have renewed it while we waited.
    if (latest !== undefined && wish.suits(latest)) return this.#hold({ record: latest, origin: 'store' })
    const save = (record: TokenRecord) => this.#save(record, slot)
    const renewal = { old: latest, save, mayRefresh: wish.mayRefresh }
    return this.#hold(await renewToken(attempt, renewal, inside(slot, this.#deps)))
  }

  async #attempt({ forceLogin }: Wish, signal: AbortSignal): Promise<Attempt> {
    const endpoints = await locate(this.#connection, signal, this.#deps)
    return { ...this.#connection, endpoints, forceLogin, signal }
  }

  #tellWaiting({ owner, says }: Holder, attempt: Attempt): void {
    if (says !== undefined && attempt.runnable.type === 'none') throw loginHasEnded(attempt)
    const what = says === undefined ? 'is renewing the login' : `is signing in: ${says}`
    this.#deps.notify({ code: 'waiting', message: `Waiting for ${owner}, which ${what}` })
  }

  #hold(obtained: Obtained): Obtained {
    if (!this.#end.signal.aborted) this.#held = obtained.record
    return obtained
  }

  #acceptable(found: StoreRecord | undefined): TokenRecord | undefined {
    const record = tokenAt(this.recordKey, found)
    return record !== undefined && isAccepted(record.tokenType, this.#connection.dpop) ? record : undefined
  }

  async #save(record: TokenRecord, slot: TokenSlot): Promise<void> {
    this.#unsaved = record
    await slot.write(record)
    this.#unsaved = undefined
  }

  #requireConnected(): void {
    if (this.#end.signal.aborted) throw disconnected()
  }

  #noticeLimits(record: TokenRecord): void {
    if (isShortLived(record)) this.#noticeShortLife(record)
    const missing = missingScopes(record)
    if (missing.length === 0) return
    this.#deps.notify({
      code: 'scope_missing',
      message: `Okta left out ${missing.join(' ')}. Grant it at Applications > your app > Okta API Scopes, then log in again.`,
    })
  }

  #noticeShortLife(record: TokenRecord): void {
    const seconds = Math.round((record.expiresAt - record.obtainedAt) / 1000)
    this.#deps.notify({
      code: 'short_lived_token',
      message: `Tokens of this app live ${seconds} s only, which is shorter than what is asked for.`,
    })
  }
}

// Nobody asks Okta whose turn has gone to another meanwhile. Those who wait for the same login, in other processes, see
// where to sign in, and open no tab of their own.
function inside(slot: TokenSlot, deps: Deps): Deps {
  const announce = (text: string) => slot.announce(text).catch(() => {})
  return {
    ...deps,
    async fetch(...request) {
      await slot.confirm()
      return await deps.fetch(...request)
    },
    async openBrowser(url) {
      await announce(`go to ${url.href}`)
      await deps.openBrowser(url)
    },
    async showDeviceCode(prompt) {
      await announce(`go to ${prompt.verificationUri} and enter the code ${prompt.userCode}`)
      await deps.showDeviceCode(prompt)
    },
  }
}

// Whether there is any way to a new token.
function mayComeAbout({ runnable }: Attempt, saved: TokenRecord | undefined): boolean {
  return runnable.type !== 'none' || saved?.refreshToken !== undefined
}

function missingScopes({ login, grantedScopes }: TokenRecord): readonly string[] {
  return login.scopes.filter(scope => !grantedScopes.includes(scope))
}

function disconnected(): OktaConnectError {
  return new OktaConnectError('login_required', 'This session has been disconnected.', { hint: 'Connect again.' })
}
