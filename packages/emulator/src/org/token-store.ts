import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Clock } from './clock.js'

/** What oidc-provider keeps: tokens, codes, sessions, interactions and grants. One store belongs to one emulator. */
export class TokenStore {
  readonly #records = new Map<string, StoredRecord>()
  readonly #refreshGraceMs: number
  readonly #clock: Clock

  constructor({ refreshGraceSeconds, clock }: { refreshGraceSeconds: number; clock: Clock }) {
    this.#refreshGraceMs = refreshGraceSeconds * 1000
    this.#clock = clock
  }

  /** The view of the store that oidc-provider's models of one name use. */
  adapter(model: string): Adapter {
    return {
      upsert: async (id, payload, expiresIn) =>
        this.#write(`${model}:${id}`, shifted(payload, this.#clock.secondsAhead()), expiresIn),
      find: async id => this.#forProvider(this.find(model, id)),
      findByUid: async uid => this.#forProvider(this.#findWhere(model, ({ uid: own }) => own === uid)),
      findByUserCode: async () => undefined,
      consume: async id => this.#consume(`${model}:${id}`),
      destroy: async id => this.destroy(model, id),
      revokeByGrantId: async grantId => this.revokeByGrant(model, grantId),
    }
  }

  /** The record of a live token. A refresh token that was rotated stays usable until its grace is over. */
  find(model: string, id: string): AdapterPayload | undefined {
    const record = this.#records.get(`${model}:${id}`)
    if (record === undefined || record.expiresAt <= this.#clock.now()) return undefined
    const { payload, consumedAt } = record
    if (consumedAt === undefined) return payload
    const inGrace = model === 'RefreshToken' && this.#clock.now() < consumedAt + this.#refreshGraceMs
    return inGrace ? payload : { ...payload, consumed: Math.floor(consumedAt / 1000) }
  }

  /** Lets a token be known by another value: the JWT that stands in for an opaque one. */
  rename(model: string, id: string, value: string): void {
    const record = this.#records.get(`${model}:${id}`)
    if (record === undefined) return
    this.#records.delete(`${model}:${id}`)
    this.#records.set(`${model}:${value}`, record)
  }

  /** Lets a record live on for a time from now, as using a persistent refresh token does. */
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

  /** Ends every record of one model that came from one sign-in. */
  revokeByGrant(model: string, grantId: string): void {
    for (const [key, { payload }] of this.#records) {
      if (payload.grantId === grantId && key.startsWith(`${model}:`)) this.#records.delete(key)
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#records.clear()
  }

  #forProvider(payload: AdapterPayload | undefined): AdapterPayload | undefined {
    return payload && shifted(payload, -this.#clock.secondsAhead())
  }

  #write(key: string, payload: AdapterPayload, expiresInSeconds = Number.POSITIVE_INFINITY): void {
    this.#records.set(key, { payload, expiresAt: this.#clock.now() + expiresInSeconds * 1000, consumedAt: undefined })
    if (this.#records.size % 1000 === 0) this.#forgetExpired()
  }

  #consume(key: string): void {
    const record = this.#records.get(key)
    // The grace counts from the first rotation, not from the last use backend it.
    if (record !== undefined) record.consumedAt ??= this.#clock.now()
  }

  #findWhere(model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, { payload, expiresAt }] of this.#records) {
      if (key.startsWith(`${model}:`) && expiresAt > this.#clock.now() && matches(payload)) return payload
    }
    return undefined
  }

  #forgetExpired(): void {
    for (const [key, { expiresAt }] of this.#records) if (expiresAt <= this.#clock.now()) this.#records.delete(key)
  }
}

/** Times are kept by the org's clock; oidc-provider, which reads the machine's, is told its own. */
function shifted(payload: AdapterPayload, seconds: number): AdapterPayload {
  if (seconds === 0) return payload
  const moved = { ...payload }
  for (const name of ['iat', 'exp', 'loginTs', 'authTime'] as const) {
    const time = moved[name]
    if (typeof time === 'number') moved[name] = time + seconds
  }
  return moved
}

interface StoredRecord {
  readonly payload: AdapterPayload
  readonly expiresAt: number
  consumedAt: number | undefined
}
