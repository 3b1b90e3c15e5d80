import type { RedisClientType } from 'redis'
import { isOktaConnectError, OktaConnectError, optionsInvalid } from '../errors.js'

const commandTimeoutMs = 5_000

/** A connection that is made when it is first needed, and keeps no process alive that has nothing else to do. */
export interface Connection {
  /** @throws {@link OktaConnectError} `store_failed` */
  run<T>(command: (redis: RedisClientType) => Promise<T>): Promise<T>
}

/** Makes a {@link Connection}. */
export function redisConnection(address: string): Connection {
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

/**
 * The address of a Redis, without the password that it may have.
 *
 * @throws {@link OktaConnectError} `options_invalid` for what is no address.
 */
export function placeOf(address: string): string {
  if (!URL.canParse(address)) throw optionsInvalid('The address of the Redis is no URL.', 'Give redis://HOST:PORT.')
  const { protocol, host, pathname } = new URL(address)
  return `${protocol}//${host}${pathname}`
}
