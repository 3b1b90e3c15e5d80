import type { RedisClientType } from 'redis'
import { isOktaConnectError, OktaConnectError, optionsInvalid } from '../../errors.js'

// A lock lives for less: an answer that comes later is of no use.
const answerTimeoutMs = 2_500
const connectTimeoutMs = 5_000
// A connection that a network has dropped without a word is found before somebody needs it.
const pingEveryMs = 10_000
// A node that is there, and no longer the one to write to: a new connection may lead to the one that is.
const isOtherNode = /^(READONLY|MASTERDOWN|LOADING|CLUSTERDOWN)\b/

/** A connection that is made when it is first needed, and keeps no process alive that has nothing else to do. */
export interface Connection {
  /** @throws {@link OktaConnectError} `store_failed` */
  run<T>(command: (redis: RedisClientType) => Promise<T>): Promise<T>
}

/** Makes a {@link Connection}. */
export function redisConnection(address: string): Connection {
  let connecting: Promise<RedisClientType> | undefined
  let running = 0
  let ping: NodeJS.Timeout | undefined
  const place = placeOf(address)

  async function connected(): Promise<RedisClientType> {
    if (connecting === undefined) {
      const attempt = connectTo(address, () => forget(attempt))
      connecting = attempt
      clearInterval(ping)
      ping = setInterval(() => void pingIfIdle(), pingEveryMs).unref()
    }
    return await connecting
  }

  // The next command connects again. What waits for an answer on it gets an error at once.
  function forget(attempt: Promise<RedisClientType> | undefined): void {
    if (connecting === attempt) {
      connecting = undefined
      clearInterval(ping)
    }
    attempt?.then(redis => redis.destroy()).catch(() => {})
  }

  async function pingIfIdle(): Promise<void> {
    const attempt = connecting
    if (attempt === undefined || running > 0) return
    await attempt.then(redis => inTime(redis.ping(), answerTimeoutMs)).catch(() => forget(attempt))
  }

  return {
    async run(command) {
      let redis: RedisClientType | undefined
      let attempt: Promise<RedisClientType> | undefined
      try {
        redis = await connected()
        attempt = connecting
        running += 1
        redis.ref()
        return await inTime(command(redis), answerTimeoutMs)
      } catch (cause) {
        if (isOktaConnectError(cause)) throw cause
        const message = cause instanceof Error ? cause.message : 'unknown'
        if (cause instanceof NoAnswer || isOtherNode.test(message)) forget(attempt)
        const reason = (cause as NodeJS.ErrnoException).code ?? message
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
    // Attempts in the background would keep the process alive.
    socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: false },
  }) as RedisClientType
  // An error reaches the command that waits for an answer.
  redis.on('error', onEnd).on('end', onEnd)
  try {
    await inTime(redis.connect(), connectTimeoutMs)
    return redis
  } catch (error) {
    onEnd()
    redis.destroy()
    throw error
  }
}

class NoAnswer extends Error {}

async function inTime<T>(result: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${timeoutMs / 1000} s`)), timeoutMs)
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
