import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, inject, it, vi } from 'vitest'
import { startRedis } from '../../test/support/redis.test.support.js'
import { createMemoryState } from './memory-state.js'
import { openState } from './open-state.js'
import { openRedisState } from './redis-state.js'
import type { SharedState } from './shared-state.js'

const redisServer = inject('systemNeeds').redisServer

interface Opened extends AsyncDisposable {
  readonly state: SharedState
  /** A lifetime, in milliseconds. */
  readonly lifeMs: number
  /** Waits for the lifetime to end. */
  pass(): Promise<unknown>
}

const states: readonly (readonly [string, () => Promise<Opened>])[] = [
  [
    'memory',
    async () => {
      let now = Date.now()
      return {
        state: createMemoryState(() => now),
        lifeMs: 100,
        async pass() {
          now += 101
        },
        async [Symbol.asyncDispose]() {},
      }
    },
  ],
  [
    'Redis',
    async () => {
      const redis = await startRedis(redisServer ?? '')
      const state = await openState(redis.url, Date.now)
      return {
        state,
        // Redis has its own clock: the lifetime must be longer than the test takes to read its values.
        lifeMs: 2_000,
        pass: () => pause(2_050),
        async [Symbol.asyncDispose]() {
          await state.close()
          await redis.kill()
        },
      }
    },
  ],
]

describe.each(states)('a state in %s', (name, open) => {
  it.skipIf(name === 'Redis' && redisServer === undefined)(
    'stores values, keys and counters until their lifetime ends',
    async () => {
      await using opened = await open()
      const { state, lifeMs, pass } = opened
      await state.check()
      await state.set('a', 'one', lifeMs)
      await state.set('b', 'two', 100_000)
      expect(await state.get('a')).toBe('one')
      expect(await state.get('none')).toBeUndefined()
      const added = await Promise.all(Array.from({ length: 10 }, () => state.addOnce('signer', 'once', lifeMs)))
      expect(added.filter(({ isFirst }) => isFirst)).toHaveLength(1)
      const counts = await Promise.all(Array.from({ length: 5 }, () => state.count('rate', lifeMs)))
      expect(counts.map(({ hits }) => hits).sort()).toEqual([1, 2, 3, 4, 5])
      await pass()
      expect(await state.get('a')).toBeUndefined()
      expect((await state.addOnce('signer', 'once', lifeMs)).isFirst).toBe(true)
      expect((await state.addOnce('other', 'once', lifeMs)).isFirst).toBe(true)
      expect((await state.count('rate', lifeMs)).hits).toBe(1)
      await state.set('c', 'three', lifeMs)
      await state.remove('c')
      expect(await state.get('c')).toBeUndefined()
    },
  )
})

describe.skipIf(redisServer === undefined)('a state in a Redis that stops', () => {
  it('fails immediately, and works again when the Redis is back', async () => {
    await using redis = await startRedis(redisServer ?? '')
    const state = await openState(redis.url, Date.now)
    await redis.kill()
    await expect(state.get('a')).rejects.toMatchObject({ name: 'StateUnavailable' })
    await redis.start()
    await vi.waitFor(() => state.check(), { timeout: 20_000 })
    await state.close()
  })

  it('opens when the Redis is not running yet', async () => {
    const redis = await startRedis(redisServer ?? '')
    await redis.kill()
    const state = await openState(redis.url, Date.now)
    await expect(state.check()).rejects.toMatchObject({ name: 'StateUnavailable' })
    await state.close()
  })
})

describe.skipIf(redisServer === undefined)('the states of several processes in a Redis', () => {
  it('accepts assertions of other clients when one client has used too many', async () => {
    await using redis = await startRedis(redisServer ?? '')
    const state = await openRedisState(redis.url, { maxOnce: 2 })
    const add = async (owner: string, key: string, lifeMs = 60_000) => (await state.addOnce(owner, key, lifeMs)).isFirst
    expect([await add('one', 'a', 2_000), await add('one', 'b')]).toEqual([true, true])
    await expect(add('one', 'c')).rejects.toMatchObject({ name: 'StateUnavailable' })
    expect([await add('one', 'b'), await add('other', 'c')]).toEqual([false, true])
    await expect.poll(() => add('one', 'c').catch(() => false)).toBe(true)
    await state.close()
  })

  it('shares the key that encrypts cookies', async () => {
    await using redis = await startRedis(redisServer ?? '')
    const states = await Promise.all([1, 2, 3].map(() => openState(redis.url, Date.now)))
    const keys = await Promise.all(states.map(async state => (await state.encryptionKey()).toString('hex')))
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
    for (const state of states) await state.close()
  })
})
