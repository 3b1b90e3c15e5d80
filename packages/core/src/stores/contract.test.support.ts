import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { currentRecord, recordKey, tokenRecord } from '../../test/support/records.test.support.js'
import type { TokenStore } from './token-store.js'

/** The name of a store and a function that opens an empty one. */
export type StoreCase = readonly [name: string, open: () => Promise<TokenStore>]

const recordWith = (accessToken: string) => tokenRecord({ accessToken })

/** Tests the contract of {@link TokenStore} with each of these stores. */
export function testStoreContract(stores: readonly StoreCase[]): void {
  describe.each(stores)('the %s store', (_name, open) => {
    it('returns a record only for the key that it was written with', async () => {
      const store = await open()
      await store.exclusive(recordKey, slot => slot.write(recordWith('one')))
      expect(await store.read(recordKey)).toEqual(recordWith('one'))
      expect(await store.read('b'.repeat(64))).toBeUndefined()
      expect(await store.exclusive(recordKey, slot => slot.read())).toEqual(recordWith('one'))
    })

    it('replaces and removes a record', async () => {
      const store = await open()
      await store.exclusive(recordKey, slot => slot.write(recordWith('one')))
      await store.exclusive(recordKey, slot => slot.write(recordWith('two')))
      expect(await store.read(recordKey)).toEqual(recordWith('two'))
      await store.exclusive(recordKey, slot => slot.remove())
      await store.exclusive(recordKey, slot => slot.remove())
      expect(await store.read(recordKey)).toBeUndefined()
    })

    it('runs one callback at a time for a key and loses no update', async () => {
      const store = await open()
      let running = 0
      await Promise.all(
        Array.from({ length: 20 }, () =>
          store.exclusive(recordKey, async slot => {
            expect(++running).toBe(1)
            const before = await slot.read()
            await sleep(1)
            await slot.write(recordWith(`${before?.kind === 'token' ? before.accessToken : ''}x`))
            running -= 1
          }),
        ),
      )
      expect(await store.read(recordKey)).toEqual(recordWith('x'.repeat(20)))
    })

    it('runs callbacks for different keys concurrently', async () => {
      const store = await open()
      const inner = () => store.exclusive('b'.repeat(64), async () => 'inner')
      expect(await store.exclusive(recordKey, inner)).toBe('inner')
    })

    it('rethrows the error of a callback and releases the lock', async () => {
      const store = await open()
      const failure = new RangeError('from the callback')
      await expect(store.exclusive(recordKey, () => Promise.reject(failure))).rejects.toBe(failure)
      expect(await store.exclusive(recordKey, async () => 'next')).toBe('next')
    })

    it('rejects at once and never runs the callback when the signal aborts during the wait', async () => {
      const store = await open()
      const controller = new AbortController()
      let release = () => {}
      const released = new Promise<void>(resolve => {
        release = resolve
      })
      let first: Promise<void> | undefined
      await new Promise<void>(isRunning => {
        first = store.exclusive(recordKey, () => {
          isRunning()
          return released
        })
      })
      let hasRun = false
      const second = store.exclusive(
        recordKey,
        async () => {
          hasRun = true
        },
        { signal: controller.signal },
      )
      controller.abort()
      await expect(second).rejects.toMatchObject({ code: 'cancelled' })
      release()
      await first
      await store.exclusive(recordKey, async () => {})
      expect(hasRun).toBe(false)
    })

    it('runs one callback at a time when the last waiting one is aborted', async () => {
      const store = await open()
      let running = 0
      const run = (signal?: AbortSignal) =>
        store.exclusive(
          recordKey,
          async () => {
            expect(++running).toBe(1)
            await sleep(30)
            running -= 1
          },
          { signal },
        )
      const controller = new AbortController()
      const first = run()
      const second = run(controller.signal)
      controller.abort()
      await expect(second).rejects.toMatchObject({ code: 'cancelled' })
      await Promise.all([first, run(), run()])
    })

    it('lists each sign-in once, even while records are written', async () => {
      const store = await open()
      for (const letter of ['a', 'b']) await store.exclusive(letter.repeat(64), slot => slot.write(recordWith('x')))
      let listed = 0
      for await (const info of store.list()) {
        listed += 1
        expect(listed).toBeLessThan(3)
        await store.exclusive(info.recordKey, slot => slot.write(recordWith('y')))
      }
      expect(listed).toBe(2)
    })

    it('lists only sign-ins, without secrets', async () => {
      const store = await open()
      expect(await collect(store.list())).toEqual([])
      await store.exclusive(recordKey, slot => slot.write(recordWith('secret-token')))
      await store.exclusive('current', slot => slot.write(currentRecord(recordKey)))
      const listed = await collect(store.list())
      expect(listed).toHaveLength(1)
      expect(listed[0]).toMatchObject({ recordKey, clientId: '0oa1', expiresAt: new Date(2) })
      expect(JSON.stringify(listed)).not.toContain('secret-token')
    })
  })
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
