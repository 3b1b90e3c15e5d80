import { type Deps, withDefaults } from '../../deps.js'
import { isOktaConnectError, optionsInvalid } from '../../errors.js'
import { type ClientKey, parseClientKey } from '../../keys/client-key.js'
import { sha256 } from '../../keys/digest.js'
import { type ClientKeyType, generateClientKey, publicHalfOf } from '../../keys/generate-client-key.js'
import {
  type KeyPlan,
  planKeys,
  type RotationSettings,
  withCorrectTimes,
  withNewKey,
  withOutcome,
  withReplacement,
} from '../../keys/managed/key-schedule.js'
import type { ManagedKeys, ManagedKeysState, PublicJwk } from '../../keys/managed/managed-keys.js'
import { quoted } from '../../safe-text.js'
import { type ManagedKeyRecords, type ManagedKeyStore, recordsOf } from '../../stores/managed-keys/managed-key-store.js'
import type { ManagedKey } from '../../stores/token-record.js'
import type { TokenSlot } from '../../stores/token-store.js'
import { stateOf } from './state-of.js'

const dayMs = 24 * 60 * 60_000
const minPublishBeforeMs = 60_000
// Okta requests the keys rarely, but anyone can request them.
const cacheMs = 10_000

/** Options of {@link openManagedKeys}. */
export interface ManagedKeysOptions {
  /** Distinguishes the keys of one app from those of another in the store. All processes of the app use the same name. */
  readonly name: string
  readonly store: ManagedKeyStore
  /** How long a key is used, in milliseconds. Default: 30 days. */
  readonly rotateEveryMs?: number
  /** How long a key is published before its first use, in milliseconds. Default: 24 hours. */
  readonly publishBeforeMs?: number
  /** Default: `RSA-2048`. */
  readonly type?: ClientKeyType
}

/**
 * Opens the client keys of an app that fetches them from a URL: the first one is created when it is needed, and replaced after
 * some time. Publish {@link ManagedKeys.jwks} at the URL, and pass the keys to {@link connect} or {@link openSession}. A new key
 * is published for some time before its first use. If Okta does not know it yet, the key before it is used.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 * @see https://developer.okta.com/docs/guides/key-management/main/
 * @example
 * const managedKeys = openManagedKeys({ name: 'users', store: openManagedKeyStore('auto') })
 * const session = await openSession({ tenant, clientId, managedKeys })
 */
export function openManagedKeys(
  { name, store, rotateEveryMs = 30 * dayMs, publishBeforeMs = dayMs, type = 'RSA-2048' }: ManagedKeysOptions,
  deps?: Partial<Pick<Deps, 'now' | 'monotonicNow' | 'notify'>>,
): ManagedKeys {
  if (typeof name !== 'string' || name === '') {
    throw optionsInvalid('The managed keys have no name.', 'Use the name of the connection.')
  }
  if (!(publishBeforeMs >= minPublishBeforeMs)) {
    throw optionsInvalid(
      `publishBefore is ${quoted(publishBeforeMs)} ms.`,
      'Use at least a minute; 24 hours are advisable.',
    )
  }
  if (!(rotateEveryMs >= 2 * publishBeforeMs && rotateEveryMs <= 3650 * dayMs)) {
    throw optionsInvalid(
      `rotateEvery is ${quoted(rotateEveryMs)} ms.`,
      'Use at least twice publishBefore, and at most ten years.',
    )
  }
  return new StoredManagedKeys(name, recordsOf(store), { rotateEveryMs, publishBeforeMs }, type, withDefaults(deps))
}

class StoredManagedKeys implements ManagedKeys {
  readonly name: string
  readonly #recordKey: string
  readonly #store: ManagedKeyRecords
  readonly #settings: RotationSettings
  readonly #type: ClientKeyType
  readonly #deps: Pick<Deps, 'now' | 'monotonicNow' | 'notify'>
  // Whether the store has no keys, or older ones, although it had these.
  #isLost = false
  // What is signed with while the store is away.
  #latest: { readonly keys: readonly ManagedKey[]; readonly readAt: number } | undefined

  constructor(
    name: string,
    store: ManagedKeyRecords,
    settings: RotationSettings,
    type: ClientKeyType,
    deps: Pick<Deps, 'now' | 'monotonicNow' | 'notify'>,
  ) {
    this.name = name
    this.#recordKey = recordKeyFor(name)
    this.#store = store
    this.#settings = settings
    this.#type = type
    this.#deps = deps
  }

  async jwks(): Promise<{ readonly keys: readonly PublicJwk[] }> {
    const latest = this.#latest
    const isCached = latest !== undefined && this.#deps.monotonicNow() - latest.readAt < cacheMs
    const keys = isCached ? latest.keys : await this.#current()
    return { keys: keys.map(({ jwk }) => publicHalfOf(jwk)) }
  }

  async state(): Promise<ManagedKeysState> {
    const keys = withCorrectTimes(await this.#read(), this.#now(), this.#settings)
    return stateOf(keys, this.#plan(keys))
  }

  async rotateIfDue(): Promise<ManagedKeysState> {
    const keys = await this.#rotated()
    return stateOf(keys, this.#plan(keys))
  }

  async replaceNow(): Promise<ManagedKeysState> {
    const jwk = await this.#newKey()
    const keys = await this.#store.exclusive(this.#recordKey, async slot => {
      const next = withReplacement(await this.#readIn(slot), times => ({ ...times, ...jwk }), this.#now())
      await this.#write(slot, next)
      return next
    })
    return stateOf(keys, this.#plan(keys))
  }

  async candidates(): Promise<readonly ClientKey[]> {
    const keys = await this.#current()
    const found: ClientKey[] = []
    for (const kid of this.#plan(keys).tryInOrder) {
      const key = await parseClientKey({ jsonWebKey: keys.find(one => one.kid === kid)?.jwk ?? {} })
      if (key !== undefined) found.push(key)
    }
    return found
  }

  async report(keyId: string, outcome: 'accepted' | 'rejected'): Promise<void> {
    const change = (keys: readonly ManagedKey[]) => withOutcome(keys, keyId, outcome, this.#now())
    const known = this.#latest?.keys ?? []
    if (change(known) === known) return
    try {
      await this.#store.exclusive(this.#recordKey, async slot => {
        const stored = await this.#readIn(slot)
        const changed = change(stored)
        if (changed !== stored) await this.#write(slot, changed)
      })
    } catch (error) {
      if (!isOktaConnectError(error)) throw error
      // The next request reports it again.
      this.#remember(change(known))
    }
  }

  toJSON(): { readonly name: string } {
    return { name: this.name }
  }

  // While the store is away, the keys in memory are used.
  async #current(): Promise<readonly ManagedKey[]> {
    try {
      return await this.#rotated()
    } catch (error) {
      if (this.#latest === undefined || !isOktaConnectError(error)) throw error
      return this.#latest.keys
    }
  }

  async #rotated(): Promise<readonly ManagedKey[]> {
    const keys = await this.#read()
    if (!this.#isDue(keys)) return keys
    return await this.#store.exclusive(this.#recordKey, async slot => {
      // Another process may have done it while this one waited.
      const stored = await this.#readIn(slot)
      const corrected = withCorrectTimes(stored, this.#now(), this.#settings)
      const next = this.#plan(corrected).shouldCreate ? await this.#withNewKey(corrected) : corrected
      await this.#write(slot, next)
      return next
    })
  }

  #isDue(keys: readonly ManagedKey[]): boolean {
    const corrected = withCorrectTimes(keys, this.#now(), this.#settings)
    const isCorrected = corrected.some((key, index) => key !== keys[index])
    return this.#isLost || isCorrected || this.#store.isOutdated(this.#recordKey) || this.#plan(corrected).shouldCreate
  }

  async #withNewKey(keys: readonly ManagedKey[]): Promise<readonly ManagedKey[]> {
    const jwk = await this.#newKey()
    return withNewKey(keys, times => ({ ...times, ...jwk }), this.#now(), this.#settings)
  }

  async #newKey(): Promise<Pick<ManagedKey, 'kid' | 'jwk'>> {
    const { privateJwk } = await generateClientKey({ type: this.#type })
    return { kid: privateJwk.kid, jwk: privateJwk }
  }

  #plan(keys: readonly ManagedKey[]): KeyPlan {
    return planKeys(keys, this.#now(), this.#settings)
  }

  async #read(): Promise<readonly ManagedKey[]> {
    return await this.#readIn({ read: () => this.#store.read(this.#recordKey) })
  }

  // A store that has lost the keys, or has older ones from a copy, gets those in memory again: Okta may not know any others.
  async #readIn(place: Pick<TokenSlot, 'read'>): Promise<readonly ManagedKey[]> {
    const record = await place.read()
    const stored = record?.kind === 'managed_keys' ? record.keys : []
    const known = this.#latest?.keys ?? []
    const isOlder = isOlderThan(stored, known)
    if (isOlder && stored.length > 0 && !this.#isLost) {
      const message = `The store has older managed keys (${this.name}) than this process. Its keys are stored again.`
      this.#deps.notify({ code: 'record_ignored', message })
    }
    this.#isLost = isOlder
    const keys = isOlder ? known : stored
    this.#remember(keys)
    return keys
  }

  async #write(slot: TokenSlot, keys: readonly ManagedKey[]): Promise<void> {
    await slot.write({ schema: 2, kind: 'managed_keys', keys })
    this.#isLost = false
    this.#remember(keys)
  }

  #remember(keys: readonly ManagedKey[]): void {
    if (keys.length > 0) this.#latest = { keys, readAt: this.#deps.monotonicNow() }
  }

  #now(): number {
    return this.#deps.now()
  }
}

function isOlderThan(stored: readonly ManagedKey[], known: readonly ManagedKey[]): boolean {
  const newest = known.at(-1)
  if (newest === undefined || stored.some(({ kid }) => kid === newest.kid)) return false
  return (stored.at(-1)?.createdAt ?? 0) < newest.createdAt
}

// The start of the name is for messages.
function recordKeyFor(name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
  return `keys-${readable}-${sha256(name).slice(0, 32)}`
}
