import { randomUUID } from 'node:crypto'
import { orAborted } from './abort.js'
import type { Deps } from './deps.js'
import { OktaConnectError } from './errors.js'
import { runGrant } from './grants/run-grant.js'
import type { Connection } from './options.js'
import type { TokenAnswer } from './token-endpoint.js'
import { isFresh, isShortLived, recordKeyOf, type TokenRecord } from './token-record.js'

/** Where a token came from, this time. */
export type TokenOrigin = 'memory' | 'store' | 'refresh' | 'grant'

/** What {@link OktaSession.token} takes. */
export interface TokenOptions {
  /** How long the token must still be good, in milliseconds. At least 60 s. */
  readonly minValidityMs?: number
  /** Replaces the token even if it is good, for when its rights have changed or Okta refuses it. */
  readonly forceRefresh?: boolean
}

interface Obtained {
  readonly record: TokenRecord
  readonly origin: TokenOrigin
}

type Suits = (record: TokenRecord) => boolean

/** The policy: memory, else the store, else the grant; and one request upstream however many ask. */
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
   * @throws {@link OktaConnectError} `login_required` after {@link end}; else what the store and the grant throw.
   */
  async obtain({ minValidityMs = 0, forceRefresh = false }: TokenOptions = {}): Promise<Obtained> {
    if (this.#ended) throw disconnected()
    const held = this.#held
    if (!forceRefresh && held !== undefined && isFresh(held, this.#deps.now(), minValidityMs)) {
      return { record: held, origin: 'memory' }
    }
    const suits: Suits = forceRefresh
      ? record => held !== undefined && record.generation !== held.generation && isFresh(record, this.#deps.now())
      : record => isFresh(record, this.#deps.now(), minValidityMs)
    const obtained = await orAborted(this.#share(suits), this.#connection.signal)
    if (isShortLived(obtained.record, minValidityMs)) this.#noticeShortLife(obtained.record)
    return obtained
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
  async #share(suits: Suits): Promise<Obtained> {
    if (this.#flight !== undefined) {
      const joined = await this.#flight
      if (joined.origin !== 'store' || suits(joined.record)) return joined
    }
    this.#flight ??= this.#renew(suits).finally(() => {
      this.#flight = undefined
    })
    const obtained = await this.#flight
    this.#held = this.#ended ? undefined : obtained.record
    return obtained
  }

  async #renew(suits: Suits): Promise<Obtained> {
    const { store } = this.#deps
    const saved = await store.read(this.recordKey)
    if (saved?.kind === 'token' && suits(saved)) return { record: saved, origin: 'store' }

    return await store.exclusive(
      this.recordKey,
      async slot => {
        const latest = await slot.read()
        // Somebody else may have renewed it while we waited.
        if (latest?.kind === 'token' && suits(latest)) return { record: latest, origin: 'store' }
        const record = this.#toRecord(await runGrant(this.#connection, this.#deps))
        await slot.write(record)
        return { record, origin: 'grant' }
      },
      this.#connection.signal,
    )
  }

  #toRecord(answer: TokenAnswer): TokenRecord {
    const { login, grant } = this.#connection
    const obtainedAt = this.#deps.now()
    return {
      schema: 1,
      kind: 'token',
      login,
      grant,
      generation: randomUUID(),
      accessToken: answer.accessToken,
      tokenType: answer.tokenType,
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
}

function disconnected(): OktaConnectError {
  return new OktaConnectError('login_required', 'This session has been disconnected.', { hint: 'Connect again.' })
}
