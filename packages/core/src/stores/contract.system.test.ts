import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { type RedisServer, startRedis } from '../../test/support/redis-server.test.support.js'
import { type RedisTopology, redisTopologies } from '../../test/support/redis-topologies.test.support.js'
import { useSecretService } from '../../test/support/secret-service.test.support.js'
import { currentEnvironment } from '../environment.js'
import { openManagedKeys } from '../oauth/managed-keys/open-managed-keys.js'
import { testStoreContract } from './contract.test.support.js'
import { openManagedKeyStore } from './managed-keys/managed-key-store.js'
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

describe.runIf(redisServer !== undefined).each(redisTopologies)('with %s', (name, start) => {
  const variables = { CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') }
  let topology: RedisTopology
  beforeAll(async () => {
    topology = await start(redisServer ?? '')
  }, 60_000)
  afterAll(() => topology.stop())

  testStoreContract([
    [
      name,
      async () => {
        await topology.clear()
        return openRedisStore(topology.address, variables, undefined, topology.options)
      },
    ],
  ])

  it('has managed keys that every process shares', async () => {
    await topology.clear()
    const environment = currentEnvironment(variables)
    const open = () => {
      const store = openManagedKeyStore(topology.address, { environment, redis: topology.options })
      return openManagedKeys({ name: 'users', store, type: 'P-256' })
    }
    const states = await Promise.all([open(), open(), open()].map(keys => keys.rotateIfDue()))
    expect(new Set(states.map(({ keys: [key] }) => key?.kid)).size).toBe(1)
    await expect(open().jwks()).resolves.toMatchObject({ keys: [{ kid: states[0]?.keys[0]?.kid }] })
  })
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
