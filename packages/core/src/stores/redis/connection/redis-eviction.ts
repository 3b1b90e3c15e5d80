// biome-ignore lint/suspicious/noTsIgnore: the comment has no effect in the declarations unless it is this one.
/** @ts-ignore The package is optional. */
import type { RedisClientType } from 'redis'
import { primariesOf } from './redis-cluster.js'

/** Whether Redis can evict keys that have not expired. */
export type RedisEviction = 'impossible' | 'possible' | 'unknown'

/**
 * Returns whether Redis can evict keys that have not expired, in a Cluster on any primary. The result depends only on the policy,
 * because the memory limit can change at any time. The policy is read with CONFIG, or with INFO if a managed service blocks CONFIG.
 *
 * @see https://redis.io/docs/latest/develop/reference/eviction/
 * @example
 * const connection = redisConnection('redis://127.0.0.1:6379')
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
