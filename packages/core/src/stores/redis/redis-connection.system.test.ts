import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RedisConnection, redisConnection } from './redis-connection.js'
import { type RedisDoorway, type RedisServer, startDoorway, startRedis } from './redis-server.test.support.js'

const { redisServer } = inject('systemNeeds')
let redis: RedisServer
let doorway: RedisDoorway

const unavailable = expect.objectContaining({ code: 'store_failed' })

it.each(['127.0.0.1:6379', 'http://127.0.0.1:6379', 'redis://127.0.0.1/zero'])(
  'rejects the address %s when it is not one of a Redis',
  address => {
    expect(() => redisConnection(address)).toThrow(expect.objectContaining({ code: 'options_invalid' }))
  },
)

it('shows no password when it names its location', () => {
  expect(redisConnection('redis://user:secret@127.0.0.1:1/2').location).toBe('redis://127.0.0.1:1/2')
})

describe.skipIf(redisServer === undefined)('a connection that is kept', () => {
  beforeAll(async () => {
    redis = await startRedis(redisServer ?? '')
    doorway = await startDoorway(redis)
  })
  afterAll(async () => {
    await doorway.stop()
    await redis.stop()
  })

  let connects = 0
  async function withConnection(use: (connection: RedisConnection) => Promise<void>): Promise<void> {
    connects = 0
    const connection = redisConnection(doorway.url, {
      keepConnected: true,
      answerTimeoutMs: 500,
      async onConnect(client) {
        connects += 1
        await client.ping()
      },
    })
    try {
      await use(connection)
    } finally {
      connection.close()
    }
  }
  const answers = (connection: RedisConnection) =>
    expect.poll(() => connection.run(client => client.ping()).catch(String))

  it('waits for the first attempt when a command comes before it is over', async () => {
    await withConnection(async connection => {
      expect(await connection.run(client => client.ping())).toBe('PONG')
      expect(connects).toBe(1)
    })
  })

  it('reconnects in the background when the connection ends', async () => {
    await withConnection(async connection => {
      await connection.run(client => client.ping())
      doorway.leadTo(redis)
      await answers(connection).toBe('PONG')
      expect(connects).toBe(2)
    })
  })

  it('reconnects without a command when the connection stays open and nothing answers', async () => {
    await withConnection(async connection => {
      await connection.run(client => client.ping())
      doorway.hang()
      await expect.poll(() => connects, { timeout: 10_000 }).toBe(2)
      await answers(connection).toBe('PONG')
    })
  })

  it('fails at once when there is no connection', async () => {
    await withConnection(async connection => {
      await connection.run(client => client.ping())
      await redis.kill()
      await expect(connection.run(client => client.ping())).rejects.toEqual(unavailable)
      const started = performance.now()
      for (let n = 0; n < 20; n++) await expect(connection.run(client => client.ping())).rejects.toEqual(unavailable)
      expect(performance.now() - started).toBeLessThan(500)
      await redis.start()
      await answers(connection).toBe('PONG')
    })
  })

  it('stays closed when it was closed', async () => {
    await withConnection(async connection => {
      await connection.run(client => client.ping())
      connection.close()
      await sleep(300)
      await expect(connection.run(client => client.ping())).rejects.toEqual(unavailable)
      expect(connects).toBe(1)
    })
  })
})
