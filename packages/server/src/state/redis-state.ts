import { randomBytes } from 'node:crypto'
import type { RedisClientType } from 'redis'
import { connectRedis } from './live-redis.js'
import { type Eviction, type SharedState, StateUnavailable } from './shared-state.js'

const prefix = 'connect-okta:broker:'

// KEYS: counter. ARGV: window. The count and the window's rest, in one step.
const countScript = `
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { hits, redis.call('PTTL', KEYS[1]) }`

/**
 * A {@link SharedState} in a Redis or Valkey, for a broker of many processes.
 *
 * @param address `redis://HOST:PORT/DATABASE`
 * @throws {@link OktaConnectError} `store_failed` without the package `redis`.
 */
export async function openRedisState(address: string): Promise<SharedState> {
  let eviction: Eviction = 'unknown'
  const redis = await connectRedis(address, async connected => {
    eviction = await evictionOf(connected)
  })
  const { run } = redis

  return {
    get eviction() {
      return eviction
    },
    get: async key => (await run(redis => redis.get(prefix + key))) ?? undefined,
    set: async (key, value, lifeMs) => void (await run(redis => redis.set(prefix + key, value, { PX: lifeMs }))),
    remove: async key => void (await run(redis => redis.del(prefix + key))),
    async addOnce(key, lifeMs) {
      if (eviction === 'possible') throw new StateUnavailable('The Redis may evict what has to be remembered.')
      return (await run(redis => redis.set(prefix + key, '', { PX: lifeMs, condition: 'NX' }))) !== null
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
      eviction = await run(evictionOf)
    },
    close: async () => redis.close(),
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
