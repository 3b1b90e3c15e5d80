import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject } from 'vitest'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { type RedisServer, startRedis } from '../../test/support/redis-server.test.support.js'
import { useSecretService } from '../../test/support/secret-service.test.support.js'
import { testStoreContract } from './contract.test.support.js'
import { openStore } from './open-store.js'
import { openRedisStore } from './redis/redis-store.js'

const { redisServer, secretService } = inject('systemNeeds')

describe.runIf(redisServer !== undefined)('with a Redis', () => {
  const sealKey = randomBytes(32).toString('base64')
  let redis: RedisServer
  let databases = 0
  beforeAll(async () => {
    redis = await startRedis(redisServer ?? '')
  })
  afterAll(() => redis.stop())

  testStoreContract([
    ['Redis', async () => openRedisStore(`${redis.url}/${databases++ % 16}`, { CONNECT_OKTA_STORE_KEY: sealKey })],
  ])
})

describe.runIf(secretService !== undefined)('with a keyring', () => {
  useSecretService()

  testStoreContract([
    [
      'auto',
      async () => {
        process.env.CONNECT_OKTA_STATE_DIR = await newFolder()
        return openStore('auto', { notify: ({ message }) => expect.fail(message) })
      },
    ],
  ])
})
