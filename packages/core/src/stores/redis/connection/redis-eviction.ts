import type { RedisClientType } from 'redis'
import { primariesOf } from './redis-cluster.js'

/** Whether a Redis may remove keys that have not expired. */
export type RedisEviction = 'impossible' | 'possible' | 'unknown'

/**
 * Returns whether a Redis may evict keys that have not expired, in a Cluster on any primary. It depends only on the policy: the
 * memory limit can change at any time. The policy is read by CONFIG, and where managed services block it, by INFO.
 *
 * @see https://redis.io/docs/latest/develop/reference/eviction/
 * @example
 * if ((await connection.run(redisEviction)) === 'possible') console.warn('Set maxmemory-policy noeviction.')
 */
export async function redisEviction(redis: RedisClientType): Promise<RedisEviction> {
  const servers = (await primariesOf(redis)) ?? [redis]
  const policies = await Promise.all(
    servers.map(async server => (await policyByConfig(server)) ?? (await policyByInfo(server))),
  )
  if (policies.some(policy => policy !== undefined && policy !== 'noeviction')) return 'possible'
  return policies.includes(undefined) ? 'unknown' : 'impossible'
}

async function policyByConfig(redis: RedisClientType): Promise<string | undefined> {
  try {
    return (await redis.configGet('maxmemory-policy'))['maxmemory-policy']
  } catch {
    // Managed services and access lists reject CONFIG.
    return undefined
  }
}

async function policyByInfo(redis: RedisClientType): Promise<string | undefined> {
  try {
    return /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1]
  } catch {
    return undefined
  }
}
