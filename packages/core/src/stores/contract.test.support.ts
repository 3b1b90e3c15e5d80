import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { TokenRecord } from './token-record.js'
import type { TokenStore } from './token-store.js'

/** A store by its name, and how to open one that is empty. */
export type StoreRow = readonly [name: string, open: () => Promise<TokenStore>]

const key = 'a'.repeat(64)

/** What stands in a store: a token that nobody gave. */
export function recordOf(accessToken: string): TokenRecord {
  return {
    schema: 2,
    kind: 'token',
    login: { orgUrl: 'https://example.okta.com', clientId: '0oa1', identity: { type: 'user' }, scopes: ['s'] },
    grant: 'client_credentials',
    generation: accessToken,
    accessToken,
    tokenType: 'Bearer',
    grantedScopes: ['s'],
    obtainedAt: 1,
    expiresAt: 2,
  }
}

/** Holds stores to the promises that every store keeps. */
export function holdToContract(stores: readonly StoreRow[]): void {
  describe.each(stores)('the %s store', (_name, open) => {
    it('reads what was written, under its key alone', async () => {
      const store = await open()
      await store.exclusive(key, slot => slot.write(recordOf('one')))
      expect(await store.read(key)).toEqual(recordOf('one'))
      expect(await store.read('b'.repeat(64))).toBeUndefined()
      expect(await store.exclusive(key, slot => slot.read())).toEqual(recordOf('one'))
    })

    it('replaces and removes', async () => {
      const store = await open()
      await store.exclusive(key, slot => slot.write(recordOf('one')))
      await store.exclusive(key, slot => slot.write(recordOf('two')))
      expect(await store.read(key)).toEqual(recordOf('two'))
      await store.exclusive(key, slot => slot.remove())
      await store.exclusive(key, slot => slot.remove())
      expect(await store.read(key)).toBeUndefined()
    })

    it('lets one in at a time, and loses no update', async () => {
      const store = await open()
      let inside = 0
      await Promise.all(
        Array.from({ length: 20 }, () =>
          store.exclusive(key, async slot => {
            expect(++inside).toBe(1)
            const before = await slot.read()
            await sleep(1)
            await slot.write(recordOf(`${before?.kind === 'token' ? before.accessToken : ''}x`))
            inside -= 1
          }),
        ),
      )
      expect(await store.read(key)).toEqual(recordOf('x'.repeat(20)))
    })

    it('lets different keys in side by side', async () => {
      const store = await open()
      const inner = () => store.exclusive('b'.repeat(64), async () => 'inner')
      expect(await store.exclusive(key, inner)).toBe('inner')
    })

    it('lets the next one in after a failure, which keeps its name', async () => {
      const store = await open()
      const failure = new RangeError('from inside')
      await expect(store.exclusive(key, () => Promise.reject(failure))).rejects.toBe(failure)
      expect(await store.exclusive(key, async () => 'next')).toBe('next')
    })

    it('answers who gives up while waiting at once, and never lets them in', async () => {
      const store = await open()
      const abort = new AbortController()
      let leave = () => {}
      const stay = new Promise<void>(resolve => {
        leave = resolve
      })
      let first: Promise<void> | undefined
      await new Promise<void>(isInside => {
        first = store.exclusive(key, () => {
          isInside()
          return stay
        })
      })
      let entered = false
      const second = store.exclusive(
        key,
        async () => {
          entered = true
        },
        { signal: abort.signal },
      )
      abort.abort()
      await expect(second).rejects.toMatchObject({ code: 'cancelled' })
      leave()
      await first
      await store.exclusive(key, async () => {})
      expect(entered).toBe(false)
    })

    it('lets nobody in beside the first when the last in line gives up', async () => {
      const store = await open()
      let inside = 0
      const visit = (signal?: AbortSignal) =>
        store.exclusive(
          key,
          async () => {
            expect(++inside).toBe(1)
            await sleep(30)
            inside -= 1
          },
          { signal },
        )
      const abort = new AbortController()
      const first = visit()
      const second = visit(abort.signal)
      abort.abort()
      await expect(second).rejects.toMatchObject({ code: 'cancelled' })
      await Promise.all([first, visit(), visit()])
    })

    it('lists each login once, also while they are written', async () => {
      const store = await open()
      for (const recordKey of ['a', 'b']) await store.exclusive(recordKey.repeat(64), slot => slot.write(recordOf('x')))
      let listed = 0
      for await (const { recordKey } of store.list()) {
        listed += 1
        expect(listed).toBeLessThan(3)
        await store.exclusive(recordKey, slot => slot.write(recordOf('y')))
      }
      expect(listed).toBe(2)
    })

    it('lists logins without secrets, and nothing else', async () => {
      const store = await open()
      expect(await all(store.list())).toEqual([])
      await store.exclusive(key, slot => slot.write(recordOf('secret-token')))
      await store.exclusive('current', slot => slot.write({ schema: 2, kind: 'current', recordKey: key }))
      const listed = await all(store.list())
      expect(listed).toHaveLength(1)
      expect(listed[0]).toMatchObject({ recordKey: key, clientId: '0oa1', expiresAt: new Date(2) })
      expect(JSON.stringify(listed)).not.toContain('secret-token')
    })
  })
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
