import { randomBytes } from 'node:crypto'
import type { RedisClientType } from 'redis'
import { connectRedis } from './live-redis.js'
import { type Eviction, maxOncePerOwner, type SharedState, StateUnavailable } from './shared-state.js'

const prefix = 'connect-okta:broker:'

// KEYS: counter. ARGV: window. The count and the window's rest, in one step.
const countScript = `
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { hits, redis.call('PTTL', KEYS[1]) }`

// KEYS: the moment since when nothing was lost.
const sinceScript = `
local time = redis.call('TIME')
redis.call('SET', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), 'NX')`

// KEYS: what an owner has added, the moment since when nothing was lost. ARGV: key, lifetime, maximum. In one step; the
// clock is that of the Redis, which all processes share.
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
const policyEveryMs = 10_000

/**
 * A {@link SharedState} in a Redis or Valkey, for a broker of many processes.
 *
 * @param address `redis://HOST:PORT/DATABASE`
 * @throws {@link OktaConnectError} `store_failed` without the package `redis`.
 */
export async function openRedisState(address: string, maxOnce = maxOncePerOwner): Promise<SharedState> {
  let eviction: Eviction = 'unknown'
  const sincePlace = `${prefix}remembered-since`

  async function checkPolicy(redis: RedisClientType): Promise<void> {
    eviction = await evictionOf(redis)
    // While it may evict, what was used may be lost: the moment is set again afterwards.
    if (eviction === 'possible') await redis.del(sincePlace)
    else await redis.eval(sinceScript, { keys: [sincePlace] })
  }
  const redis = await connectRedis(address, checkPolicy)
  const { run } = redis
  // The policy can be changed at any moment. Without an answer nothing is added anyway.
  const timer = setInterval(() => void run(checkPolicy).catch(() => {}), policyEveryMs).unref()

  return {
    get eviction() {
      return eviction
    },
    get: async key => (await run(redis => redis.get(prefix + key))) ?? undefined,
    set: async (key, value, lifeMs) => void (await run(redis => redis.set(prefix + key, value, { PX: lifeMs }))),
    remove: async key => void (await run(redis => redis.del(prefix + key))),
    async addOnce(owner, key, lifeMs) {
      if (eviction === 'possible') throw new StateUnavailable('The Redis may evict what has to be remembered.')
      const options = {
        keys: [`${prefix}once:${owner}`, sincePlace],
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
    async sealKey() {
      const place = `${prefix}seal-key`
      await run(redis => redis.set(place, randomBytes(32).toString('base64'), { condition: 'NX' }))
      return Buffer.from((await run(redis => redis.get(place))) ?? '', 'base64')
    },
    async check() {
      const place = `${prefix}check`
      await run(redis => redis.set(place, '', { PX: 60_000 }))
      await run(redis => redis.get(place))
      await run(checkPolicy)
    },
    async close() {
      clearInterval(timer)
      redis.close()
    },
  }
}

/**
 * Whether a Redis may evict keys that have not expired. Judged by the policy only: the limit of memory can be set at any
 * moment.
 *
 * @see https://redis.io/docs/latest/develop/reference/eviction/
 */
async function evictionOf(redis: RedisClientType): Promise<Eviction> {
  const policy = (await configured(redis)) ?? (await informed(redis))
  if (policy === undefined) return 'unknown'
  return policy === 'noeviction' ? 'impossible' : 'possible'
}

async function configured(redis: RedisClientType): Promise<string | undefined> {
  try {
    return (await redis.configGet('maxmemory-policy'))['maxmemory-policy']
  } catch {
    // Managed services and access lists refuse it.
    return undefined
  }
}

async function informed(redis: RedisClientType): Promise<string | undefined> {
  try {
    return /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1]
  } catch {
    return undefined
  }
}
