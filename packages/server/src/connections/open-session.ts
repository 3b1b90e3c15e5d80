import { type ConnectOptions, type Deps, openSession } from '@connect-okta/core'
import type { ClientSigner } from '@connect-okta/core/keys'
import type { TokenStore } from '@connect-okta/core/stores'
import type { Account } from '@connect-okta/core/types'
import type { ConnectionConfig } from '../config/broker-config.js'
import type { ManagedKeysDeps } from './managed-keys.js'
import { maySignIn } from './may-sign-in.js'

/** The dependencies of connections. */
export interface ConnectionsDeps extends Partial<Deps>, ManagedKeysDeps {
  readonly store: TokenStore
  now(): number
  monotonicNow(): number
}

/** Opens the session of a connection for a set of scopes. */
export function openFor(
  config: ConnectionConfig,
  scopes: readonly string[] | undefined,
  deps: ConnectionsDeps,
  accept = (account: Account) => maySignIn(config, account),
) {
  const narrower = scopes === undefined ? {} : { scopes }
  // Another program may share the store, and its user may not be listed in signIn.
  return openSession({ ...config.options, ...narrower, accept } as ConnectOptions, deps)
}

/** Returns the options with another signer. */
export function withSigner(options: ConnectOptions, signer: ClientSigner): ConnectOptions {
  return { ...options, signer } as ConnectOptions
}

/** The key of a set of scopes. */
export function keyOf(scopes: readonly string[] | undefined): string {
  return scopes?.join(' ') ?? ''
}
