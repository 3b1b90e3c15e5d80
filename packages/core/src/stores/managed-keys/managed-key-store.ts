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
import { knownKeys } from '../sealed/record-seal.js'
import { findStoreKeys, requireStoreKeys } from '../sealed/store-key.js'
import type { TokenStore } from '../token-store.js'
import { type StrictCodec, strictCodec } from './strict-codec.js'

const prefix = 'connect-okta:keys:'
// Keys live until they are replaced. Redis requires a time: ten years.
const lifetimeMs = 10 * 365 * 24 * 60 * 60_000

/** A store for managed keys, which encrypts them. */
export interface ManagedKeyStore {
  /** Where the keys are, for messages. */
  readonly location: string
}

/** The records of a store. */
export interface ManagedKeyRecords extends TokenStore {
  /** Returns whether a record has to be encrypted again, because the encryption key was replaced. */
  isOutdated(recordKey: string): boolean
}

const stores = new WeakMap<ManagedKeyStore, ManagedKeyRecords>()

/**
 * Opens a store for managed keys. It is always encrypted: `memory` and unencrypted files are rejected.
 *
 * @param address `auto`: files, encrypted with the key in `CONNECT_OKTA_STORE_KEY` (or in the file that `CONNECT_OKTA_STORE_KEY_FILE`
 * names), otherwise with a key in the system keyring. `file`: only with `CONNECT_OKTA_STORE_KEY`. Or the address of a Redis server, as
 * for {@link openStore}, which requires `CONNECT_OKTA_STORE_KEY`.
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
export function recordsOf(store: ManagedKeyStore): ManagedKeyRecords {
  const records = stores.get(store)
  if (records !== undefined) return records
  throw optionsInvalid('The store of the managed keys is not encrypted.', 'Open it with openManagedKeyStore.')
}

function openRecords(
  address: string,
  environment: Environment,
  redis: RedisServerOptions | undefined,
): ManagedKeyRecords {
  const { variables } = environment
  if (/^(auto|file)$/i.test(address)) {
    const root = environment.stateDirectory
    const directory = join(root, 'managed-keys')
    const keys = findStoreKeys(variables)
    if (keys.length > 0 || address.toLowerCase() === 'auto') {
      const source = keys.length > 0 ? knownKeys(keys) : keyringKey(directory)
      const codec = strictCodec(source, recordKey => join(directory, `${recordKey}.json`))
      return withCodec(openFileStore({ root, directory, codec }), codec)
    }
  } else if (isRedisAddress(address)) {
    const keys = requireStoreKeys(variables, 'The store of the managed keys')
    const codec = strictCodec(knownKeys(keys), recordKey => `the Redis key ${prefix}record:${recordKey}`)
    const connection = redisConnection(address, serverOptions(redis, variables))
    return withCodec(redisStore(connection, { keys, codec, prefix, lifetimeMs, notify: () => {} }), codec)
  }
  const name = /^(memory|file)$/i.test(address) ? address.toLowerCase() : `(${described(address)})`
  throw optionsInvalid(
    `The store ${name} cannot hold managed keys: it does not encrypt them.`,
    'Use auto with a keyring, or a Redis server. Or set CONNECT_OKTA_STORE_KEY to an encryption key: openssl rand -base64 32.',
  )
}

function withCodec(store: TokenStore, { isOutdated }: StrictCodec): ManagedKeyRecords {
  return { ...store, isOutdated }
}
