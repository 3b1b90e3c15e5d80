import { randomBytes } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject } from 'vitest'
import { rememberEnvironment } from '../../test/support/environment.test.support.js'
import { holdToContract } from './contract.test.support.js'
import { openStore } from './open-store.js'
import { type RedisServer, startRedis } from './redis/redis-server.test.support.js'
import { openRedisStore } from './redis/redis-store.js'
import { type SecretService, startSecretService } from './sealed/secret-service.test.support.js'

const { redisServer, secretService } = inject('systemNeeds')

describe.runIf(redisServer !== undefined)('with a Redis', () => {
  const sealKey = randomBytes(32).toString('base64')
  let redis: RedisServer
  let databases = 0
  beforeAll(async () => {
    redis = await startRedis(redisServer ?? '')
  })
  afterAll(() => redis.stop())

  holdToContract([
    ['Redis', async () => openRedisStore(`${redis.url}/${databases++ % 16}`, { CONNECT_OKTA_STORE_KEY: sealKey })],
  ])
})

describe.runIf(secretService !== undefined)('with a keyring', () => {
  const restoreEnvironment = rememberEnvironment()
  let keyring: SecretService
  beforeAll(async () => {
    keyring = await startSecretService()
    Object.assign(process.env, keyring.environment)
  })
  afterAll(async () => {
    restoreEnvironment()
    await keyring.stop()
  })

  holdToContract([
    [
      'auto',
      async () => {
        process.env.CONNECT_OKTA_STATE_DIR = await mkdtemp(join(tmpdir(), 'store-'))
        return openStore('auto', { notify: ({ message }) => expect.fail(message) })
      },
    ],
  ])
})
