import type { Deps } from '../../deps.js'
import { isOktaConnectError } from '../../errors.js'
import { sleep } from '../../http/abort.js'
import { isFresh, type TokenRecord } from '../../stores/token-record.js'
import type { TokenOptions } from '../okta-session.js'
import type { SessionToken } from './token-provider.js'

/** How long a token is used without a look at the store, where another process may have removed or renewed it. */
export const maxUncheckedMs = 1_000
// A slow store must not delay a caller that has a valid token.
const maxCheckMs = 500
/** The API rejects a newer token for another reason: a replacement would be rejected too, at every request. */
export const minAgeToRejectMs = 10_000

/** The token that a session has in memory, compared with the store once a second. */
export class TokenCache {
  readonly #readStore: () => Promise<TokenRecord | undefined>
  readonly #deps: Deps
  #record: TokenRecord | undefined
  #checkedAt = 0
  #check: Promise<void> | undefined
  #rejectedGeneration: string | undefined
  /** A token that could not be stored. Its refresh token is the only valid one. */
  unsaved: TokenRecord | undefined

  /** @param readStore reads the record that the session may use. */
  constructor(readStore: () => Promise<TokenRecord | undefined>, deps: Deps) {
    this.#readStore = readStore
    this.#deps = deps
  }

  /** The token in memory, valid or not. */
  get record(): TokenRecord | undefined {
    return this.#record
  }

  put(record: TokenRecord): void {
    this.#record = record
    this.#checkedAt = this.#deps.monotonicNow()
  }

  clear(): void {
    this.#record = undefined
  }

  /** Returns the token in memory if it can be used without a look at the store. */
  find({ minValidityMs, forceRefresh }: TokenOptions = {}): TokenRecord | undefined {
    const record = this.#record
    if (record === undefined || forceRefresh || this.#isUnchecked(record)) return undefined
    return this.isValid(record, minValidityMs) ? record : undefined
  }

  /** Returns whether a token lives long enough and was not rejected by the API. */
  isValid(record: TokenRecord, minValidityMs = 0): boolean {
    return record.generation !== this.#rejectedGeneration && isFresh(record, this.#deps.now(), minValidityMs)
  }

  /** Marks a token that the API rejected, so that the next request gets another one. */
  reject({ generation }: SessionToken): void {
    const record = this.#record
    const isNew = record !== undefined && this.#deps.now() - record.obtainedAt < minAgeToRejectMs
    if (record?.generation === generation && !isNew) this.#rejectedGeneration = generation
  }

  /** Compares the token in memory with the store if that is due, and waits for it for a limited time. */
  async checkIfDue(): Promise<void> {
    if (this.#record === undefined || !this.#isUnchecked(this.#record)) return
    this.#check ??= this.#checkStore().finally(() => {
      this.#check = undefined
    })
    const end = new AbortController()
    await Promise.race([this.#check, sleep(maxCheckMs, end.signal).catch(() => {})])
    end.abort()
  }

  #isUnchecked(record: TokenRecord): boolean {
    return record !== this.unsaved && this.#deps.monotonicNow() - this.#checkedAt > maxUncheckedMs
  }

  // Uses what another process stored, and drops what it removed. If the store cannot be read, nothing changes.
  async #checkStore(): Promise<void> {
    this.#checkedAt = this.#deps.monotonicNow()
    const before = this.#record
    try {
      const stored = await this.#readStore()
      if (this.#record === before && stored?.generation !== before?.generation) this.#record = stored
    } catch (error) {
      if (!isOktaConnectError(error)) throw error
    }
  }
}
