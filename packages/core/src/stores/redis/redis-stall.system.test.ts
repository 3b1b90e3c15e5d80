import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { startServiceOrg } from '../../../test/support/service-app.test.support.js'
import { connect } from '../../index.js'
import type { ClientSigner } from '../../keys/client-key.js'
import type { TokenStore } from '../token-store.js'
import { type RedisServer, startRedis } from './redis-server.test.support.js'
import { openRedisStore } from './redis-store.js'

const { redisServer } = inject('systemNeeds')
const key = 'a'.repeat(64)
const variables = { CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 7).toString('base64') }
const recordOf = (recordKey: string) => ({ schema: 2, kind: 'current', recordKey }) as const

describe.runIf(redisServer !== undefined)('a process that stalls while it holds a lock in Redis', () => {
  let redis: RedisServer
  const open = (): TokenStore => openRedisStore(redis.url, variables)
  beforeAll(async () => {
    redis = await startRedis(redisServer ?? '')
  })
  afterAll(() => redis.stop())
  beforeEach(() => forget('*'))

  /** As the time does that a stalled process loses: what it holds runs out. */
  async function forget(pattern: string): Promise<void> {
    const client = createClient({ url: redis.url })
    await client.connect()
    const keys = await client.keys(pattern)
    if (keys.length > 0) await client.del(keys)
    client.destroy()
  }
  const loseLocks = () => forget('connect-okta:lock:*[0-9a-f]')

  it('writes nothing after another has written', async () => {
    const [stalled, next] = [open(), open()]
    const late = stalled.exclusive(key, async slot => {
      await loseLocks()
      await next.exclusive(key, other => other.write(recordOf('newer')))
      await slot.write(recordOf('older'))
    })
    await expect(late).rejects.toMatchObject({ code: 'store_failed', message: expect.stringContaining('took over') })
    expect(await open().read(key)).toEqual(recordOf('newer'))
  })

  it('brings back nothing that another has removed', async () => {
    await open().exclusive(key, slot => slot.write(recordOf('first')))
    const late = open().exclusive(key, async slot => {
      await loseLocks()
      await open().exclusive(key, other => other.remove())
      await slot.write(recordOf('late'))
    })
    await expect(late).rejects.toMatchObject({ code: 'store_failed', message: expect.stringContaining('took over') })
    expect(await open().read(key)).toBeUndefined()
  })

  it('writes nothing while another is inside, and writes where nobody came', async () => {
    await open().exclusive(key, async slot => {
      await loseLocks()
      await slot.write(recordOf('kept'))
    })
    expect(await open().read(key)).toEqual(recordOf('kept'))
    const late = open().exclusive(key, async slot => {
      await loseLocks()
      await open().exclusive(key, async () => {
        await expect(slot.write(recordOf('late'))).rejects.toMatchObject({ code: 'store_failed' })
      })
    })
    await late
    expect(await open().read(key)).toEqual(recordOf('kept'))
  })

  it('asks Okta for nothing when another has come in before it asked', async () => {
    await using org = await startServiceOrg()
    const jwk = org.options.jsonWebKey as JsonWebKey & { readonly kid: string }
    const key = createPrivateKey({ key: jwk, format: 'jwk' })
    let isFirst = true
    const signer: ClientSigner = {
      algorithm: 'RS256',
      keyId: jwk.kid,
      async sign(data) {
        // The assertion is the last thing before the request.
        if (isFirst) {
          isFirst = false
          await loseLocks()
          await connect(options, { store: open() })
        }
        return sign('sha256', data, key)
      },
    }
    const { tenant, clientId, scopes } = org.options
    const options = { tenant, clientId, ...(scopes && { scopes }), signer }
    await connect(options, { store: open() })
    expect(org.tokenAnswers()).toEqual([200])
  })

  it('takes the token that another has stored meanwhile, and tells nobody of it', async () => {
    await using org = await startServiceOrg()
    const stalling: typeof fetch = async (...input) => {
      const answer = await fetch(...input)
      await loseLocks()
      await connect(org.options, { store: open() })
      return answer
    }
    const stalled = await connect(org.options, { store: open(), fetch: stalling })
    const other = await connect(org.options, { store: open() })
    expect((await stalled.token()).value).toBe((await other.token()).value)
    expect(org.tokenAnswers()).toEqual([200, 200])
  })
})
