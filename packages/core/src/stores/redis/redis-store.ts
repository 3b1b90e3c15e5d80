import { closeSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { expandHome } from '../../environment.js'
import { optionsInvalid } from '../../errors.js'
import { decodeText } from '../../files/decode-text.js'
import { unreadableSecret } from '../../files/unreadable-secret.js'
import type { Notify } from '../../notice.js'
import { isPlaceholder } from '../../placeholder.js'
import { unquoted } from '../../unquoted.js'
import { ignoredRecords } from '../ignored-records.js'
import { KeyQueue } from '../key-queue.js'
import { openText, sealedCodec, sealKeyBytes, sealText } from '../sealed/record-seal.js'
import { infoOf, isRecordKey, type StoreRecord } from '../token-record.js'
import type { LockHolder, TokenStore } from '../token-store.js'
import { type RedisConnection, redisConnection } from './redis-connection.js'
import { withRedisLock } from './redis-lock.js'

type Variables = Readonly<Record<string, string | undefined>>

const prefix = 'connect-okta:'
// A record that was not written for this time is removed.
const lifetimeMs = 90 * 24 * 60 * 60_000

/**
 * Returns a store in a Redis or Valkey, for processes on several machines. Records are encrypted.
 *
 * @param address `redis://HOST:PORT/DATABASE`, with a user name and password if needed.
 * @throws {@link OktaConnectError} `options_invalid` if the key is missing or invalid. Later `store_failed` if the server
 * cannot be reached
 * @see https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/
 */
export function openRedisStore(address: string, variables: Variables, notify: Notify = () => {}): TokenStore {
  return redisStore(redisConnection(address), readStoreKey(variables), notify)
}

function redisStore(connection: RedisConnection, key: Buffer, notify: Notify): TokenStore {
  const codec = sealedCodec({ find: async () => key, obtain: async () => key })
  const queue = new KeyQueue()
  const reportIgnored = ignoredRecords(notify, 'Set CONNECT_OKTA_STORE_KEY to that key, or sign in again.')

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
      const lockPlace = `${prefix}lock:${recordKey}`
      // The URL of a sign-in contains the user name: it is encrypted like the token.
      const onHolder = ({ owner, message }: LockHolder) =>
        onWait?.({ owner, message: message && openText(lockPlace, message, key) })
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
                announce: text => lock.announce(sealText(lockPlace, text, key)),
              }),
            { signal, onWait: onHolder },
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
          const recordKey = place.slice(`${prefix}record:`.length)
          const record = isRecordKey(recordKey) ? await read(recordKey) : undefined
          if (record?.kind === 'token') yield infoOf(recordKey, record)
        }
      } while (cursor !== '0')
    },
  }
}

function placeFor(recordKey: string): string {
  if (isRecordKey(recordKey)) return `${prefix}record:${recordKey}`
  throw new TypeError('a record key contains only lower case letters, digits and hyphens')
}

function readStoreKey({ CONNECT_OKTA_STORE_KEY, CONNECT_OKTA_STORE_KEY_FILE }: Variables): Buffer {
  const text =
    CONNECT_OKTA_STORE_KEY ?? (CONNECT_OKTA_STORE_KEY_FILE && readKeyFile(unquoted(CONNECT_OKTA_STORE_KEY_FILE)))
  const hint = 'Create one: openssl rand -base64 32. Every process that shares the store needs the same key.'
  if (!text) {
    const where = 'CONNECT_OKTA_STORE_KEY, or the file that CONNECT_OKTA_STORE_KEY_FILE names'
    throw optionsInvalid(`The token store in Redis needs an encryption key in ${where}.`, hint)
  }
  if (isPlaceholder(unquoted(text))) {
    throw optionsInvalid('CONNECT_OKTA_STORE_KEY contains an unresolved placeholder.', hint)
  }
  const key = Buffer.from(unquoted(text), 'base64')
  if (key.byteLength === sealKeyBytes) return key
  throw optionsInvalid(`The key of the token store is not ${sealKeyBytes} bytes in Base64.`, hint)
}

// The start of a file is enough for a key, and a device has no end.
function readStart(path: string): string {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(1024)
    return decodeText(bytes.subarray(0, readSync(file, bytes)))
  } finally {
    closeSync(file)
  }
}

function readKeyFile(file: string): string {
  const path = resolve(expandHome(file))
  try {
    return readStart(path)
  } catch (error) {
    throw unreadableSecret('key of the token store (CONNECT_OKTA_STORE_KEY_FILE)', file, path, error)
  }
}
