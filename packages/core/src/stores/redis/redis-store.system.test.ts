import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type RedisClientType } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { currentRecord, recordKey } from '../../../test/support/records.test.support.js'
import {
  type RedisServer,
  redisStoreVariables,
  startRedis,
  startRedisProxy,
} from '../../../test/support/redis-server.test.support.js'
import { startProgram, stores } from '../../../test/support/run-program.test.support.js'
import type { Notice } from '../../index.js'
import type { LockHolder, TokenStore } from '../token-store.js'
import { openRedisStore } from './redis-store.js'

const { redisServer } = inject('systemNeeds')

describe.runIf(redisServer !== undefined)('the Redis store', () => {
  let redis: RedisServer
  const notices: Notice[] = []
  const open = (more = {}): TokenStore =>
    openRedisStore(redis.url, { ...redisStoreVariables, ...more }, notice => notices.push(notice))

  beforeAll(async () => {
    redis = await startRedis(redisServer ?? '')
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    notices.length = 0
    await withClient(client => client.flushAll())
  })

  async function withClient<T>(use: (client: RedisClientType) => Promise<T>): Promise<T> {
    const client = createClient({ url: redis.url }) as RedisClientType
    await client.connect()
    try {
      return await use(client)
    } finally {
      client.destroy()
    }
  }

  it('stores only encrypted records', async () => {
    await open().exclusive(recordKey, slot => slot.write(currentRecord('the-secret')))
    const all = await withClient(async client => {
      const keys = await client.keys('*')
      return JSON.stringify([keys, await Promise.all(keys.map(name => client.dump(name).then(String)))])
    })
    expect(all).not.toContain('the-secret')
    expect(await open().read(recordKey)).toEqual(currentRecord('the-secret'))
  })

  it('ignores a record of another key and reports a notice', async () => {
    await open().exclusive(recordKey, slot => slot.write(currentRecord('x')))
    const other = open({ CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 8).toString('base64') })
    expect(await other.read(recordKey)).toBeUndefined()
    expect(await other.read(recordKey)).toBeUndefined()
    expect(notices).toMatchObject([
      { code: 'record_ignored', message: expect.stringMatching(/with another key. Set CONNECT_OKTA_STORE_KEY/) },
    ])
  })

  it('reads with each of its keys, and writes with the first', async () => {
    await open().exclusive(recordKey, slot => slot.write(currentRecord('x')))
    const newKey = Buffer.alloc(32, 8).toString('base64')
    const both = open({ CONNECT_OKTA_STORE_KEY: `${newKey}, ${redisStoreVariables.CONNECT_OKTA_STORE_KEY}` })
    expect(await both.read(recordKey)).toEqual(currentRecord('x'))
    await both.exclusive(recordKey, slot => slot.write(currentRecord('y')))
    expect(await open({ CONNECT_OKTA_STORE_KEY: newKey }).read(recordKey)).toEqual(currentRecord('y'))
    expect(await open().read(recordKey)).toBeUndefined()
  })

  // An attacker with write access to Redis, without the key.
  async function expectIgnoredAfter(change: (sealed: Record<string, string>) => object): Promise<void> {
    await open().exclusive(recordKey, slot => slot.write(currentRecord('x')))
    await withClient(async client => {
      const [place = ''] = (await client.keys('*')).filter(name => name.endsWith(recordKey))
      const sealed = JSON.parse((await client.hGet(place, 'record')) ?? '')
      await client.hSet(place, 'record', JSON.stringify({ ...sealed, ...change(sealed) }))
    })
    expect(await open().read(recordKey)).toBeUndefined()
    expect(notices).toMatchObject([{ code: 'record_ignored' }])
  }

  it.each(['data', 'tag', 'iv'])('ignores a record with a changed %s and reports a notice', name =>
    expectIgnoredAfter(sealed => ({
      [name]: Buffer.from(Buffer.from(sealed[name] ?? '', 'base64').map(byte => byte ^ 1)).toString('base64'),
    })),
  )

  it.each([
    ['data', 8],
    // GCM supports tags of 4 bytes, which can be guessed (NIST SP 800-38D, appendix C).
    ['tag', 4],
    ['tag', 0],
  ] as const)('ignores a record whose %s is truncated to %i bytes and reports a notice', (name, bytes) =>
    expectIgnoredAfter(sealed => ({
      [name]: Buffer.from(sealed[name] ?? '', 'base64')
        .subarray(0, bytes)
        .toString('base64'),
    })),
  )

  it.each([
    ['tag', undefined],
    ['data', 1],
    ['sealedBy', undefined],
    ['schema', 3],
    ['kind', 'token'],
  ])('ignores a record whose %s is %s and reports a notice', (name, value) =>
    expectIgnoredAfter(() => ({ [name]: value })),
  )

  it('shows the announcement of a lock holder only to clients with the key', async () => {
    const holders: LockHolder[] = []
    await open().exclusive(recordKey, async slot => {
      await slot.announce('go to https://example.okta.com/authorize')
      const waiting = open().exclusive(recordKey, async () => {}, { onWait: holder => holders.push(holder) })
      await expect.poll(() => holders[0]?.message).toBe('go to https://example.okta.com/authorize')
      const lock = await withClient(client => client.hGetAll(`connect-okta:lock:${recordKey}`))
      expect(JSON.stringify(lock)).not.toContain('okta.com')
      const storeWithOtherKey = open({ CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 8).toString('base64') })
      const controller = new AbortController()
      const holderWithoutKey = new Promise<LockHolder>(resolve => {
        const waitingWithoutKey = storeWithOtherKey.exclusive(recordKey, async () => {}, {
          onWait: resolve,
          signal: controller.signal,
        })
        waitingWithoutKey.catch(() => {})
      })
      expect((await holderWithoutKey).message).toBeUndefined()
      controller.abort()
      void waiting
    })
  })

  it('frees the lock of a process that ended soon after its expiry', async () => {
    await withClient(client =>
      client.hSet(`connect-okta:lock:${recordKey}`, { token: 'old', name: 'process 1 on other-host' }),
    )
    await withClient(client => client.pExpire(`connect-okta:lock:${recordKey}`, 1500))
    const holders: LockHolder[] = []
    const started = performance.now()
    await open().exclusive(recordKey, async () => {}, { onWait: holder => holders.push(holder) })
    expect(performance.now() - started).toBeLessThan(20_000)
    expect(holders).toEqual([{ owner: 'process 1 on other-host', message: undefined }])
  })

  it('extends the lock while its owner runs', async () => {
    const order: string[] = []
    let first: Promise<unknown> | undefined
    await new Promise<void>(isRunning => {
      first = open().exclusive(recordKey, async () => {
        isRunning()
        await sleep(2500)
        order.push('first')
      })
    })
    await open().exclusive(recordKey, async () => order.push('second'))
    await first
    expect(order).toEqual(['first', 'second'])
  })

  it('reports store_failed while Redis is down and recovers when it is back', async () => {
    const store = open()
    await store.exclusive(recordKey, slot => slot.write(currentRecord('before')))
    await redis.kill()
    await expect(store.read(recordKey)).rejects.toMatchObject({
      code: 'store_failed',
      hint: expect.stringContaining('Redis'),
    })
    await redis.start()
    await expect
      .poll(() => store.read(recordKey).catch(() => undefined), { timeout: 10_000 })
      .toEqual(currentRecord('before'))
  })

  it('reconnects when a connection stays open without a response', async () => {
    const redisProxy = await startRedisProxy(redis)
    const store = openRedisStore(redisProxy.url, redisStoreVariables)
    await store.exclusive(recordKey, slot => slot.write(currentRecord('before')))
    redisProxy.stall()
    await expect(store.read(recordKey)).rejects.toMatchObject({ code: 'store_failed' })
    expect(await store.read(recordKey)).toEqual(currentRecord('before'))
    await redisProxy.stop()
  })

  it('does not keep the process running, even when Redis is down', async () => {
    const script = `
      import { openStore } from ${stores}
      const store = openStore(${JSON.stringify(redis.url)})
      await store.read('current')
      console.log('read')
      process.stdin.once('data', async () => {
        process.stdin.destroy()
        console.log(await store.read('current').catch(({ code }) => code))
      })`
    const child = startProgram(script, { env: redisStoreVariables })
    const lines = createInterface({ input: child.stdout })
    await once(lines, 'line')
    await redis.kill()
    child.stdin.write('go\n')
    expect(await once(lines, 'line')).toEqual(['store_failed'])
    expect(await once(child, 'exit')).toEqual([0, null])
    await redis.start()
  })

  it('keeps the lock and writes the record when Redis restarts during a callback', async () => {
    const store = open()
    await store.exclusive(recordKey, async slot => {
      await redis.kill()
      await redis.start()
      await expect
        .poll(
          () =>
            store.read(recordKey).then(
              () => true,
              () => false,
            ),
          { timeout: 10_000 },
        )
        .toBe(true)
      await slot.write(currentRecord('after'))
    })
    expect(await open().read(recordKey)).toEqual(currentRecord('after'))
  })

  it('waits for a slow Redis', async () => {
    const store = open()
    await store.read(recordKey)
    const [, record] = await Promise.all([redis.pauseFor(500), store.exclusive(recordKey, slot => slot.read())])
    expect(record).toBeUndefined()
  })
})
