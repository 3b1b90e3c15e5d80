import { randomBytes } from 'node:crypto'
import { isOktaConnectError } from '@connect-okta/core'
import {
  type RedisConnection,
  type RedisServerOptions,
  redisConnection,
  redisEviction,
} from '@connect-okta/core/stores'
import type { RedisClientType } from 'redis'
import { type Eviction, maxOncePerOwner, type SharedState, StateUnavailable } from './shared-state.js'

const prefix = 'connect-okta:broker:'
// One hash tag: a script may use keys of one slot only, and a node that loses one of them loses the others too.
const oncePrefix = `${prefix}{once}:`

// KEYS: counter. ARGV: window. Returns the count and the remaining time of the window, atomically.
const countScript = `
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { hits, redis.call('PTTL', KEYS[1]) }`

// KEYS: the time since which no key was lost.
const sinceScript = `
local time = redis.call('TIME')
redis.call('SET', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), 'NX')`

// KEYS: the keys of an owner, the time since which no key was lost. ARGV: key, lifetime, maximum. Atomic; uses the clock of the
// Redis, which all processes share.
const onceScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', KEYS[2], now, 'NX')
local since = redis.call('GET', KEYS[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return { 0, since } end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return { -1, since } end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIREAT', KEYS[1], redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
return { 1, since }`
const policyCheckIntervalMs = 10_000
const answerTimeoutMs = 1_000
const connectTimeoutMs = 2_000

/** Options of {@link openRedisState}. */
export interface RedisStateOptions extends RedisServerOptions {
  /** The maximum number of used assertions of one owner. */
  readonly maxOnce?: number
  /** Whether the administrator confirms that a Redis that hides its policy evicts nothing. */
  readonly isNoEvictionConfirmed?: boolean
}

/**
 * A {@link SharedState} in a Redis or Valkey, for a broker of many processes.
 *
 * @param address `redis://HOST:PORT/DATABASE`
 * @throws {@link OktaConnectError} `store_failed` if the package `redis` is not installed, `options_invalid`
 */
export async function openRedisState(
  address: string,
  { maxOnce = maxOncePerOwner, isNoEvictionConfirmed = false, ...server }: RedisStateOptions = {},
): Promise<SharedState> {
  let eviction: Eviction = 'unknown'
  let isVolatile = false
  const sinceKey = `${oncePrefix}remembered-since`

  async function checkPolicy(redis: RedisClientType): Promise<void> {
    isVolatile = await losesItsData(redis)
    const reported = await redisEviction(redis)
    eviction = reported === 'unknown' && isNoEvictionConfirmed ? 'impossible' : reported
    // While the policy allows eviction, keys may get lost. The time is set again afterwards.
    if (eviction === 'possible') await redis.del(sinceKey)
    else await redis.eval(sinceScript, { keys: [sinceKey] })
  }
  const connection = redisConnection(address, {
    ...server,
    keepConnected: true,
    onConnect: checkPolicy,
    answerTimeoutMs,
    connectTimeoutMs,
  })

  const run: RedisConnection['run'] = async command => {
    try {
      return await connection.run(command)
    } catch (cause) {
      throw new StateUnavailable('Redis does not respond.', { cause })
    }
  }
  await firstAttempt(connection)
  // The policy can change at any time. While the Redis does not respond, no key is added either.
  const timer = setInterval(() => void run(checkPolicy).catch(() => {}), policyCheckIntervalMs).unref()

  return {
    get eviction() {
      return eviction
    },
    get isVolatile() {
      return isVolatile
    },
    get: async key => (await run(redis => redis.get(prefix + key))) ?? undefined,
    set: async (key, value, lifeMs) => void (await run(redis => redis.set(prefix + key, value, { PX: lifeMs }))),
    remove: async key => void (await run(redis => redis.del(prefix + key))),
    async addOnce(owner, key, lifeMs) {
      if (eviction === 'possible') throw new StateUnavailable('Redis can evict used assertions.')
      const options = {
        keys: [`${oncePrefix}${owner}`, sinceKey],
        arguments: [key, String(lifeMs), String(maxOnce)],
      }
      const [added, since] = (await run(redis => redis.eval(onceScript, options))) as [number, string]
      if (added === -1) throw new StateUnavailable('The memory of used assertions is full.')
      return { isFirst: added === 1, since: Number(since) }
    },
    async count(key, windowMs) {
      const options = { keys: [prefix + key], arguments: [String(windowMs)] }
      const [hits, resetsInMs] = (await run(redis => redis.eval(countScript, options))) as [number, number]
      return { hits, resetsInMs }
    },
    async encryptionKey() {
      const key = `${prefix}seal-key`
      await run(redis => redis.set(key, randomBytes(32).toString('base64'), { condition: 'NX' }))
      return Buffer.from((await run(redis => redis.get(key))) ?? '', 'base64')
    },
    async check() {
      const key = `${prefix}check`
      await run(redis => redis.set(key, '', { PX: 60_000 }))
      await run(redis => redis.get(key))
      await run(checkPolicy)
    },
    async close() {
      clearInterval(timer)
      connection.close()
    },
  }
}

// Only if it says so: managed services block CONFIG, and a Cluster has several servers.
async function losesItsData(redis: RedisClientType): Promise<boolean> {
  try {
    if (!/^aof_enabled:0/m.test(await redis.info('persistence'))) return false
    return (await redis.configGet('save')).save === ''
  } catch {
    return false
  }
}

// Waits until the policy is known. A Redis that does not answer yet is reconnected in the background.
async function firstAttempt(connection: RedisConnection): Promise<void> {
  try {
    await connection.run(async () => {})
  } catch (error) {
    const { code } = ((isOktaConnectError(error) && error.cause) || {}) as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND') return
    connection.close()
    throw error
  }
}
