import { OktaConnectError } from '@connect-okta/core'
import type { RedisClientType } from 'redis'
import { type SharedState, StateUnavailable } from './shared-state.js'

const prefix = 'connect-okta:broker:'
const commandTimeoutMs = 2_000
const longestPauseMs = 1_000

// KEYS: counter. ARGV: window. The count and the window's rest, in one step.
const countScript = `
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { hits, redis.call('PTTL', KEYS[1]) }`

/**
 * A {@link SharedState} in a Redis or Valkey, for a broker of many processes. Where it is away, that is said at once, and
 * it is looked for in the background.
 *
 * @param address `redis://HOST:PORT/DATABASE`
 * @throws {@link OktaConnectError} `store_failed` without the package `redis`.
 */
export async function openRedisState(address: string, now: () => number): Promise<SharedState> {
  const { createClient } = await loadRedis()
  const redis = createClient({
    url: address,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: commandTimeoutMs,
      reconnectStrategy: tries => Math.min(50 * 2 ** tries, longestPauseMs) * (0.5 + Math.random()),
    },
  }) as RedisClientType
  // Whoever needs it is told.
  redis.on('error', () => {})
  const connecting = redis.connect().catch(() => {})
  await Promise.race([connecting, pause(commandTimeoutMs)])

  async function run<T>(command: () => Promise<T>): Promise<T> {
    if (!redis.isReady) throw new StateUnavailable('The Redis does not answer.')
    try {
      return await inTime(command())
    } catch (cause) {
      throw new StateUnavailable('The Redis does not answer.', { cause })
    }
  }

  return {
    get: async key => (await run(() => redis.get(prefix + key))) ?? undefined,
    set: async (key, value, lifeMs) => void (await run(() => redis.set(prefix + key, value, { PX: lifeMs }))),
    take: async key => (await run(() => redis.getDel(prefix + key))) ?? undefined,
    remove: async key => void (await run(() => redis.del(prefix + key))),
    addOnce: async (key, lifeMs) =>
      (await run(() => redis.set(prefix + key, '', { PX: lifeMs, condition: 'NX' }))) !== null,
    async count(key, windowMs) {
      const options = { keys: [prefix + key], arguments: [String(windowMs)] }
      const [hits, restMs] = (await run(() => redis.eval(countScript, options))) as [number, number]
      return { hits, resetsAt: new Date(now() + restMs) }
    },
    ping: async () => void (await run(() => redis.ping())),
    async close() {
      redis.destroy()
    },
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

async function inTime<T>(result: Promise<T>): Promise<T> {
  const late = new AbortController()
  try {
    return await Promise.race([
      result,
      pause(commandTimeoutMs, late.signal).then(() => Promise.reject(new Error('late'))),
    ])
  } finally {
    late.abort()
    result.catch(() => {})
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    timer.unref()
    signal?.addEventListener('abort', () => clearTimeout(timer))
  })
}
