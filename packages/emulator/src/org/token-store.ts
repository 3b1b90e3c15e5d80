import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Clock } from './clock.js'

/** The storage of oidc-provider: tokens, codes, sessions, interactions and grants. */
export class TokenStore {
  readonly #records = new Map<string, StoredRecord>()
  readonly #refreshGraceMs: number
  readonly #clock: Clock

  constructor({ refreshGraceSeconds, clock }: { refreshGraceSeconds: number; clock: Clock }) {
    this.#refreshGraceMs = refreshGraceSeconds * 1000
    this.#clock = clock
  }

  /** Returns the adapter for one model of oidc-provider. */
  adapter(model: string): Adapter {
    return {
      upsert: async (id, payload, expiresIn) =>
        this.#write(`${model}:${id}`, shiftTimes(payload, this.#clock.secondsAhead()), expiresIn),
      find: async id => this.#forProvider(this.find(model, id)),
      findByUid: async uid => this.#forProvider(this.findWhere(model, payload => payload.uid === uid)),
      findByUserCode: async () => undefined,
      consume: async id => this.#consume(`${model}:${id}`),
      destroy: async id => this.destroy(model, id),
      revokeByGrantId: async grantId => this.revokeByGrant(model, grantId),
    }
  }

  /** Finds the record of a valid token. A rotated refresh token is valid until the end of its grace period. */
  find(model: string, id: string): AdapterPayload | undefined {
    const record = this.#records.get(`${model}:${id}`)
    if (record === undefined || record.expiresAt <= this.#clock.now()) return undefined
    const { payload, consumedAt } = record
    if (consumedAt === undefined) return payload
    const inGrace = model === 'RefreshToken' && this.#clock.now() < consumedAt + this.#refreshGraceMs
    return inGrace ? payload : { ...payload, consumed: Math.floor(consumedAt / 1000) }
  }

  /** Changes the value of a token, from the opaque one of oidc-provider to a JWT. */
  rename(model: string, id: string, value: string): void {
    const record = this.#records.get(`${model}:${id}`)
    if (record === undefined) return
    this.#records.delete(`${model}:${id}`)
    this.#records.set(`${model}:${value}`, record)
  }

  /** Sets the remaining lifetime of a record. */
  extend(model: string, id: string, seconds: number): void {
    const record = this.#records.get(`${model}:${id}`)
    if (record === undefined) return
    const now = this.#clock.now()
    const payload = { ...record.payload, exp: Math.floor(now / 1000) + seconds }
    this.#records.set(`${model}:${id}`, { ...record, payload, expiresAt: now + seconds * 1000 })
  }

  destroy(model: string, id: string): void {
    this.#records.delete(`${model}:${id}`)
  }

  /** Deletes all records of one model that belong to one grant. */
  revokeByGrant(model: string, grantId: string): void {
    for (const [key, { payload }] of this.#records) {
      if (payload.grantId === grantId && key.startsWith(`${model}:`)) this.#records.delete(key)
    }
  }

  /** Deletes all records that match, of every model. */
  destroyWhere(matches: (payload: AdapterPayload) => boolean): void {
    for (const [key, { payload }] of this.#records) if (matches(payload)) this.#records.delete(key)
  }

  /** All records by key, for a snapshot. */
  get records(): readonly (readonly [string, StoredRecord])[] {
    return [...this.#records].map(([key, record]) => [key, { ...record }])
  }

  replaceAll(records: readonly (readonly [string, StoredRecord])[]): void {
    this.clear()
    for (const [key, record] of records) this.#records.set(key, { ...record })
  }

  clear(): void {
    this.#records.clear()
  }

  #forProvider(payload: AdapterPayload | undefined): AdapterPayload | undefined {
    return payload && shiftTimes(payload, -this.#clock.secondsAhead())
  }

  #write(key: string, payload: AdapterPayload, expiresInSeconds = Number.POSITIVE_INFINITY): void {
    this.#records.set(key, { payload, expiresAt: this.#clock.now() + expiresInSeconds * 1000, consumedAt: undefined })
    if (this.#records.size % 1000 === 0) this.#deleteExpired()
  }

  #consume(key: string): void {
    const record = this.#records.get(key)
    // The grace period starts with the first rotation. Use within it does not extend it.
    if (record !== undefined) record.consumedAt ??= this.#clock.now()
  }

  /** Finds the first valid record of a model that matches. */
  findWhere(model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, { payload, expiresAt }] of this.#records) {
      if (key.startsWith(`${model}:`) && expiresAt > this.#clock.now() && matches(payload)) return payload
    }
    return undefined
  }

  #deleteExpired(): void {
    for (const [key, { expiresAt }] of this.#records) if (expiresAt <= this.#clock.now()) this.#records.delete(key)
  }
}

/** Converts times between the org's clock, by which they are stored, and the system clock, which oidc-provider uses. */
function shiftTimes(payload: AdapterPayload, seconds: number): AdapterPayload {
  if (seconds === 0) return payload
  const shifted = { ...payload }
  for (const name of ['iat', 'exp', 'loginTs', 'authTime'] as const) {
    const time = shifted[name]
    if (typeof time === 'number') shifted[name] = time + seconds
  }
  return shifted
}

/** A stored record, and when it expires. */
export interface StoredRecord {
  readonly payload: AdapterPayload
  readonly expiresAt: number
  consumedAt?: number | undefined
}
