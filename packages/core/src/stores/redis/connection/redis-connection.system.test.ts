import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  type RedisProxy,
  type RedisServer,
  startRedis,
  startRedisProxy,
} from '../../../../test/support/redis-server.test.support.js'
import { type RedisConnection, redisConnection } from './redis-connection.js'

const { redisServer } = inject('systemNeeds')
let redis: RedisServer
let redisProxy: RedisProxy

const unavailable = expect.objectContaining({ code: 'store_failed' })

it.each(['127.0.0.1:6379', 'http://127.0.0.1:6379', 'redis://127.0.0.1/zero'])(
  'rejects the invalid address %s',
  address => {
    expect(() => redisConnection(address)).toThrow(expect.objectContaining({ code: 'options_invalid' }))
  },
)

it('has a location without the password of its address', () => {
  expect(redisConnection('redis://user:secret@127.0.0.1:1/2').location).toBe('redis://127.0.0.1:1/2')
})

it('fails a waiting command at once when it is closed while it connects', async () => {
  // Accepts connections, and does not respond.
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`
  const connection = redisConnection(address, { keepConnected: true, connectTimeoutMs: 60_000 })
  const accepted = once(server, 'connection')
  const command = connection.run(client => client.ping())
  const [socket] = await accepted
  connection.close()
  await expect(command).rejects.toMatchObject({ code: 'store_failed' })
  if (!socket.destroyed) await once(socket.resume(), 'close')
  server.close()
})

describe.skipIf(redisServer === undefined)('redisConnection with keepConnected', () => {
  beforeAll(async () => {
    redis = await startRedis(redisServer ?? '')
    redisProxy = await startRedisProxy(redis)
  })
  afterAll(async () => {
    await redisProxy.stop()
    await redis.stop()
  })

  let connectCount = 0
  async function withConnection(use: (connection: RedisConnection) => Promise<void>): Promise<void> {
    connectCount = 0
    const connection = redisConnection(redisProxy.url, {
      keepConnected: true,
      answerTimeoutMs: 500,
      async onConnect(client) {
        connectCount += 1
        await client.ping()
      },
    })
    try {
      await use(connection)
    } finally {
      connection.close()
    }
  }
  const expectResponse = (connection: RedisConnection) =>
    expect.poll(() => connection.run(client => client.ping()).catch(String))

  it('waits for the first connection attempt when a command is sent earlier', async () => {
    await withConnection(async connection => {
      expect(await connection.run(client => client.ping())).toBe('PONG')
      expect(connectCount).toBe(1)
    })
  })

  it('reconnects in the background when the connection ends', async () => {
    await withConnection(async connection => {
      await connection.run(client => client.ping())
      redisProxy.switchTo(redis)
      await expectResponse(connection).toBe('PONG')
      expect(connectCount).toBe(2)
    })
  })

  it('reconnects without a command when the connection stays open without a response', async () => {
    await withConnection(async connection => {
      await connection.run(client => client.ping())
      redisProxy.stall()
      await expect.poll(() => connectCount, { timeout: 10_000 }).toBe(2)
      await expectResponse(connection).toBe('PONG')
    })
  })

  it('fails at once when there is no connection', async () => {
    await withConnection(async connection => {
      await connection.run(client => client.ping())
      await redis.kill()
      await expect(connection.run(client => client.ping())).rejects.toEqual(unavailable)
      const started = performance.now()
      for (let attempt = 0; attempt < 20; attempt++)
        await expect(connection.run(client => client.ping())).rejects.toEqual(unavailable)
      expect(performance.now() - started).toBeLessThan(500)
      await redis.start()
      await expectResponse(connection).toBe('PONG')
    })
  })

  it('stays closed when it was closed', async () => {
    await withConnection(async connection => {
      await connection.run(client => client.ping())
      connection.close()
      await sleep(300)
      await expect(connection.run(client => client.ping())).rejects.toEqual(unavailable)
      expect(connectCount).toBe(1)
    })
  })
})
