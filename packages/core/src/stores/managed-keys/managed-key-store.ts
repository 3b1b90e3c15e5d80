import { join } from 'node:path'
import { currentEnvironment, type Environment } from '../../environment.js'
import { optionsInvalid } from '../../errors.js'
import { described } from '../../safe-text.js'
import { unquoted } from '../../unquoted.js'
import { openFileStore } from '../file/file-store.js'
import type { OpenStoreOptions } from '../open-store.js'
import { isRedisAddress } from '../redis/connection/redis-address.js'
import type { RedisServerOptions } from '../redis/connection/redis-client.js'
import { redisConnection } from '../redis/connection/redis-connection.js'
import { redisStore } from '../redis/redis-store.js'
import { serverOptions } from '../redis/server-options.js'
import { keyringKey } from '../sealed/keyring-key.js'
import type { SealKeySource } from '../sealed/record-seal.js'
import { findStoreKey, requireStoreKey } from '../sealed/store-key.js'
import type { TokenStore } from '../token-store.js'
import { strictCodec } from './strict-codec.js'

// Keys live until they are replaced. Redis requires a time: ten years.
const lifetimeMs = 10 * 365 * 24 * 60 * 60_000

/** A store for managed keys, which encrypts them. */
export interface ManagedKeyStore {
  /** Where the keys are, for messages. */
  readonly location: string
}

const stores = new WeakMap<ManagedKeyStore, TokenStore>()

/**
 * Opens a store for managed keys. It is always encrypted: `memory` and unencrypted files are rejected.
 *
 * @param address `auto`: files, encrypted with the key in `CONNECT_OKTA_STORE_KEY` (or in the file that `CONNECT_OKTA_STORE_KEY_FILE`
 * names), else with one in the keyring of the system. `file`: with `CONNECT_OKTA_STORE_KEY` only. Or the address of a Redis, as
 * for {@link openStore}, which needs `CONNECT_OKTA_STORE_KEY`.
 * @throws {@link OktaConnectError} `options_invalid`
 * @example
 * const store = openManagedKeyStore('auto')
 */
export function openManagedKeyStore(
  address: string,
  { environment = currentEnvironment(), redis }: OpenStoreOptions = {},
): ManagedKeyStore {
  const records = openRecords(unquoted(address), environment, redis)
  const store: ManagedKeyStore = Object.freeze({ location: records.location })
  stores.set(store, records)
  return store
}

/**
 * The records of a store.
 *
 * @throws {@link OktaConnectError} `options_invalid` for any other object
 */
export function recordsOf(store: ManagedKeyStore): TokenStore {
  const records = stores.get(store)
  if (records !== undefined) return records
  throw optionsInvalid('The store of the managed keys is not encrypted.', 'Open it with openManagedKeyStore.')
}

function openRecords(address: string, environment: Environment, redis: RedisServerOptions | undefined): TokenStore {
  const { variables } = environment
  if (/^(auto|file)$/i.test(address)) {
    const root = environment.stateDirectory
    const directory = join(root, 'managed-keys')
    const key = findStoreKey(variables)
    if (key !== undefined) return openFileStore({ root, directory, codec: strictCodec(fixed(key)) })
    if (address.toLowerCase() === 'auto') {
      return openFileStore({ root, directory, codec: strictCodec(keyringKey(directory)) })
    }
  } else if (isRedisAddress(address)) {
    const key = requireStoreKey(variables, 'The store of the managed keys')
    const options = { key, codec: strictCodec(fixed(key)), prefix: 'connect-okta:keys:', lifetimeMs, notify: () => {} }
    return redisStore(redisConnection(address, serverOptions(redis, variables)), options)
  }
  const name = /^(memory|file)$/i.test(address) ? address.toLowerCase() : `(${described(address)})`
  throw optionsInvalid(
    `The store ${name} cannot hold managed keys: it does not encrypt them.`,
    'Use auto with a keyring, a Redis, or set CONNECT_OKTA_STORE_KEY to an encryption key: openssl rand -base64 32.',
  )
}

function fixed(key: Buffer): SealKeySource {
  return { find: async () => key, obtain: async () => key }
}
