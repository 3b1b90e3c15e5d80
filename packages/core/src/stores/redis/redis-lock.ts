import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { sleep } from '../../http/abort.js'
import { Waiting } from '../locks/lock-wait.js'
import { SupersededError } from '../locks/superseded-error.js'
import type { ExclusiveOptions } from '../token-store.js'
import type { RedisConnection } from './redis-connection.js'

/** A lock that is held. Everything that is written goes through it, so that nothing is written by who has lost it. */
export interface RedisLock {
  write(place: string, text: string, keptForMs: number): Promise<void>
  remove(place: string): Promise<void>
  /** Makes sure that it is held still, and takes it back where it has run out and nobody came. */
  confirm(place: string): Promise<void>
  /** Tells those who wait what they wait for. */
  announce(text: string): Promise<void>
}

// Renewed six times in its life: a lock outlives its owner for so long at most.
const lifeMs = 1_700
const renewalMs = 300
const pollMs = { first: 10, longest: 100 }

// KEYS: lock, record. ARGV: owner, fence, text, life. Refused where another holds the lock, or has written or removed since:
// each owner draws a higher number, or after a failover that lost the counter the same one. One whose lock has run out while
// nobody came may still keep what it has got.
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
// KEYS: lock, counter. ARGV: owner, name, life. Gives the number of this owner, or who holds the lock. The counter outlives
// every record that has a number of it.
const acquireScript = `
if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('HMGET', KEYS[1], 'name', 'says') end
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'name', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local fence = redis.call('INCR', KEYS[2])
redis.call('PEXPIRE', KEYS[2], 15552000000)
return fence`
const renewScript = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`
// KEYS: lock, record. ARGV: owner, fence, life, name. As for a write.
const confirmScript = `
local owner = redis.call('HGET', KEYS[1], 'token')
if owner and owner ~= ARGV[1] then return 0 end
if tonumber(redis.call('HGET', KEYS[2], 'fence') or '0') > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'name', ARGV[4])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])`
const announceScript = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('HSET', KEYS[1], 'says', ARGV[2])`
const releaseScript = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`

/**
 * Runs `use` while one owner alone, on any machine, holds a lock. It ends by itself soon after its owner has died.
 *
 * @throws {@link OktaConnectError} `cancelled`, `store_failed`; a {@link SupersededError} for an owner that was so slow that
 * the lock has gone to another, when it confirms that it has it, or writes.
 */
export async function withRedisLock<T>(
  connection: RedisConnection,
  name: string,
  use: (lock: RedisLock) => Promise<T>,
  options: ExclusiveOptions,
): Promise<T> {
  const owner = randomUUID()
  const fence = await acquire(connection, name, owner, options)
  const run = (script: string, keys: string[], args: string[]) =>
    connection.run(redis => redis.eval(script, { keys, arguments: args }))
  const renewal = setInterval(() => void run(renewScript, [name], [owner, String(lifeMs)]).catch(() => {}), renewalMs)
  renewal.unref()
  const write = async (place: string, text: string, keptForMs: number) => {
    const isWritten = await run(writeScript, [name, place], [owner, String(fence), text, String(keptForMs)])
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
    // One that cannot be given back ends by itself.
    await run(releaseScript, [name], [owner]).catch(() => {})
  }
}

async function acquire(
  connection: RedisConnection,
  name: string,
  owner: string,
  options: ExclusiveOptions,
): Promise<number> {
  const waiting = new Waiting(options)
  for (let wait = pollMs.first; ; wait = Math.min(wait * 2, pollMs.longest)) {
    const answer = await connection.run(redis =>
      redis.eval(acquireScript, { keys: [name, `${name}:count`], arguments: [owner, self(), String(lifeMs)] }),
    )
    if (typeof answer === 'number') return answer
    const [holder, says] = answer as unknown as (string | null)[]
    waiting.goesOn({ owner: holder ?? 'another process', says: says ?? undefined })
    // So that not all who wait come back at once.
    await sleep(wait * (0.5 + Math.random()), options.signal)
  }
}

function self(): string {
  return `process ${process.pid} on ${hostname()}`
}
