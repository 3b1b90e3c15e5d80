import type { JWK } from 'jose'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'

/** Maximum number of keys of an app (guides/key-management). */
export const MAX_SAVED_KEYS = 50

/** The status of a saved key. Only an active key verifies assertions. */
export type KeyStatus = 'ACTIVE' | 'INACTIVE'

/** A public key of an app that the org stores. */
export interface SavedKey {
  readonly id: string
  readonly jwk: JWK
  readonly status: KeyStatus
  readonly created: Date
  readonly lastUpdated: Date
}

/** Gives a public key an ID and the current time. */
export function savedKey(
  jwk: JWK,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  status: KeyStatus = 'ACTIVE',
): SavedKey {
  const created = new Date(clock.now())
  return { id: random.id('pks'), jwk, status, created, lastUpdated: created }
}

/** The keys that verify assertions. */
export function activeKeys(keys: readonly SavedKey[]): readonly SavedKey[] {
  return keys.filter(({ status }) => status === 'ACTIVE')
}
