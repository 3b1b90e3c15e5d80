import { readFileSync } from 'node:fs'
import type { RedisClientType } from 'redis'
import type { Notify } from '../deps.js'
import { isOktaConnectError, OktaConnectError, optionsInvalid } from '../errors.js'
import { infoOf, isRecordKey, type StoreRecord } from '../token-record.js'
import { KeyQueue } from './key-queue.js'
import { type RecordCodec, sealedCodec, sealKeyBytes } from './record-seal.js'
import { withRedisLock } from './redis-lock.js'
import type { TokenStore } from './token-store.js'

type Variables = Readonly<Record<string, string | undefined>>

const prefix = 'connect-okta:'
const commandTimeoutMs = 5_000
// A login that nobody has used for so long is not kept for ever.
const keptForMs = 90 * 24 * 60 * 60_000

/**
 * A store in a Redis or Valkey, for the processes of many machines. Records are sealed: who can read the Redis cannot
 * read a token.
 *
 * @param address `redis://HOST:PORT/DATABASE`, with a name and password if need be.
 * @throws {@link OktaConnectError} `options_invalid` without a key to seal with. Later `store_failed` where it is away.
 * @see https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/
 */
export function openRedisStore(address: string, variables: Variables, notify: Notify = () => {}): TokenStore {
  const key = keyIn(variables)
  const codec = sealedCodec({ find: async () => key, obtain: async () => key })
  return redisStore(connection(address), placeOf(address), codec, notify)
}

function redisStore(client: Connection, location: string, codec: RecordCodec, notify: Notify): TokenStore {
  const queue = new KeyQueue()

  async function read(recordKey: string): Promise<StoreRecord | undefined> {
    const text = await client.run(redis => redis.hGet(placeFor(recordKey), 'record'))
    return text === null || text === undefined ? undefined : await decoded(recordKey, text)
  }

  async function decoded(recordKey: string, text: string): Promise<StoreRecord | undefined> {
    const record = await codec.decode(recordKey, text)
    if (!('unreadable' in record)) return record
    notify({ code: 'record_ignored', message: `The stored record ${recordKey} is left alone: ${record.unreadable}.` })
    return undefined
  }

  return {
    location,
    read,
    async exclusive(recordKey, use, { signal, onWait } = {}) {
      const place = placeFor(recordKey)
      return await queue.run(
        recordKey,
        () =>
          withRedisLock(
            client,
            `${prefix}lock:${recordKey}`,
            async lock =>
              await use({
                read: () => read(recordKey),
                async write(record) {
                  await lock.write(place, await codec.encode(recordKey, record), keptForMs)
                },
                remove: () => lock.remove(place),
                announce: text => lock.announce(text),
              }),
            { signal, onWait },
          ),
        signal,
      )
    },
    async *list() {
      let cursor = '0'
      do {
        const from = cursor
        const found = await client.run(redis => redis.scan(from, { MATCH: `${prefix}record:*`, COUNT: 1000 }))
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
  throw new TypeError('a record key holds lower case letters, digits and hyphens')
}

/** A connection that is made when it is first needed, and keeps no process alive that has nothing else to do. */
export interface Connection {
  /** @throws {@link OktaConnectError} `store_failed` */
  run<T>(command: (redis: RedisClientType) => Promise<T>): Promise<T>
}

function connection(address: string): Connection {
  let connecting: Promise<RedisClientType> | undefined
  let running = 0
  const place = placeOf(address)

  async function connected(): Promise<RedisClientType> {
    connecting ??= connectTo(address, () => {
      connecting = undefined
    })
    return await connecting
  }

  return {
    async run(command) {
      let redis: RedisClientType | undefined
      try {
        redis = await connected()
        running += 1
        redis.ref()
        return await inTime(command(redis))
      } catch (cause) {
        if (isOktaConnectError(cause)) throw cause
        const reason = (cause as NodeJS.ErrnoException).code ?? (cause instanceof Error ? cause.message : 'unknown')
        throw new OktaConnectError('store_failed', `The token store ${place} does not answer (${reason}).`, {
          hint: 'See whether the Redis runs, and whether its address is right.',
          cause: new Error(`redis: ${reason}`),
        })
      } finally {
        if (redis !== undefined) running -= 1
        if (running === 0) redis?.unref()
      }
    },
  }
}

async function connectTo(address: string, onEnd: () => void): Promise<RedisClientType> {
  const { createClient } = await loadRedis()
  const redis = createClient({
    url: address,
    disableOfflineQueue: true,
    // Whoever needs it next connects anew: tries in the background would keep the process alive.
    socket: { connectTimeout: commandTimeoutMs, reconnectStrategy: false },
  }) as RedisClientType
  // What fails tells whoever waits for it.
  redis.on('error', onEnd).on('end', onEnd)
  try {
    await inTime(redis.connect())
    return redis
  } catch (error) {
    onEnd()
    redis.destroy()
    throw error
  }
}

async function inTime<T>(result: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${commandTimeoutMs / 1000} s`)), commandTimeoutMs)
  })
  try {
    return await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
    result.catch(() => {})
  }
}

// A package that is optional: without it, everything else works.
async function loadRedis(): Promise<typeof import('redis')> {
  try {
    return await import('redis')
  } catch (cause) {
    throw new OktaConnectError('store_failed', 'The package redis is not installed.', {
      hint: 'Install it beside this one: npm install redis',
      cause,
    })
  }
}

function keyIn({ CONNECT_OKTA_STORE_KEY, CONNECT_OKTA_STORE_KEY_FILE }: Variables): Buffer {
  const text = CONNECT_OKTA_STORE_KEY ?? (CONNECT_OKTA_STORE_KEY_FILE && readKeyFile(CONNECT_OKTA_STORE_KEY_FILE))
  const hint = 'Make one with: openssl rand -base64 32. Every process that shares the store needs the same.'
  if (!text) {
    const where = 'CONNECT_OKTA_STORE_KEY, or the file that CONNECT_OKTA_STORE_KEY_FILE names'
    throw optionsInvalid(`A store in Redis needs a key to seal records with, in ${where}.`, hint)
  }
  const key = Buffer.from(text.trim(), 'base64')
  if (key.byteLength === sealKeyBytes) return key
  throw optionsInvalid(`The key of the token store is not ${sealKeyBytes} bytes in Base64.`, hint)
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw optionsInvalid(`The key of the token store cannot be read from ${path}.`, 'Name a file that is there.', cause)
  }
}

// Without the password that the address may have.
function placeOf(address: string): string {
  if (!URL.canParse(address)) throw optionsInvalid('The address of the Redis is no URL.', 'Give redis://HOST:PORT.')
  const { protocol, host, pathname } = new URL(address)
  return `${protocol}//${host}${pathname}`
}
