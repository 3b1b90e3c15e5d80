import { startOktaEmulator } from '@connect-okta/emulator'
import { createClient } from 'redis'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { type ConnectOptions, connect, type Deps, type OktaSession, resume } from '../../src/index.js'
import {
  type RedisDoorway,
  type RedisServer,
  startDoorway,
  startRedis,
} from '../../src/stores/redis/redis-server.test.support.js'
import { openRedisStore } from '../../src/stores/redis/redis-store.js'
import type { TokenStore } from '../../src/stores/token-store.js'
import { freeRedirectUri, Person } from '../support/person.test.support.js'

const { redisServer } = inject('systemNeeds')
const key = 'a'.repeat(64)
const recordOf = (recordKey: string) => ({ schema: 2, kind: 'current', recordKey }) as const
const variables = { CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 7).toString('base64') }

// A replica is told of what is written, and nobody waits for it: what the primary took last can be missing there.
describe.runIf(redisServer !== undefined)('a Redis that fails over to its replica', () => {
  let primary: RedisServer
  let replica: RedisServer
  let doorway: RedisDoorway
  /** A store with a connection of its own, as another machine has. */
  const anotherStore = (): TokenStore => openRedisStore(doorway.url, variables)

  beforeEach(async () => {
    ;[primary, replica] = await Promise.all([startRedis(redisServer ?? ''), startRedis(redisServer ?? '')])
    await replica.follow(primary)
    doorway = await startDoorway(primary)
    return async () => {
      await doorway.stop()
      await Promise.all([primary.stop(), replica.stop()])
    }
  })

  /** Whether a Redis has heard of a lock. */
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
    doorway.leadTo(replica)
  }

  describe('to an app with a key', () => {
    it.each([
      ['costs nothing more where it had heard of the lock', 1],
      ['costs one request more where it had not', 2],
    ])('%s, and every caller gets a token that is good', async (_what, requests) => {
      await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
      const { clientId, jwk } = okta.client('service')
      const options = { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], jsonWebKey: jwk as object }
      await connect(options, { store: anotherStore(), now: () => Date.now() - 2 * 3600_000 })
      await expect.poll(() => openRedisStore(replica.url, variables).read('current')).toBeDefined()
      if (requests === 2) await replica.follow(undefined)
      let asked = 0
      let failedOver = () => {}
      const failover = new Promise<void>(resolve => {
        failedOver = resolve
      })
      // The one inside has asked Okta and has no answer yet when the failover comes.
      const counting: typeof fetch = async (...args) => {
        asked += 1
        await failover
        return await fetch(...args)
      }
      const callers = Array.from({ length: 20 }, () =>
        connectAtLast(options, { store: anotherStore(), fetch: counting }),
      )
      await expect.poll(() => asked).toBe(1)
      if (requests === 1) await expect.poll(() => isLocked(replica)).toBe(true)
      await failOver()
      failedOver()
      const sessions = await Promise.all(callers)

      expect(asked).toBe(requests)
      await connect(options, { store: anotherStore(), fetch: counting })
      expect(asked).toBe(requests)
      for (const session of sessions) {
        expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
      }
    })

    it('keeps what the new owner has written from the old one, who drew the same number', async () => {
      await replica.follow(undefined)
      const late = anotherStore().exclusive(key, async slot => {
        await failOver()
        await anotherStore().exclusive(key, other => other.write(recordOf('newer')))
        await slot.write(recordOf('older'))
      })
      await expect(late).rejects.toMatchObject({ code: 'store_failed', message: expect.stringContaining('took over') })
      expect(await anotherStore().read(key)).toEqual(recordOf('newer'))
    })
  })

  describe('to a person', () => {
    it.each([
      ['saves the login within the grace period of Okta', 30, 'refresh'],
      ['asks them to sign in where there is no grace period', 0, 'login_required'],
    ])('whose last refresh it had not yet heard of %s', async (_what, refreshGraceSeconds, expected) => {
      const redirectUri = await freeRedirectUri()
      const clients = [{ kind: 'spa' as const, redirectUris: [redirectUri] }]
      await using okta = await startOktaEmulator({ refreshGraceSeconds, clients })
      const { clientId } = okta.client('spa')
      const { openBrowser } = new Person(okta)
      const scopes = ['okta.users.read']
      const app = { tenant: okta.orgUrl.origin, clientId, scopes, redirectUri }
      const session = await connect(app, { store: anotherStore(), openBrowser })
      await expect.poll(() => openRedisStore(replica.url, variables).read('current')).toBeDefined()
      await replica.follow(undefined)
      expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
      await failOver()

      const later = await resume({}, { store: anotherStore() })
      const outcome = await later.token({ forceRefresh: true }).then(
        ({ source }) => source,
        ({ code }) => code,
      )
      expect(outcome).toBe(expected)
    })
  })
})

// Whoever was in the middle of a command hears that the store is away, and tries again.
async function connectAtLast(options: ConnectOptions, deps: Partial<Deps>): Promise<OktaSession> {
  for (;;) {
    try {
      return await connect(options, deps)
    } catch (error) {
      expect(error).toMatchObject({ code: 'store_failed' })
    }
  }
}
