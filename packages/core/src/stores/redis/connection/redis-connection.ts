// biome-ignore lint/suspicious/noTsIgnore: the comment has no effect in the declarations unless it is this one.
/** @ts-ignore The package is optional. */
import type { RedisClientType } from 'redis'
import { isOktaConnectError } from '../../../errors.js'
import { orAborted } from '../../../http/abort.js'
import { parseRedisAddress, type RedisAddress, type RedisHost } from './redis-address.js'
import {
  type ClientRequest,
  type ConnectedRedis,
  checkServerOptions,
  clientOptionsFor,
  connectToServer,
  destroy,
  loadRedis,
  type RedisServerOptions,
} from './redis-client.js'

const firstReconnectMs = 50
const maxReconnectMs = 1_000
// The node answers but is not the one to write to, as after a failover: a new connection may lead to the right one.
const isWrongNode = /^(READONLY|MASTERDOWN|LOADING|CLUSTERDOWN)\b/

/** Options of {@link redisConnection}. */
export interface RedisConnectionOptions extends RedisServerOptions {
  /**
   * Connects immediately, and reconnects in the background. While there is no connection, a command fails immediately instead of
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

/** A connection to a Redis or Valkey server. */
export interface RedisConnection {
  /** The address, without a username and password. */
  readonly location: string
  /** Whether it is a Cluster: the keys of one command or script need the same hash tag, such as `{users}:1`. */
  readonly isCluster: boolean
  /**
   * Runs a command. In a Cluster it goes to the node of its keys, and `redis` is the client of the whole Cluster.
   *
   * @throws {@link OktaConnectError} `store_failed` if the server cannot be reached or does not respond in time
   */
  run<T>(command: (redis: RedisClientType) => Promise<T>): Promise<T>
  /** Closes the connection. Commands that wait for a response fail. */
  close(): void
}

/**
 * Connects to a Redis or Valkey server with the optional package `redis`.
 *
 * @param address `redis://HOST:PORT/DATABASE`; `unix:///PATH?db=DATABASE`; `redis-sentinel://HOST:PORT,HOST:PORT/DATABASE?master=NAME`
 * for the primary that Sentinels name; `redis-cluster://HOST:PORT,HOST:PORT`. With TLS: `rediss://`, `rediss-sentinel://`,
 * `rediss-cluster://`. With a username and password if needed: `redis://USER:PASSWORD@HOST:PORT`.
 * @throws {@link OktaConnectError} `options_invalid` if the address is malformed or not supported
 * @example
 * const connection = redisConnection('redis://127.0.0.1:6379', { keepConnected: true })
 * await connection.run(redis => redis.set('key', 'value'))
 */
export function redisConnection(
  address: string,
  {
    keepConnected = false,
    onConnect,
    answerTimeoutMs = 2_500,
    connectTimeoutMs = 5_000,
    ...options
  }: RedisConnectionOptions = {},
): RedisConnection {
  const parsed = parseRedisAddress(address)
  checkServerOptions(parsed, options)
  const { location } = parsed
  const pingIntervalMs = keepConnected ? 1_000 : 10_000
  let client: Promise<ConnectedRedis> | undefined
  let ping: NodeJS.Timeout | undefined
  let failures = 0
  let lastError: unknown
  let running = 0
  const closed = new AbortController()

  function connect(): Promise<ConnectedRedis> {
    const request = { address: parsed, options, connectTimeoutMs, onEnd: () => drop(attempt) }
    const attempt = openClient(request, closed.signal).then(async connected => {
      if (onConnect !== undefined) await inTime(onConnect(connected.redis), answerTimeoutMs).catch(() => {})
      failures = 0
      lastError = undefined
      return connected
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
  function drop(dropped: Promise<ConnectedRedis> | undefined): void {
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
    await attempt.then(({ redis }) => inTime(redis.ping(), answerTimeoutMs)).catch(() => drop(attempt))
  }

  if (keepConnected) client = connect()
  return {
    location,
    isCluster: parsed.topology === 'cluster',
    async run(command) {
      let connected: ConnectedRedis | undefined
      let attempt: Promise<ConnectedRedis> | undefined
      try {
        if (closed.signal.aborted || (keepConnected && failures > 0)) throw lastError ?? new Error('not connected')
        client ??= connect()
        attempt = client
        connected = await attempt
        running += 1
        connected.setRef(true)
        return await inTime(command(connected.redis), answerTimeoutMs)
      } catch (cause) {
        if (isOktaConnectError(cause) && cause.code !== 'cancelled') throw cause
        const message = cause instanceof Error ? cause.message : 'unknown'
        if (cause instanceof AnswerTimeout || isWrongNode.test(message)) drop(attempt)
        const { redisError } = await import('./redis-error.js')
        throw redisError(location, (cause as NodeJS.ErrnoException).code, message)
      } finally {
        if (connected !== undefined) running -= 1
        if (running === 0) connected?.setRef(false)
      }
    },
    close() {
      closed.abort()
      drop(client)
    },
  }
}

async function openClient(request: ClientRequest, closed: AbortSignal): Promise<ConnectedRedis> {
  const end = new AbortController()
  const onClosed = () => end.abort()
  closed.addEventListener('abort', onClosed, { once: true })
  // Before the time limit, which is for the network.
  await loadRedis()
  const opening = connectTo(request, end.signal)
  try {
    return await inTime(orAborted(opening, closed), request.connectTimeoutMs)
  } catch (error) {
    end.abort()
    opening.then(destroy, () => {})
    throw error
  } finally {
    closed.removeEventListener('abort', onClosed)
  }
}

// The code for Sentinels and for a Cluster is loaded when it is needed.
async function connectTo(request: ClientRequest, closed: AbortSignal): Promise<ConnectedRedis> {
  const { address, options, connectTimeoutMs, onEnd } = request
  switch (address.topology) {
    case 'cluster':
      return await (await import('./redis-cluster.js')).connectToCluster(request, closed)
    case 'sentinel':
      return clientOf(await (await import('./redis-sentinel.js')).connectToPrimary(request, closed))
    case 'single': {
      const ofServer = clientOptionsFor(address, options, connectTimeoutMs)
      return clientOf(await connectToServer(placeOf(address), ofServer, closed, onEnd))
    }
  }
}

function placeOf({ socketPath, hosts: [host] }: RedisAddress): RedisHost | string {
  return socketPath ?? host ?? { host: 'localhost', port: 6379 }
}

function clientOf(redis: RedisClientType): ConnectedRedis {
  return {
    redis,
    setRef: isRef => void (isRef ? redis.ref() : redis.unref()),
    destroy: () => destroy(redis),
  }
}

class AnswerTimeout extends Error {}

async function inTime<T>(result: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AnswerTimeout(`no response within ${timeoutMs / 1000} s`)), timeoutMs)
  })
  try {
    return await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
    result.catch(() => {})
  }
}
