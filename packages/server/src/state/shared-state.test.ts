import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, inject, it, vi } from 'vitest'
import { startRedis } from '../../test/support/redis.test.support.js'
import { createMemoryState } from './memory-state.js'
import { openState } from './open-state.js'
import type { SharedState } from './shared-state.js'

const redisServer = inject('systemNeeds').redisServer

interface Opened extends AsyncDisposable {
  readonly state: SharedState
  /** A lifetime, in milliseconds. */
  readonly lifeMs: number
  /** Lets the lifetime pass. */
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
        // A Redis has a clock of its own: longer than the test takes to read what it has written.
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
  it.skipIf(name === 'Redis' && redisServer === undefined)('keeps its promises', async () => {
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
  })
})

describe.skipIf(redisServer === undefined)('a state in a Redis that goes away', () => {
  it('says so at once, and works again when it is back', async () => {
    await using redis = await startRedis(redisServer ?? '')
    const state = await openState(redis.url, Date.now)
    await redis.kill()
    await expect(state.get('a')).rejects.toMatchObject({ name: 'StateUnavailable' })
    await redis.start()
    await vi.waitFor(() => state.check(), { timeout: 20_000 })
    await state.close()
  })

  it('lets a broker start that is there before its Redis', async () => {
    const redis = await startRedis(redisServer ?? '')
    await redis.kill()
    const state = await openState(redis.url, Date.now)
    await expect(state.check()).rejects.toMatchObject({ name: 'StateUnavailable' })
    await state.close()
  })
})
