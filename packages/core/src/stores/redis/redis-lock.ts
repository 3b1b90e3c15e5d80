import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { sleep } from '../../http/abort.js'
import { LockWait } from '../locks/lock-wait.js'
import { SupersededError } from '../locks/superseded-error.js'
import type { ExclusiveOptions } from '../token-store.js'
import type { RedisConnection } from './connection/redis-connection.js'

/** A lock that is held. Every write uses it, so that a process that lost the lock cannot write. */
export interface RedisLock {
  write(place: string, text: string, lifetimeMs: number): Promise<void>
  remove(place: string): Promise<void>
  /** Confirms that the lock is held. If it has expired and no other process acquired it, it is acquired again. */
  confirm(place: string): Promise<void>
  /** Sends a message to the processes that wait. */
  announce(text: string): Promise<void>
}

interface RedisLockOptions extends ExclusiveOptions {
  /** How long the records of the lock live, in milliseconds. The counter of its fencing numbers lives longer. */
  readonly recordLifetimeMs: number
}

// The lock of a process that died ends after this time. It is renewed about six times in it.
const lifeMs = 1_700
const renewalMs = 300
const pollMs = { first: 10, max: 100 }

// KEYS: lock, record. ARGV: owner, fence, text, lifetime. Rejected if another process holds the lock, or has written or removed
// the record since: each owner gets a higher fencing number, or the same one after a failover that lost the counter. A process
// whose lock has expired may write if no other process acquired the lock.
const writeScript = `
local owner = redis.call('HGET', KEYS[1], 'token')
if owner and owner ~= ARGV[1] then return 0 end
local last = tonumber(redis.call('HGET', KEYS[2], 'fence') or '0')
local own = tonumber(ARGV[2])
if last > own or (last == own and redis.call('HGET', KEYS[2], 'writer') ~= ARGV[1]) then return 0 end
redis.call('HSET', KEYS[2], 'record', ARGV[3], 'fence', ARGV[2], 'writer', ARGV[1])
if ARGV[3] == '' then redis.call('HDEL', KEYS[2], 'record') end
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1`
// KEYS: lock, counter. ARGV: owner, name, lifetime, lifetime of the counter. Returns the fencing number of this owner, or the holder of the lock. The
// counter expires after every record that has a number of it.
const acquireScript = `
if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('HMGET', KEYS[1], 'name', 'message') end
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'name', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local fence = redis.call('INCR', KEYS[2])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return fence`
const renewScript = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`
// KEYS: lock, record. ARGV: owner, fence, lifetime, name. Conditions as for a write.
const confirmScript = `
local owner = redis.call('HGET', KEYS[1], 'token')
if owner and owner ~= ARGV[1] then return 0 end
if tonumber(redis.call('HGET', KEYS[2], 'fence') or '0') > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'name', ARGV[4])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])`
const announceScript = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('HSET', KEYS[1], 'message', ARGV[2])`
const releaseScript = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`

/**
 * Runs `use` under a lock that one process on any machine holds. It expires soon after its owner died.
 *
 * @throws {@link OktaConnectError} `cancelled`, `store_failed`; from `confirm` and `write` a {@link SupersededError} if
 * another process acquired the lock
 */
export async function withRedisLock<T>(
  connection: RedisConnection,
  name: string,
  use: (lock: RedisLock) => Promise<T>,
  options: RedisLockOptions,
): Promise<T> {
  const owner = randomUUID()
  const fence = await acquire(connection, name, owner, options)
  const run = (script: string, keys: string[], args: string[]) =>
    connection.run(redis => redis.eval(script, { keys, arguments: args }))
  const renewal = setInterval(() => void run(renewScript, [name], [owner, String(lifeMs)]).catch(() => {}), renewalMs)
  renewal.unref()
  const write = async (place: string, text: string, lifetimeMs: number) => {
    const isWritten = await run(writeScript, [name, place], [owner, String(fence), text, String(lifetimeMs)])
    if (isWritten !== 1) throw new SupersededError()
  }
  try {
    return await use({
      write,
      remove: place => write(place, '', 24 * 60 * 60_000),
      async confirm(place) {
        const isHeld = await run(confirmScript, [name, place], [owner, String(fence), String(lifeMs), self()])
        if (isHeld !== 1) throw new SupersededError()
      },
      announce: async text => void (await run(announceScript, [name], [owner, text])),
    })
  } finally {
    clearInterval(renewal)
    // A lock that cannot be released expires.
    await run(releaseScript, [name], [owner]).catch(() => {})
  }
}

async function acquire(
  connection: RedisConnection,
  name: string,
  owner: string,
  options: RedisLockOptions,
): Promise<number> {
  const counterLifetimeMs = String(2 * options.recordLifetimeMs)
  const wait = new LockWait(options)
  for (let pauseMs = pollMs.first; ; pauseMs = Math.min(pauseMs * 2, pollMs.max)) {
    const answer = await connection.run(redis =>
      redis.eval(acquireScript, {
        keys: [name, `${name}:count`],
        arguments: [owner, self(), String(lifeMs), counterLifetimeMs],
      }),
    )
    if (typeof answer === 'number') return answer
    const [holder, message] = answer as unknown as (string | null)[]
    wait.update({ owner: holder ?? 'another process', message: message ?? undefined })
    // With jitter, so that processes that wait do not all poll at the same time.
    await sleep(pauseMs * (0.5 + Math.random()), options.signal)
  }
}

function self(): string {
  return `process ${process.pid} on ${hostname()}`
}
