import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { newFolder } from '../../../test/support/new-folder.test.support.js'
import { currentRecord, recordKey } from '../../../test/support/records.test.support.js'
import { redisStoreVariables, sendCommand, startRedis } from '../../../test/support/redis-server.test.support.js'
import {
  password,
  type RedisTopology,
  redisTopologies,
  startCluster,
  startSentinels,
  startTlsServer,
} from '../../../test/support/redis-topologies.test.support.js'
import { runProgram, stores } from '../../../test/support/run-program.test.support.js'
import { redisConnection } from './connection/redis-connection.js'
import { redisEviction } from './connection/redis-eviction.js'
import { openRedisStore } from './redis-store.js'

const { redisServer = '' } = inject('systemNeeds')
const stops: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function started(start: (command: string) => Promise<RedisTopology>): Promise<RedisTopology> {
  const topology = await start(redisServer)
  stops.push(topology.stop)
  return topology
}

const otherKeys = Array.from({ length: 12 }, (_, index) => index.toString(16).repeat(64))

describe.runIf(redisServer !== '')('after the primary was killed', () => {
  it.each([
    ['Redis Sentinel', startSentinels],
    ['Redis Cluster', startCluster],
  ])(
    'a store in %s reads and writes again',
    async (_name, start) => {
      const topology = await started(start)
      const store = openRedisStore(topology.address, redisStoreVariables)
      const keys = [recordKey, ...otherKeys]
      for (const key of keys) await store.exclusive(key, slot => slot.write(currentRecord('before')))
      await topology.killPrimary()
      for (const key of keys) {
        const write = () =>
          store.exclusive(key, slot => slot.write(currentRecord('after'))).then(() => 'written', String)
        await expect.poll(write, { timeout: 30_000, interval: 200 }).toBe('written')
      }
      for (const key of keys) expect(await store.read(key)).toEqual(currentRecord('after'))
    },
    60_000,
  )

  it.each([
    ['Redis Sentinel', startSentinels],
    ['Redis Cluster', startCluster],
  ])(
    'a connection to %s that is kept recovers without a command',
    async (_name, start) => {
      const topology = await started(start)
      let connectCount = 0
      const connection = redisConnection(topology.address, {
        keepConnected: true,
        onConnect: async () => void connectCount++,
      })
      stops.push(async () => connection.close())
      await connection.run(redis => redis.set('connect-okta:{a}', '1'))
      await topology.killPrimary()
      await expect
        .poll(() => connection.run(redis => redis.set('connect-okta:{a}', '2')).catch(String), { timeout: 30_000 })
        .toBe('OK')
      expect(connectCount).toBeGreaterThan(0)
    },
    60_000,
  )
})

describe.runIf(redisServer !== '').each(redisTopologies)('a program that uses %s', (_name, start) => {
  it('ends by itself, and gets the certificates from variables', async () => {
    const { address, options, stop } = await start(redisServer)
    stops.push(stop)
    const folder = await newFolder()
    const env: Record<string, string> = { ...redisStoreVariables }
    const files = {
      CONNECT_OKTA_REDIS_CA: options.ca,
      CONNECT_OKTA_REDIS_CERTIFICATE: options.certificate,
      CONNECT_OKTA_REDIS_KEY: options.key,
    }
    for (const [variable, text] of Object.entries(files)) {
      if (text === undefined) continue
      env[variable] = join(folder, variable)
      await writeFile(env[variable], text)
    }
    const withUser =
      options.username === undefined ? address : address.replace('//', `//${options.username}:${options.password}@`)
    const script = `
      import { openStore } from ${stores}
      const store = openStore(${JSON.stringify(withUser)})
      const key = 'b'.repeat(64)
      await store.exclusive(key, slot => slot.write({ schema: 2, kind: 'current', recordKey: 'b'.repeat(64) }))
      process.stdout.write(String((await store.read(key)).kind))`
    expect(await runProgram(script, { env })).toBe('current')
  }, 60_000)
})

describe.runIf(redisServer !== '')('an error', () => {
  async function errorOf(address: string, options = {}) {
    const connection = redisConnection(address, { connectTimeoutMs: 3_000, ...options })
    const error = await connection
      .run(redis => redis.set('connect-okta:x', '1'))
      .then(
        () => expect.unreachable('the command succeeded'),
        caught => caught,
      )
    connection.close()
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain(password)
    return error
  }

  it('of Sentinels names what is wrong', async () => {
    const { address } = await started(startSentinels)
    expect(await errorOf(address.replace('master=okta', 'master=other'))).toMatchObject({
      code: 'store_failed',
      hint: 'Check the parameter master of the address.',
    })
    expect((await errorOf('redis-sentinel://127.0.0.1:1?master=okta')).message).toContain('refuses connections')
    // One Sentinel is enough.
    const partly = redisConnection(address.replace('://', '://127.0.0.1:1,'))
    expect(await partly.run(redis => redis.set('connect-okta:x', '1'))).toBe('OK')
    partly.close()
  }, 60_000)

  it('of a Cluster names what is wrong', async () => {
    const single = await startRedis(redisServer)
    stops.push(single.stop)
    expect((await errorOf(single.url.replace('redis:', 'redis-cluster:'))).hint).toContain('Use redis:// instead')
    expect((await errorOf('redis-cluster://127.0.0.1:1')).message).toContain('refuses connections')
    const wrong = single.url.replace('redis://', `redis-cluster://ann:${password}@`)
    expect((await errorOf(wrong)).message).toContain('WRONGPASS')
  })

  it('of TLS names the missing certificate', async () => {
    const { address, options } = await started(startTlsServer)
    const { certificate: _certificate, key: _key, ...withoutCertificate } = options
    expect((await errorOf(address, withoutCertificate)).hint).toContain('CONNECT_OKTA_REDIS_CERTIFICATE')
    expect((await errorOf(address, { ...options, password: 'wrong' })).message).toContain('WRONGPASS')
    expect((await errorOf(address, { ...options, ca: undefined })).hint).toContain('CONNECT_OKTA_REDIS_CA')
  })

  it('of a socket names the path', async () => {
    expect(await errorOf('unix:///no/such/redis.sock')).toMatchObject({
      message: expect.stringContaining('unix:///no/such/redis.sock has no socket at this path'),
    })
  })
})

describe.runIf(redisServer !== '')('redisEviction', () => {
  it('is possible when one primary of a Cluster may evict keys', async () => {
    const { address } = await started(startCluster)
    const connection = redisConnection(address)
    expect(await connection.run(redisEviction)).toBe('impossible')
    const [, second = ''] = address.replace(/^.*:\/\//, '').split(',')
    await sendCommand(`redis://${second}`, ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'])
    expect(await connection.run(redisEviction)).toBe('possible')
    connection.close()
  }, 60_000)

  it('is read by INFO when CONFIG is blocked, and unknown when both are', async () => {
    const redis = await startRedis(redisServer)
    stops.push(redis.stop)
    const ofUser = async (...rules: string[]) => {
      await sendCommand(redis.url, ['ACL', 'SETUSER', 'okta', 'reset', 'on', `>${password}`, '~*', '+@all', ...rules])
      const connection = redisConnection(redis.url.replace('//', `//okta:${password}@`))
      const eviction = await connection.run(redisEviction)
      connection.close()
      return eviction
    }
    expect(await ofUser('-config')).toBe('impossible')
    expect(await ofUser('-config', '-info')).toBe('unknown')
    await sendCommand(redis.url, ['CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru'])
    expect(await ofUser('-config')).toBe('possible')
  })
})

describe.runIf(redisServer !== '')('the names of the keys', () => {
  it('have a hash tag in a Cluster only, so that records of one Redis stay', async () => {
    const { address } = await started(startCluster)
    const single = await startRedis(redisServer)
    stops.push(single.stop)
    for (const [url, expected] of [
      [address, `connect-okta:record:{${recordKey}}`],
      [single.url, `connect-okta:record:${recordKey}`],
    ] as const) {
      await openRedisStore(url, redisStoreVariables).exclusive(recordKey, slot => slot.write(currentRecord('x')))
      const connection = redisConnection(url)
      expect(await connection.run(redis => redis.exists(expected))).toBe(1)
      connection.close()
    }
  }, 60_000)
})
