import type { Notify } from '../../notice.js'
import { ignoredRecords } from '../ignored-records.js'
import { KeyQueue } from '../key-queue.js'
import { knownKeys, openText, type RecordCodec, sealedCodec, sealText } from '../sealed/record-seal.js'
import { requireStoreKeys } from '../sealed/store-key.js'
import { infoOf, isRecordKey, type StoreRecord } from '../token-record.js'
import type { LockHolder, TokenStore } from '../token-store.js'
import type { RedisServerOptions } from './connection/redis-client.js'
import { type RedisConnection, redisConnection } from './connection/redis-connection.js'
import { withRedisLock } from './redis-lock.js'
import { serverOptions } from './server-options.js'

type Variables = Readonly<Record<string, string | undefined>>

const prefix = 'connect-okta:'
// A record that was not written for this time is removed.
const lifetimeMs = 90 * 24 * 60 * 60_000

/**
 * Returns a store in a Redis or Valkey, for processes on several machines. Records are encrypted.
 *
 * @param address as for {@link redisConnection}.
 * @throws {@link OktaConnectError} `options_invalid` if the key is missing or invalid. Later `store_failed` if the server
 * cannot be reached
 * @see https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/
 */
export function openRedisStore(
  address: string,
  variables: Variables,
  notify: Notify = () => {},
  options?: RedisServerOptions,
): TokenStore {
  const keys = requireStoreKeys(variables, 'The token store in Redis')
  return redisStore(redisConnection(address, serverOptions(options, variables)), {
    keys,
    codec: sealedCodec(knownKeys(keys)),
    prefix,
    lifetimeMs,
    notify,
  })
}

/** How records are stored in a Redis. */
interface RedisStoreOptions {
  /** The first one encrypts the messages of locks. */
  readonly keys: readonly Buffer[]
  readonly codec: RecordCodec
  /** The start of the name of each key. */
  readonly prefix: string
  /** A record that was not written for this time is removed, in milliseconds. */
  readonly lifetimeMs: number
  readonly notify: Notify
}

/** As {@link openRedisStore}, with records in the format of a codec. */
export function redisStore(
  connection: RedisConnection,
  { keys, codec, prefix, lifetimeMs, notify }: RedisStoreOptions,
): TokenStore {
  const queue = new KeyQueue()
  const reportIgnored = ignoredRecords(notify, 'Set CONNECT_OKTA_STORE_KEY to that key, or sign in again.')
  // The keys of one lock are on the same node of a Cluster.
  const tagged = (recordKey: string) => (connection.isCluster ? `{${recordKey}}` : recordKey)
  const placeFor = (recordKey: string) => `${prefix}record:${tagged(requireRecordKey(recordKey))}`

  async function read(recordKey: string): Promise<StoreRecord | undefined> {
    const text = await connection.run(redis => redis.hGet(placeFor(recordKey), 'record'))
    return text === null || text === undefined ? undefined : await decoded(recordKey, text)
  }

  async function decoded(recordKey: string, text: string): Promise<StoreRecord | undefined> {
    const record = await codec.decode(recordKey, text)
    if (!('unreadable' in record)) return record
    reportIgnored(recordKey, record.unreadable)
    return undefined
  }

  return {
    location: connection.location,
    read,
    async exclusive(recordKey, use, { signal, onWait } = {}) {
      const place = placeFor(recordKey)
      const lockPlace = `${prefix}lock:${tagged(recordKey)}`
      // The URL of a sign-in contains the username: it is encrypted like the token.
      const onHolder = ({ owner, message }: LockHolder) =>
        onWait?.({ owner, message: message && openText(lockPlace, message, keys) })
      return await queue.run(
        recordKey,
        () =>
          withRedisLock(
            connection,
            lockPlace,
            async lock =>
              await use({
                read: () => read(recordKey),
                // A Redis that is full or read-only also rejects the lock and its confirmation.
                reserve: () => lock.confirm(place),
                async write(record) {
                  await lock.write(place, await codec.encode(recordKey, record), lifetimeMs)
                },
                remove: () => lock.remove(place),
                confirm: () => lock.confirm(place),
                announce: text => lock.announce(sealText(lockPlace, text, keys[0] ?? Buffer.alloc(0))),
              }),
            { signal, onWait: onHolder, recordLifetimeMs: lifetimeMs },
          ),
        signal,
      )
    },
    async *list() {
      let cursor = '0'
      do {
        const from = cursor
        const found = await connection.run(redis => redis.scan(from, { MATCH: `${prefix}record:*`, COUNT: 1000 }))
        cursor = String(found.cursor)
        for (const place of found.keys) {
          const recordKey = place.slice(`${prefix}record:`.length).replace(/^\{(.*)\}$/, '$1')
          const record = isRecordKey(recordKey) ? await read(recordKey) : undefined
          if (record?.kind === 'token') yield infoOf(recordKey, record)
        }
      } while (cursor !== '0')
    },
  }
}

function requireRecordKey(recordKey: string): string {
  if (isRecordKey(recordKey)) return recordKey
  throw new TypeError('a record key contains only lower case letters, digits and hyphens')
}
