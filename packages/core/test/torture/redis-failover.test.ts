import { startOktaEmulator } from '@connect-okta/emulator'
import { createClient } from 'redis'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { type ConnectOptions, connect, type Deps, type OktaSession, resume } from '../../src/index.js'
import { openRedisStore } from '../../src/stores/redis/redis-store.js'
import type { TokenStore } from '../../src/stores/token-store.js'
import { currentRecord, recordKey } from '../support/records.test.support.js'
import {
  type RedisProxy,
  type RedisServer,
  redisStoreVariables,
  startRedis,
  startRedisProxy,
} from '../support/redis-server.test.support.js'
import { serviceAppOptions } from '../support/service-org.test.support.js'
import { freeRedirectUri, TestUser } from '../support/sign-in-org.test.support.js'

const { redisServer } = inject('systemNeeds')

// Redis replicates asynchronously: the replica can miss the last writes of the primary.
describe.runIf(redisServer !== undefined)('the Redis store after a failover to the replica', () => {
  let primary: RedisServer
  let replica: RedisServer
  let redisProxy: RedisProxy
  /** Opens a store with its own connection, as another machine does. */
  const openNewStore = (): TokenStore => openRedisStore(redisProxy.url, redisStoreVariables)

  beforeEach(async () => {
    ;[primary, replica] = await Promise.all([startRedis(redisServer ?? ''), startRedis(redisServer ?? '')])
    await replica.follow(primary)
    redisProxy = await startRedisProxy(primary)
    return async () => {
      await redisProxy.stop()
      await Promise.all([primary.stop(), replica.stop()])
    }
  })

  /** Whether a lock has reached this server. */
  async function isLocked({ url }: RedisServer): Promise<boolean> {
    const client = createClient({ url })
    await client.connect()
    try {
      return (await client.keys('connect-okta:lock:*[0-9a-f]')).length > 0
    } finally {
      client.destroy()
    }
  }

  async function failOver(): Promise<void> {
    await primary.kill()
    await replica.follow(undefined)
    redisProxy.switchTo(replica)
  }

  describe('used by a service app', () => {
    it.each([
      ['sends one token request when the lock was replicated', 1],
      ['sends one more token request when the lock was not replicated', 2],
    ])('%s, and every client gets a valid token', async (_what, requests) => {
      await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
      const options = serviceAppOptions(okta)
      await connect(options, { store: openNewStore(), now: () => Date.now() - 2 * 3600_000 })
      await expect.poll(() => openRedisStore(replica.url, redisStoreVariables).read('current')).toBeDefined()
      if (requests === 2) await replica.follow(undefined)
      let tokenRequests = 0
      let endFailover = () => {}
      const failover = new Promise<void>(resolve => {
        endFailover = resolve
      })
      // The client that holds the lock waits for Okta's response during the failover.
      const counting: typeof fetch = async (...args) => {
        tokenRequests += 1
        await failover
        return await fetch(...args)
      }
      const clients = Array.from({ length: 20 }, () =>
        connectWithRetry(options, { store: openNewStore(), fetch: counting }),
      )
      await expect.poll(() => tokenRequests).toBe(1)
      if (requests === 1) await expect.poll(() => isLocked(replica)).toBe(true)
      await failOver()
      // Without the lock, another client sends a request before the first one has its response.
      await expect.poll(() => tokenRequests, { timeout: 20_000 }).toBe(requests)
      endFailover()
      const sessions = await Promise.all(clients)

      expect(tokenRequests).toBe(requests)
      await connect(options, { store: openNewStore(), fetch: counting })
      expect(tokenRequests).toBe(requests)
      for (const session of sessions) {
        expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
      }
    })

    it('rejects a write of the old lock owner when the new owner has the same fencing token', async () => {
      await replica.follow(undefined)
      const lateWrite = openNewStore().exclusive(recordKey, async slot => {
        await failOver()
        await openNewStore().exclusive(recordKey, other => other.write(currentRecord('newer')))
        await slot.write(currentRecord('older'))
      })
      await expect(lateWrite).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringContaining('took over'),
      })
      expect(await openNewStore().read(recordKey)).toEqual(currentRecord('newer'))
    })
  })

  describe('used by a user', () => {
    it.each([
      ['refreshes within the grace period of Okta', 30, 'refresh'],
      ['requires a sign-in when there is no grace period', 0, 'login_required'],
    ])('%s when the last refresh was not replicated', async (_what, refreshGraceSeconds, expected) => {
      const redirectUri = await freeRedirectUri()
      const clients = [{ kind: 'spa' as const, redirectUris: [redirectUri] }]
      await using okta = await startOktaEmulator({ refreshGraceSeconds, clients })
      const { clientId } = okta.client('spa')
      const { openBrowser } = new TestUser(okta)
      const scopes = ['okta.users.read']
      const app = { tenant: okta.orgUrl.origin, clientId, scopes, redirectUri }
      const session = await connect(app, { store: openNewStore(), openBrowser })
      await expect.poll(() => openRedisStore(replica.url, redisStoreVariables).read('current')).toBeDefined()
      await replica.follow(undefined)
      expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
      await failOver()

      const resumed = await resume({}, { store: openNewStore() })
      const outcome = await resumed.token({ forceRefresh: true }).then(
        ({ source }) => source,
        ({ code }) => code,
      )
      expect(outcome).toBe(expected)
    })
  })
})

// A command that was in progress during the failover fails with store_failed.
async function connectWithRetry(options: ConnectOptions, deps: Partial<Deps>): Promise<OktaSession> {
  for (;;) {
    try {
      return await connect(options, deps)
    } catch (error) {
      expect(error).toMatchObject({ code: 'store_failed' })
    }
  }
}
