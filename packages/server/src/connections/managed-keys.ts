import { type ManagedKeyStore, type ManagedKeys, openManagedKeys } from '@connect-okta/core/keys'
import { parseTenant } from '@connect-okta/core/profiles'
import type { Notify } from '@connect-okta/core/types'
import type { ConnectionConfig } from '../config/broker-config.js'

/** The dependencies of {@link managedKeysOf}. */
export interface ManagedKeysDeps {
  now(): number
  monotonicNow(): number
  readonly notify?: Notify
  /** @throws {@link OktaConnectError} `options_invalid` when the store of the broker does not encrypt. */
  managedKeyStore(): ManagedKeyStore
}

/** The keys of the app of a connection, if the broker creates them. */
export function managedKeysOf(
  { options, managedKey }: ConnectionConfig,
  { managedKeyStore, ...deps }: ManagedKeysDeps,
): ManagedKeys | undefined {
  if (managedKey === undefined || !('clientId' in options) || options.tenant === undefined) return undefined
  // Connections with the same app share its keys.
  const name = `${parseTenant(options.tenant).origin} ${options.clientId}`
  return openManagedKeys({ name, store: managedKeyStore(), ...managedKey }, deps)
}
