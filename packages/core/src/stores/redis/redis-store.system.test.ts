import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type RedisClientType } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { startProgram, stores } from '../../../test/support/program.test.support.js'
import type { Notice } from '../../index.js'
import { openStore } from '../open-store.js'
import type { LockHolder, TokenStore } from '../token-store.js'
import { type RedisServer, startDoorway, startRedis } from './redis-server.test.support.js'
import { openRedisStore } from './redis-store.js'

const { redisServer } = inject('systemNeeds')
const key = 'a'.repeat(64)
const variables = { CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 7).toString('base64') }
const recordOf = (recordKey: string) => ({ schema: 2, kind: 'current', recordKey }) as const

describe.runIf(redisServer !== undefined)('the Redis store', () => {
  let redis: RedisServer
  const notices: Notice[] = []
  const open = (more = {}): TokenStore =>
    openRedisStore(redis.url, { ...variables, ...more }, notice => notices.push(notice))

  beforeAll(async () => {
    redis = await startRedis(redisServer ?? '')
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    notices.length = 0
    await raw(client => client.flushAll())
  })

  async function raw<T>(use: (client: RedisClientType) => Promise<T>): Promise<T> {
    const client = createClient({ url: redis.url }) as RedisClientType
    await client.connect()
    try {
      return await use(client)
    } finally {
      client.destroy()
    }
  }

  it('keeps nothing there that can be read without the key', async () => {
    await open().exclusive(key, slot => slot.write(recordOf('the-secret')))
    const all = await raw(async client => {
      const keys = await client.keys('*')
      return JSON.stringify([keys, await Promise.all(keys.map(name => client.dump(name).then(String)))])
    })
    expect(all).not.toContain('the-secret')
    expect(await open().read(key)).toEqual(recordOf('the-secret'))
  })

  it('misses, with a notice, what another key has sealed', async () => {
    await open().exclusive(key, slot => slot.write(recordOf('x')))
    const other = open({ CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 8).toString('base64') })
    expect(await other.read(key)).toBeUndefined()
    expect(notices).toMatchObject([{ code: 'record_ignored', message: expect.stringContaining('key is gone') }])
  })

  // Write access to Redis does not include the key.
  async function expectMissAfter(change: (sealed: Record<string, string>) => object): Promise<void> {
    await open().exclusive(key, slot => slot.write(recordOf('x')))
    await raw(async client => {
      const [place = ''] = (await client.keys('*')).filter(name => name.endsWith(key))
      const sealed = JSON.parse((await client.hGet(place, 'record')) ?? '')
      await client.hSet(place, 'record', JSON.stringify({ ...sealed, ...change(sealed) }))
    })
    expect(await open().read(key)).toBeUndefined()
    expect(notices).toMatchObject([{ code: 'record_ignored' }])
  }

  it.each(['data', 'tag', 'iv'])('misses, with a notice, a record with another %s', name =>
    expectMissAfter(sealed => ({
      [name]: Buffer.from(Buffer.from(sealed[name] ?? '', 'base64').map(byte => byte ^ 1)).toString('base64'),
    })),
  )

  it.each([
    ['data', 8],
    // GCM knows tags of 4 bytes, which can be guessed (NIST SP 800-38D, appendix C).
    ['tag', 4],
    ['tag', 0],
  ] as const)('misses, with a notice, a record whose %s is cut to %i bytes', (name, bytes) =>
    expectMissAfter(sealed => ({
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
  ])('misses, with a notice, a record whose %s is %s', (name, value) => expectMissAfter(() => ({ [name]: value })))

  it('shows those who wait what they wait for, and nobody without the key', async () => {
    const seen: LockHolder[] = []
    await open().exclusive(key, async slot => {
      await slot.announce('go to https://example.okta.com/authorize')
      const waiting = open().exclusive(key, async () => {}, { onWait: holder => seen.push(holder) })
      await expect.poll(() => seen[0]?.message).toBe('go to https://example.okta.com/authorize')
      const lock = await raw(client => client.hGetAll(`connect-okta:lock:${key}`))
      expect(JSON.stringify(lock)).not.toContain('okta.com')
      const stranger = open({ CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 8).toString('base64') })
      const abort = new AbortController()
      const told = new Promise<LockHolder>(resolve => {
        const refused = stranger.exclusive(key, async () => {}, { onWait: resolve, signal: abort.signal })
        refused.catch(() => {})
      })
      expect((await told).message).toBeUndefined()
      abort.abort()
      void waiting
    })
  })

  it('lets the next one in soon after an owner has died', async () => {
    await raw(client => client.hSet(`connect-okta:lock:${key}`, { token: 'dead', name: 'process 1 on gone' }))
    await raw(client => client.pExpire(`connect-okta:lock:${key}`, 1500))
    const seen: LockHolder[] = []
    const started = performance.now()
    await open().exclusive(key, async () => {}, { onWait: holder => seen.push(holder) })
    expect(performance.now() - started).toBeLessThan(20_000)
    expect(seen).toEqual([{ owner: 'process 1 on gone', message: undefined }])
  })

  it('keeps the lock for as long as its owner lives', async () => {
    const order: string[] = []
    let first: Promise<unknown> | undefined
    await new Promise<void>(isInside => {
      first = open().exclusive(key, async () => {
        isInside()
        await sleep(2500)
        order.push('first')
      })
    })
    await open().exclusive(key, async () => order.push('second'))
    await first
    expect(order).toEqual(['first', 'second'])
  })

  it('says so where the Redis is away, and goes on when it is back, with what it had', async () => {
    const store = open()
    await store.exclusive(key, slot => slot.write(recordOf('before')))
    await redis.kill()
    await expect(store.read(key)).rejects.toMatchObject({
      code: 'store_failed',
      hint: expect.stringContaining('Redis'),
    })
    await redis.start()
    await expect.poll(() => store.read(key).catch(() => undefined), { timeout: 10_000 }).toEqual(recordOf('before'))
  })

  it('connects again when a connection stays open and answers nothing', async () => {
    const doorway = await startDoorway(redis)
    const store = openRedisStore(doorway.url, variables)
    await store.exclusive(key, slot => slot.write(recordOf('before')))
    doorway.hang()
    await expect(store.read(key)).rejects.toMatchObject({ code: 'store_failed' })
    expect(await store.read(key)).toEqual(recordOf('before'))
    await doorway.stop()
  })

  it('keeps no process alive, also when the Redis has gone', async () => {
    const script = `
      import { openStore } from ${stores}
      const store = openStore(${JSON.stringify(redis.url)})
      await store.read('current')
      console.log('read')
      process.stdin.once('data', async () => {
        process.stdin.destroy()
        console.log(await store.read('current').catch(({ code }) => code))
      })`
    const child = startProgram(script, { env: variables })
    const lines = createInterface({ input: child.stdout })
    await once(lines, 'line')
    await redis.kill()
    child.stdin.write('go\n')
    expect(await once(lines, 'line')).toEqual(['store_failed'])
    expect(await once(child, 'exit')).toEqual([0, null])
    await redis.start()
  })

  it('loses nothing where the Redis is restarted while somebody is inside', async () => {
    const store = open()
    await store.exclusive(key, async slot => {
      await redis.kill()
      await redis.start()
      await expect
        .poll(
          () =>
            store.read(key).then(
              () => true,
              () => false,
            ),
          { timeout: 10_000 },
        )
        .toBe(true)
      await slot.write(recordOf('after'))
    })
    expect(await open().read(key)).toEqual(recordOf('after'))
  })

  it('waits for a Redis that is slow', async () => {
    const store = open()
    await store.read(key)
    const [, record] = await Promise.all([redis.pauseFor(500), store.exclusive(key, slot => slot.read())])
    expect(record).toBeUndefined()
  })
})

describe('a Redis store', () => {
  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['no key', {}, /needs an encryption key/],
    ['a key that is too short', { CONNECT_OKTA_STORE_KEY: 'c2hvcnQ=' }, /not 32 bytes/],
    ['a key file that is not there', { CONNECT_OKTA_STORE_KEY_FILE: '/nowhere/store.key' }, /\/nowhere\/store\.key/],
  ])('with %s is refused before anything is sent', (_what, given, message) => {
    expect(() => openRedisStore('redis://127.0.0.1:1', given)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringMatching(message) }),
    )
  })

  it('takes its key from a file, and shows no password of its address', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'redis-key-')), 'key')
    await writeFile(path, `${variables.CONNECT_OKTA_STORE_KEY}\n`)
    const store = openRedisStore('redis://:a-password@127.0.0.1:1/3', { CONNECT_OKTA_STORE_KEY_FILE: path })
    expect(store.location).toBe('redis://127.0.0.1:1/3')
    const attempt = store.read(key)
    await expect(attempt).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.not.stringContaining('a-password'),
    })
  })

  it('is opened by its address', () => {
    const before = process.env.CONNECT_OKTA_STORE_KEY
    process.env.CONNECT_OKTA_STORE_KEY = variables.CONNECT_OKTA_STORE_KEY
    expect(openStore('redis://127.0.0.1:1').location).toBe('redis://127.0.0.1:1')
    if (before === undefined) delete process.env.CONNECT_OKTA_STORE_KEY
    expect(() => openStore('mongodb://127.0.0.1')).toThrow(expect.objectContaining({ code: 'options_invalid' }))
  })
})
