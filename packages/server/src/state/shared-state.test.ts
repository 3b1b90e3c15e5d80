import { describe, expect, inject, it } from 'vitest'
import { startRedis } from '../redis.test.support.js'
import { createMemoryState } from './memory-state.js'
import { openState } from './open-state.js'
import type { SharedState } from './shared-state.js'

const redisServer = inject('systemNeeds').redisServer

interface Opened extends AsyncDisposable {
  readonly state: SharedState
  /** Lets the lifetime of 100 ms pass. */
  pass(): Promise<void>
}

const states: readonly (readonly [string, () => Promise<Opened>])[] = [
  [
    'memory',
    async () => {
      let now = Date.now()
      return {
        state: createMemoryState(() => now),
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
        pass: () => new Promise(resolve => setTimeout(resolve, 150)),
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
    const { state, pass } = opened
    await state.check()
    await state.set('a', 'one', 100)
    await state.set('b', 'two', 100_000)
    expect(await state.get('a')).toBe('one')
    expect(await state.get('none')).toBeUndefined()
    const added = await Promise.all(Array.from({ length: 10 }, () => state.addOnce('signer', 'once', 100)))
    expect(added.filter(({ isFirst }) => isFirst)).toHaveLength(1)
    const counts = await Promise.all(Array.from({ length: 5 }, () => state.count('rate', 100)))
    expect(counts.map(({ hits }) => hits).sort()).toEqual([1, 2, 3, 4, 5])
    await pass()
    expect(await state.get('a')).toBeUndefined()
    expect((await state.addOnce('signer', 'once', 100)).isFirst).toBe(true)
    expect((await state.addOnce('other', 'once', 100)).isFirst).toBe(true)
    expect((await state.count('rate', 100)).hits).toBe(1)
    await state.set('c', 'three', 100)
    await state.remove('c')
    expect(await state.get('c')).toBeUndefined()
  })
})

describe.skipIf(redisServer === undefined)('a state in a Redis that goes away', () => {
  it('says so at once, and works again when it is back', async () => {
    await using redis = await startRedis(redisServer ?? '')
    const state = await openState(redis.url, Date.now)
    await redis.kill()
    const before = performance.now()
    await expect(state.get('a')).rejects.toMatchObject({ name: 'StateUnavailable' })
    expect(performance.now() - before).toBeLessThan(2_500)
    await redis.start()
    while (true) {
      const isBack = await state.check().then(
        () => true,
        () => false,
      )
      if (isBack) break
      await new Promise(resolve => setTimeout(resolve, 50))
    }
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
