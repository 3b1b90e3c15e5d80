import { type Deps, withDefaults } from '../../deps.js'
import { optionsInvalid } from '../../errors.js'
import type { ClientKeyType } from '../../keys/generate-client-key.js'
import type { ManagedKeys } from '../../keys/managed/managed-keys.js'
import { quoted } from '../../safe-text.js'
import { type ManagedKeyStore, recordsOf } from '../../stores/managed-keys/managed-key-store.js'
import { StoredManagedKeys } from './stored-managed-keys.js'

const dayMs = 24 * 60 * 60_000
const minPublishBeforeMs = 60_000

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
 * is published for some time before its first use. If Okta has not fetched it yet, the previous key is used.
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
      `Invalid publishBeforeMs: ${quoted(publishBeforeMs)}.`,
      'Use at least 60,000 (one minute). The default is 24 hours.',
    )
  }
  if (!(rotateEveryMs >= 2 * publishBeforeMs && rotateEveryMs <= 3650 * dayMs)) {
    throw optionsInvalid(
      `Invalid rotateEveryMs: ${quoted(rotateEveryMs)}.`,
      'Use at least twice publishBeforeMs, and at most ten years.',
    )
  }
  return new StoredManagedKeys(name, recordsOf(store), { rotateEveryMs, publishBeforeMs }, type, withDefaults(deps))
}
