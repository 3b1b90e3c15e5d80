import type { RedisClientType } from 'redis'
import { isOktaConnectError, OktaConnectError, optionsInvalid } from '../../errors.js'
import { orAborted } from '../../http/abort.js'

const firstReconnectMs = 50
const maxReconnectMs = 1_000
// The node answers but is not the one to write to, as after a failover: a new connection may lead to the right one.
const isWrongNode = /^(READONLY|MASTERDOWN|LOADING|CLUSTERDOWN)\b/

/** How to connect to a Redis. */
export interface RedisConnectionOptions {
  /**
   * Connects at once, and reconnects in the background. While there is no connection, a command fails at once instead of
   * waiting for one. Default: false, which connects when a command needs it and does not keep the process alive.
   */
  readonly keepConnected?: boolean
  /** Runs on each new connection before any other command. What it throws is ignored. */
  readonly onConnect?: (redis: RedisClientType) => Promise<unknown>
  /** How long a command may take, in milliseconds. Default: 2,500. */
  readonly answerTimeoutMs?: number
  /** How long connecting may take, in milliseconds. Default: 5,000. */
  readonly connectTimeoutMs?: number
}

/** A connection to a Redis or Valkey. */
export interface RedisConnection {
  /** The address, without a user name and password. */
  readonly location: string
  /**
   * Runs a command.
   *
   * @throws {@link OktaConnectError} `store_failed` if the Redis cannot be reached or does not answer in time
   */
  run<T>(command: (redis: RedisClientType) => Promise<T>): Promise<T>
  /** Closes the connection. Commands that still wait for an answer fail. */
  close(): void
}

/**
 * Connects to a Redis or Valkey by the optional package `redis`.
 *
 * @param address `redis://HOST:PORT/DATABASE`, or `rediss://` for TLS, with a user name and password if needed.
 * @throws {@link OktaConnectError} `options_invalid` if the address is malformed
 * @example
 * const connection = redisConnection('redis://127.0.0.1:6379', { keepConnected: true })
 * await connection.run(redis => redis.set('key', 'value'))
 */
export function redisConnection(
  address: string,
  { keepConnected = false, onConnect, answerTimeoutMs = 2_500, connectTimeoutMs = 5_000 }: RedisConnectionOptions = {},
): RedisConnection {
  const location = locationOf(address)
  const pingIntervalMs = keepConnected ? 1_000 : 10_000
  let client: Promise<RedisClientType> | undefined
  let ping: NodeJS.Timeout | undefined
  let failures = 0
  let lastError: unknown
  let running = 0
  const closed = new AbortController()

  function connect(): Promise<RedisClientType> {
    const attempt = openClient(address, connectTimeoutMs, closed.signal, () => drop(attempt)).then(async redis => {
      if (onConnect !== undefined) await inTime(onConnect(redis), answerTimeoutMs).catch(() => {})
      failures = 0
      lastError = undefined
      return redis
    })
    attempt.catch(error => {
      lastError = error
      drop(attempt)
    })
    clearInterval(ping)
    ping = setInterval(() => void pingIfIdle(), pingIntervalMs).unref()
    return attempt
  }

  // Destroying the client makes the commands that wait for an answer fail at once.
  function drop(dropped: Promise<RedisClientType> | undefined): void {
    dropped?.then(destroy, () => {})
    if (client !== dropped) return
    client = undefined
    clearInterval(ping)
    if (!keepConnected || closed.signal.aborted) return
    const pauseMs = Math.min(firstReconnectMs * 2 ** failures, maxReconnectMs) * (0.5 + Math.random())
    failures += 1
    setTimeout(() => {
      if (!closed.signal.aborted) client ??= connect()
    }, pauseMs).unref()
  }

  // Finds a connection that the network dropped without closing it before a command needs it.
  async function pingIfIdle(): Promise<void> {
    const attempt = client
    if (attempt === undefined || running > 0) return
    await attempt.then(redis => inTime(redis.ping(), answerTimeoutMs)).catch(() => drop(attempt))
  }

  if (keepConnected) client = connect()
  return {
    location,
    async run(command) {
      let redis: RedisClientType | undefined
      let attempt: Promise<RedisClientType> | undefined
      try {
        if (closed.signal.aborted || (keepConnected && failures > 0)) throw lastError ?? new Error('not connected')
        client ??= connect()
        attempt = client
        redis = await attempt
        running += 1
        redis.ref()
        return await inTime(command(redis), answerTimeoutMs)
      } catch (cause) {
        if (isOktaConnectError(cause) && cause.code !== 'cancelled') throw cause
        const message = cause instanceof Error ? cause.message : 'unknown'
        if (cause instanceof AnswerTimeout || isWrongNode.test(message)) drop(attempt)
        const { redisError } = await import('./redis-error.js')
        throw redisError(location, (cause as NodeJS.ErrnoException).code, message)
      } finally {
        if (redis !== undefined) running -= 1
        if (running === 0) redis?.unref()
      }
    },
    close() {
      closed.abort()
      drop(client)
    },
  }
}

async function openClient(
  address: string,
  connectTimeoutMs: number,
  closed: AbortSignal,
  onEnd: () => void,
): Promise<RedisClientType> {
  const { createClient } = await loadRedis()
  const redis = createClient({
    url: address,
    disableOfflineQueue: true,
    // Attempts of the client itself would keep the process alive.
    socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: false },
  }) as RedisClientType
  // An error also reaches the command that waits for an answer.
  redis.on('error', onEnd).on('end', onEnd)
  try {
    await inTime(orAborted(redis.connect(), closed), connectTimeoutMs)
    return redis
  } catch (error) {
    destroy(redis)
    // A socket that is not connected yet is not destroyed.
    redis.on('connect', () => destroy(redis))
    throw error
  }
}

class AnswerTimeout extends Error {}

async function inTime<T>(result: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AnswerTimeout(`no answer within ${timeoutMs / 1000} s`)), timeoutMs)
  })
  try {
    return await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
    result.catch(() => {})
  }
}

function destroy(redis: RedisClientType): void {
  try {
    redis.destroy()
  } catch {
    // The client throws if it is closed already.
  }
}

async function loadRedis(): Promise<typeof import('redis')> {
  try {
    return await import('redis')
  } catch (cause) {
    throw new OktaConnectError('store_failed', 'The optional package redis is not installed.', {
      hint: 'Install it: npm install redis',
      cause,
    })
  }
}

function locationOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || !/^(\/\d*)?$/.test(url.pathname)) {
    throw optionsInvalid(
      'The address of the Redis is malformed.',
      'Use redis://HOST:PORT or redis://HOST:PORT/DATABASE.',
    )
  }
  return `${url.protocol}//${url.host}${url.pathname}`
}
