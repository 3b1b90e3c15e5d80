import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { redisConnection } from './redis-connection.js'

afterEach(() => vi.doUnmock('redis'))

// A client that is connected to no server.
const client = {
  on: () => client,
  connect: async () => client,
  ping: async () => 'PONG',
  ref() {},
  unref() {},
  destroy() {},
}

describe('the package redis', () => {
  it('is not reported as missing when it cannot be loaded', async () => {
    vi.doMock('redis', () => {
      throw new Error('Dynamic require of "node:crypto" is not supported')
    })
    const connection = redisConnection('redis://127.0.0.1:1')
    await expect(connection.run(redis => redis.ping())).rejects.toMatchObject({
      code: 'store_failed',
      message: 'The optional package redis cannot be loaded.',
      hint: expect.stringContaining('bundle'),
    })
    connection.close()
  })

  it('can take longer to load than the time limit of the connection', async () => {
    vi.doMock('redis', async () => {
      await sleep(200)
      return { createClient: () => client }
    })
    const connection = redisConnection('redis://127.0.0.1:1', { connectTimeoutMs: 50 })
    expect(await connection.run(redis => redis.ping())).toBe('PONG')
    connection.close()
  })
})
