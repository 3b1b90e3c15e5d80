import { OktaConnectError } from '@connect-okta/core'
import type { RedisClientType } from 'redis'
import { StateUnavailable } from './shared-state.js'

const commandTimeoutMs = 1_000
const connectTimeoutMs = 2_000
const pingIntervalMs = 1_000
// Longer than a ping and its answer take: a connection on which nothing came for so long is dead.
const socketTimeoutMs = 3_000
const maxPauseMs = 1_000

/** A connection to a Redis that is made again, in the background, whenever it breaks or hangs. */
export interface LiveRedis {
  /**
   * Runs a command. Fails at once while there is no connection, so that no request waits for a Redis that hangs.
   *
   * @throws {@link StateUnavailable}
   */
  run<T>(command: (redis: RedisClientType) => Promise<T>): Promise<T>
  close(): void
}

/**
 * Connects, and waits until the first attempt is over.
 *
 * @param onConnect runs for each new connection before anything else; what it throws is ignored.
 * @throws {@link OktaConnectError} `store_failed` without the package `redis`, `options_invalid`
 */
export async function connectRedis(
  address: string,
  onConnect: (redis: RedisClientType) => Promise<void>,
): Promise<LiveRedis> {
  const { createClient } = await loadRedis()
  const create = () =>
    createClient({
      url: address,
      disableOfflineQueue: true,
      pingInterval: pingIntervalMs,
      socket: { connectTimeout: connectTimeoutMs, socketTimeout: socketTimeoutMs, reconnectStrategy: false },
    }) as RedisClientType
  requireAddress(create)
  let live: RedisClientType | undefined
  let breakConnection = () => {}
  let isClosed = false
  let isFirstOver = () => {}
  const first = new Promise<void>(resolve => {
    isFirstOver = resolve
  })

  async function stayConnected(): Promise<void> {
    for (let failures = 0; !isClosed; failures++) {
      const redis = create()
      const broken = new Promise<void>(resolve => {
        breakConnection = resolve
        redis.on('error', () => resolve()).on('end', () => resolve())
      })
      try {
        await inTime(redis.connect(), connectTimeoutMs)
        await inTime(onConnect(redis), commandTimeoutMs).catch(() => {})
        live = redis
        failures = 0
        isFirstOver()
        await broken
      } catch {
        // Tried again below.
      }
      live = undefined
      destroy(redis)
      isFirstOver()
      await pause(Math.min(50 * 2 ** failures, maxPauseMs) * (0.5 + Math.random()))
    }
  }
  void stayConnected()
  await first

  return {
    async run(command) {
      const redis = live
      if (redis === undefined) throw new StateUnavailable('The Redis does not answer.')
      try {
        return await inTime(command(redis), commandTimeoutMs)
      } catch (cause) {
        // What waits on a connection that hangs would wait for minutes; and after a failover another server is the master.
        if (redis === live && (cause instanceof LateError || isReadOnly(cause))) {
          live = undefined
          breakConnection()
        }
        throw new StateUnavailable('The Redis does not answer.', { cause })
      }
    },
    close() {
      isClosed = true
      breakConnection()
      if (live !== undefined) destroy(live)
      live = undefined
    },
  }
}

// The client checks its address when it is made.
function requireAddress(create: () => RedisClientType): void {
  try {
    create()
  } catch {
    const hint = 'Give redis://HOST:PORT/DATABASE, with a number as the database.'
    throw new OktaConnectError('options_invalid', 'store: the address of the Redis is not valid.', { hint })
  }
}

class LateError extends Error {}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('READONLY')
}

function destroy(redis: RedisClientType): void {
  try {
    redis.destroy()
  } catch {
    // It is closed already.
  }
}

async function loadRedis(): Promise<typeof import('redis')> {
  try {
    return await import('redis')
  } catch (cause) {
    const hint = 'Install it beside this one: npm install redis'
    throw new OktaConnectError('store_failed', 'The package redis is not installed.', { hint, cause })
  }
}

async function inTime<T>(result: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LateError('late')), timeoutMs)
  })
  try {
    return await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
    result.catch(() => {})
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, ms).unref()
  })
}
