import { randomUUID } from 'node:crypto'
import { orAborted } from './abort.js'
import type { Connection } from './connection.js'
import type { Deps } from './deps.js'
import { DpopKey, type DpopMemory, DpopNegotiation, isAccepted } from './dpop.js'
import { isOktaConnectError, OktaConnectError } from './errors.js'
import { runGrant } from './grants/run-grant.js'
import type { TokenSlot } from './stores/token-store.js'
import type { TokenAnswer } from './token-endpoint.js'
import {
  clientRecordKeyOf,
  isFresh,
  isShortLived,
  recordKeyOf,
  type StoreRecord,
  type TokenRecord,
} from './token-record.js'

/** Where a token came from, this time. */
export type TokenOrigin = 'memory' | 'store' | 'refresh' | 'grant'

/** What {@link OktaSession.token} takes. */
export interface TokenOptions {
  /** How long the token must still be good, in milliseconds. At least 60 s. */
  readonly minValidityMs?: number
  /**
   * Replaces the token even if it is good, for when its rights have changed or Okta refuses it. One that another
   * process has renewed since will do.
   */
  readonly forceRefresh?: boolean
}

interface Obtained {
  readonly record: TokenRecord
  readonly origin: TokenOrigin
}

/** What a caller takes. */
interface Wish {
  /** Whether a stored token will do. */
  suits(record: TokenRecord): boolean
  /** Whether a renewed one will do, where nobody was asked. */
  readonly mayRefresh: boolean
}

/** The policy: memory, else the store, else a refresh, else the grant; and one request upstream however many ask. */
export class TokenSource {
  readonly recordKey: string
  readonly #connection: Connection
  readonly #deps: Deps
  #held: TokenRecord | undefined
  #flight: Promise<Obtained> | undefined
  #ended = false

  constructor(connection: Connection, deps: Deps) {
    this.recordKey = recordKeyOf(connection.login)
    this.#connection = connection
    this.#deps = deps
  }

  /**
   * A good token.
   *
   * @param refused a token that the API has refused: any other will do.
   * @throws {@link OktaConnectError} `login_required` after {@link end}; else what the store and the grant throw.
   */
  async obtain(
    { minValidityMs = 0, forceRefresh = false }: TokenOptions = {},
    refused?: TokenRecord,
  ): Promise<Obtained> {
    if (this.#ended) throw disconnected()
    const held = this.#held
    const isGood = (record: TokenRecord) =>
      record.generation !== refused?.generation && isFresh(record, this.#deps.now(), minValidityMs)
    if (!forceRefresh && held !== undefined && isGood(held)) return { record: held, origin: 'memory' }

    // What another process has renewed since we last looked is new enough for whoever wants a new one.
    const isNew = (record: TokenRecord) => held !== undefined && record.generation !== held.generation
    const obtained = await this.#share({
      suits: record => isGood(record) && (!forceRefresh || isNew(record)),
      mayRefresh: true,
    })
    if (isShortLived(obtained.record, minValidityMs)) this.#noticeShortLife(obtained.record)
    return obtained
  }

  /** As {@link obtain}, at the start of a session: here a person who is to sign in anew is asked in any case. */
  async logIn(): Promise<Obtained> {
    const { runnable } = this.#connection
    if (runnable.type !== 'authorization_code' || !runnable.forceLogin) return await this.obtain()
    return await this.#share({ suits: () => false, mayRefresh: false })
  }

  /** Forgets the login, here and in the store. Returns what was stored, for whoever wants to revoke it. */
  async end(): Promise<TokenRecord | undefined> {
    this.#ended = true
    await this.#flight?.catch(() => {})
    this.#held = undefined
    return await this.#deps.store.exclusive(this.recordKey, async slot => {
      const saved = await slot.read()
      await slot.remove()
      return saved?.kind === 'token' ? saved : undefined
    })
  }

  // A caller who comes while a request is under way takes its result, unless that is an old token which suits the
  // first caller but not this one.
  async #share(wish: Wish): Promise<Obtained> {
    const { signal } = this.#connection
    if (this.#flight !== undefined) {
      const joined = await orAborted(this.#flight, signal)
      if (joined.origin !== 'store' || wish.suits(joined.record)) return joined
    }
    this.#flight ??= this.#renew(wish).finally(() => {
      this.#flight = undefined
    })
    const obtained = await orAborted(this.#flight, signal)
    this.#held = this.#ended ? undefined : obtained.record
    return obtained
  }

  async #renew(wish: Wish): Promise<Obtained> {
    const { store } = this.#deps
    const saved = this.#acceptable(await store.read(this.recordKey))
    if (saved !== undefined && wish.suits(saved)) return { record: saved, origin: 'store' }

    return await store.exclusive(
      this.recordKey,
      async slot => {
        const latest = this.#acceptable(await slot.read())
        // Somebody else may have renewed it while we waited.
        if (latest !== undefined && wish.suits(latest)) return { record: latest, origin: 'store' }
        return await this.#replace(latest, slot, wish)
      },
      this.#connection.signal,
    )
  }

  #acceptable(record: StoreRecord | undefined): TokenRecord | undefined {
    return record?.kind === 'token' && isAccepted(record.tokenType, this.#connection.dpop) ? record : undefined
  }

  async #replace(old: TokenRecord | undefined, slot: TokenSlot, { mayRefresh }: Wish): Promise<Obtained> {
    const memory = await this.#readMemory()
    const key = old?.dpopKey && DpopKey.fromJwk(old.dpopKey)
    const dpop = new DpopNegotiation(this.#connection.dpop, memory, key)

    const refreshed = mayRefresh ? await this.#refresh(old, slot, dpop) : undefined
    const answer = refreshed ?? (await runGrant(this.#connection, dpop, this.#deps))
    const record = this.#toRecord(answer)
    await slot.write(record)
    await this.#remember(answer.dpop.memory, memory)
    this.#noticeMissingScopes(record)
    return { record, origin: refreshed === undefined ? 'grant' : 'refresh' }
  }

  async #refresh(old: TokenRecord | undefined, slot: TokenSlot, dpop: DpopNegotiation) {
    if (old?.refreshToken === undefined) return undefined
    const { refresh } = await import('./grants/refresh-token.js')
    try {
      return await refresh(this.#connection, old.refreshToken, dpop, this.#deps)
    } catch (error) {
      if (!isOktaConnectError(error) || error.oauth?.error !== 'invalid_grant') throw error
      // It has ended for good: asking again would be refused again.
      const { refreshToken: _ended, ...rest } = old
      await slot.write(rest)
      return undefined
    }
  }

  async #readMemory(): Promise<DpopMemory> {
    const record = await this.#deps.store.read(clientRecordKeyOf(this.#connection.login))
    return record?.kind === 'client' ? record : { isRequired: false }
  }

  async #remember({ isRequired, nonce }: DpopMemory, known: DpopMemory): Promise<void> {
    if (isRequired === known.isRequired && nonce === known.nonce) return
    const record = { schema: 1, kind: 'client', isRequired, ...(nonce !== undefined && { nonce }) } as const
    await this.#deps.store.exclusive(clientRecordKeyOf(this.#connection.login), slot => slot.write(record))
  }

  #toRecord(answer: TokenAnswer): TokenRecord {
    const { login, grant } = this.#connection
    const obtainedAt = this.#deps.now()
    const { refreshToken } = answer
    const dpopKey = answer.dpop.key?.toJwk()
    return {
      schema: 1,
      kind: 'token',
      login,
      grant,
      generation: randomUUID(),
      accessToken: answer.accessToken,
      tokenType: answer.tokenType,
      ...(dpopKey !== undefined && { dpopKey }),
      ...(refreshToken !== undefined && { refreshToken }),
      grantedScopes: answer.grantedScopes ?? login.scopes,
      obtainedAt,
      expiresAt: obtainedAt + answer.lifetimeMs,
    }
  }

  #noticeShortLife(record: TokenRecord): void {
    const seconds = Math.round((record.expiresAt - record.obtainedAt) / 1000)
    this.#deps.notify({
      code: 'short_lived_token',
      message: `Tokens of this app live ${seconds} s only, which is shorter than what is asked for.`,
    })
  }

  #noticeMissingScopes({ login, grantedScopes }: TokenRecord): void {
    const missing = login.scopes.filter(scope => !grantedScopes.includes(scope))
    if (missing.length === 0) return
    this.#deps.notify({
      code: 'scope_missing',
      message: `Okta left out ${missing.join(' ')}. Grant it at Applications > your app > Okta API Scopes.`,
    })
  }
}

function disconnected(): OktaConnectError {
  return new OktaConnectError('login_required', 'This session has been disconnected.', { hint: 'Connect again.' })
}
