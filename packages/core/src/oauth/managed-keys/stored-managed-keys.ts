import type { Deps } from '../../deps.js'
import { isOktaConnectError } from '../../errors.js'
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
import type { ManagedKeyState, ManagedKeys, PublicJwk } from '../../keys/managed/managed-keys.js'
import type { ManagedKeyRecords } from '../../stores/managed-keys/managed-key-store.js'
import type { ManagedKey, ManagedKeysRecord } from '../../stores/token-record.js'
import type { TokenSlot } from '../../stores/token-store.js'
import { stateOf } from './state-of.js'

type KeySet = Pick<ManagedKeysRecord, 'keys' | 'revision'>

// Okta requests the keys rarely, but anyone can request them.
const cacheMs = 10_000

/** Managed keys in a store that processes share. */
export class StoredManagedKeys implements ManagedKeys {
  readonly name: string
  readonly #recordKey: string
  readonly #store: ManagedKeyRecords
  readonly #settings: RotationSettings
  readonly #type: ClientKeyType
  readonly #deps: Pick<Deps, 'now' | 'monotonicNow' | 'notify'>
  // Whether the store has no keys, or older ones, although it had these.
  #isLost = false
  // What is signed with while the store is unavailable.
  #latest: (KeySet & { readonly readAt: number }) | undefined

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

  async state(): Promise<ManagedKeyState> {
    const keys = withCorrectTimes((await this.#read()).keys, this.#now(), this.#settings)
    return stateOf(keys, this.#plan(keys))
  }

  async rotateIfDue(): Promise<ManagedKeyState> {
    const keys = await this.#rotated()
    return stateOf(keys, this.#plan(keys))
  }

  async replaceNow(): Promise<ManagedKeyState> {
    const jwk = await this.#newKey()
    const keys = await this.#store.exclusive(this.#recordKey, async slot => {
      const stored = await this.#readIn(slot)
      const next = withReplacement(stored.keys, times => ({ ...times, ...jwk }), this.#now())
      await this.#write(slot, next, stored)
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
    const known = this.#latest
    if (known === undefined || change(known.keys) === known.keys) return
    try {
      await this.#store.exclusive(this.#recordKey, async slot => {
        const stored = await this.#readIn(slot)
        const changed = change(stored.keys)
        if (changed !== stored.keys) await this.#write(slot, changed, stored)
      })
    } catch (error) {
      if (!isOktaConnectError(error)) throw error
      // The next request reports it again.
      this.#remember({ ...known, keys: change(known.keys) })
    }
  }

  toJSON(): { readonly name: string } {
    return { name: this.name }
  }

  // While the store is unavailable, the keys in memory are used.
  async #current(): Promise<readonly ManagedKey[]> {
    try {
      return await this.#rotated()
    } catch (error) {
      if (this.#latest === undefined || !isOktaConnectError(error)) throw error
      return this.#latest.keys
    }
  }

  async #rotated(): Promise<readonly ManagedKey[]> {
    const { keys } = await this.#read()
    if (!this.#isDue(keys)) return keys
    return await this.#store.exclusive(this.#recordKey, async slot => {
      // Another process may have done it while this one waited.
      const stored = await this.#readIn(slot)
      const corrected = withCorrectTimes(stored.keys, this.#now(), this.#settings)
      const next = this.#plan(corrected).shouldCreate ? await this.#withNewKey(corrected) : corrected
      await this.#write(slot, next, stored)
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

  async #read(): Promise<KeySet> {
    return await this.#readIn({ read: () => this.#store.read(this.#recordKey) })
  }

  // A store that has lost the keys, or has older ones from a copy, gets those in memory again: Okta may have fetched no others.
  async #readIn(place: Pick<TokenSlot, 'read'>): Promise<KeySet> {
    const record = await place.read()
    const stored: KeySet = record?.kind === 'managed_keys' ? record : { keys: [], revision: 0 }
    const known = this.#latest
    const isOlder = known !== undefined && stored.revision < known.revision
    if (isOlder && stored.keys.length > 0 && !this.#isLost) {
      const message = `The store has older managed keys (${this.name}) than this process. The newer keys are stored again.`
      this.#deps.notify({ code: 'record_ignored', message })
    }
    this.#isLost = isOlder
    const latest = isOlder ? known : stored
    this.#remember(latest)
    return latest
  }

  async #write(slot: TokenSlot, keys: readonly ManagedKey[], before: KeySet): Promise<void> {
    const revision = before.revision + (haveSameKids(keys, before.keys) ? 0 : 1)
    await slot.write({ schema: 2, kind: 'managed_keys', revision, keys })
    this.#isLost = false
    this.#remember({ keys, revision })
  }

  #remember({ keys, revision }: KeySet): void {
    if (keys.length > 0) this.#latest = { keys, revision, readAt: this.#deps.monotonicNow() }
  }

  #now(): number {
    return this.#deps.now()
  }
}

function haveSameKids(one: readonly ManagedKey[], other: readonly ManagedKey[]): boolean {
  return one.length === other.length && one.every(({ kid }, index) => kid === other[index]?.kid)
}

// The start of the name is for messages.
function recordKeyFor(name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
  return `keys-${readable}-${sha256(name).slice(0, 32)}`
}
