import { join } from 'node:path'
import { currentEnvironment, type Environment } from '../environment.js'
import { optionsInvalid } from '../errors.js'
import type { Notify } from '../notice.js'
import { described, quoted } from '../safe-text.js'
import { unquoted } from '../unquoted.js'
import { openFileStore } from './file/file-store.js'
import { createMemoryStore } from './memory-store.js'
import { isRedisAddress } from './redis/connection/redis-address.js'
import type { RedisServerOptions } from './redis/connection/redis-client.js'
import { openRedisStore } from './redis/redis-store.js'
import { keyringKey } from './sealed/keyring-key.js'
import { plainCodec, type SealKeySource, sealedCodec } from './sealed/record-seal.js'
import { withLateNotify } from './store-notices.js'
import type { TokenStore } from './token-store.js'
import { withWriteHook } from './write-hook.js'

/** Options of {@link openStore}. */
export interface OpenStoreOptions {
  /**
   * Receives a notice if `auto` stores tokens unencrypted, at the first sign-in only, and for each record that cannot be
   * read. Default: the `notify` of the first session that uses the store.
   */
  readonly notify?: Notify
  /** Where the folder and the key of the store come from. Default: the environment of this process. */
  readonly environment?: Environment
  /**
   * Certificates and credentials of a Redis server. Default: the files in PEM that `CONNECT_OKTA_REDIS_CA`,
   * `CONNECT_OKTA_REDIS_CERTIFICATE` and `CONNECT_OKTA_REDIS_KEY` name.
   */
  readonly redis?: RedisServerOptions
}

/**
 * Opens a store by name or address.
 *
 * @param address `auto`, the default of the CLI and the PowerShell module: files, encrypted with a key in the system keyring
 * if there is one. `file`: unencrypted files. `memory`. Or the address of a Redis or Valkey server, as for
 * {@link redisConnection}, whose records are encrypted with the key in `CONNECT_OKTA_STORE_KEY`, or in the file that
 * `CONNECT_OKTA_STORE_KEY_FILE` names: 32 bytes in Base64, as `openssl rand -base64 32` prints.
 * @throws {@link OktaConnectError} `options_invalid` for another name, or if the key for Redis is missing
 * @example
 * const session = await connect(options, { store: openStore('file') })
 */
export function openStore(address: string, options: OpenStoreOptions = {}): TokenStore {
  const { notify } = options
  return notify === undefined
    ? withLateNotify(later => openWith(address, { ...options, notify: later }))
    : openWith(address, { ...options, notify })
}

function openWith(
  address: string,
  { notify, environment = currentEnvironment(), redis }: OpenStoreOptions & { readonly notify: Notify },
): TokenStore {
  const folder = () => ({ root: environment.stateDirectory, directory: join(environment.stateDirectory, 'tokens') })
  const plain = unquoted(address)
  const name = /^(auto|file|memory)$/i.test(plain) ? plain.toLowerCase() : plain
  switch (name) {
    case 'memory':
      return createMemoryStore()
    case 'file':
      return openFileStore({ ...folder(), codec: plainCodec, notify })
    case 'auto': {
      const place = folder()
      const keys = keyringKey(place.directory)
      return noticeUnencrypted(openFileStore({ ...place, codec: sealedCodec(keys), notify }), keys, notify)
    }
    default:
      if (isRedisAddress(name)) return openRedisStore(name, environment.variables, notify, redis)
      throw optionsInvalid(
        `There is no token store named ${/^[\w-]{1,30}$/.test(name) ? quoted(name) : `(${described(name)})`}.`,
        'Use auto, file, memory, or the address of a Redis server: redis://127.0.0.1:6379',
      )
  }
}

// Only the first sign-in writes a `current` record where there is none.
function noticeUnencrypted(store: TokenStore, keys: SealKeySource, notify: Notify): TokenStore {
  return withWriteHook(store, async (record, slot) => {
    const isFirst = record.kind === 'current' && (await slot.read()) === undefined
    await slot.write(record)
    if (!isFirst || (await keys.obtain()) !== undefined) return
    notify({ code: 'store_unencrypted', message: unsealed(store.location) })
  })
}

function unsealed(location: string): string {
  // On Windows, the permissions of the folder apply.
  const readers = process.platform === 'win32' ? '' : ', in files that only you can read'
  return `No keyring is available. Tokens are stored unencrypted in ${location}${readers}.`
}
