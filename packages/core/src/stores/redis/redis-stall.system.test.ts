import { createPrivateKey, createPublicKey, type JsonWebKey, sign } from 'node:crypto'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { currentRecord, recordKey } from '../../../test/support/records.test.support.js'
import { type RedisServer, redisStoreVariables, startRedis } from '../../../test/support/redis-server.test.support.js'
import { startServiceOrg } from '../../../test/support/service-org.test.support.js'
import { connect } from '../../index.js'
import type { ClientSigner } from '../../keys/signers/client-signer.js'
import type { TokenStore } from '../token-store.js'
import { openRedisStore } from './redis-store.js'

const { redisServer } = inject('systemNeeds')

describe.runIf(redisServer !== undefined)('a process that loses its Redis lock while it is suspended', () => {
  let redis: RedisServer
  const open = (): TokenStore => openRedisStore(redis.url, redisStoreVariables)
  beforeAll(async () => {
    redis = await startRedis(redisServer ?? '')
  })
  afterAll(() => redis.stop())
  beforeEach(() => deleteKeys('*'))

  async function deleteKeys(pattern: string): Promise<void> {
    const client = createClient({ url: redis.url })
    await client.connect()
    const keys = await client.keys(pattern)
    if (keys.length > 0) await client.del(keys)
    client.destroy()
  }
  /** Deletes the locks, as their expiry does while a process is suspended. */
  const expireLocks = () => deleteKeys('connect-okta:lock:*[0-9a-f]')

  it('cannot write after another process has written', async () => {
    const [suspended, next] = [open(), open()]
    const lateWrite = suspended.exclusive(recordKey, async slot => {
      await expireLocks()
      await next.exclusive(recordKey, other => other.write(currentRecord('newer')))
      await slot.write(currentRecord('older'))
    })
    await expect(lateWrite).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('took over'),
    })
    expect(await open().read(recordKey)).toEqual(currentRecord('newer'))
  })

  it('cannot write after another process has removed the record', async () => {
    await open().exclusive(recordKey, slot => slot.write(currentRecord('first')))
    const lateWrite = open().exclusive(recordKey, async slot => {
      await expireLocks()
      await open().exclusive(recordKey, other => other.remove())
      await slot.write(currentRecord('late'))
    })
    await expect(lateWrite).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('took over'),
    })
    expect(await open().read(recordKey)).toBeUndefined()
  })

  it('cannot write while another process holds the lock, but can write when no other process took it', async () => {
    await open().exclusive(recordKey, async slot => {
      await expireLocks()
      await slot.write(currentRecord('written'))
    })
    expect(await open().read(recordKey)).toEqual(currentRecord('written'))
    const lateWrite = open().exclusive(recordKey, async slot => {
      await expireLocks()
      await open().exclusive(recordKey, async () => {
        await expect(slot.write(currentRecord('late'))).rejects.toMatchObject({ code: 'store_failed' })
      })
    })
    await lateWrite
    expect(await open().read(recordKey)).toEqual(currentRecord('written'))
  })

  it('sends no request to Okta when another process took the lock before the request', async () => {
    await using org = await startServiceOrg()
    const jwk = org.options.jsonWebKey as JsonWebKey & { readonly kid: string }
    const key = createPrivateKey({ key: jwk, format: 'jwk' })
    let isFirst = true
    const signer: ClientSigner = {
      algorithm: 'RS256',
      publicJwk: { ...createPublicKey(key).export({ format: 'jwk' }), kid: jwk.kid },
      async sign(data) {
        // The assertion is signed directly before the request.
        if (isFirst) {
          isFirst = false
          await expireLocks()
          await connect(options, { store: open() })
        }
        return sign('sha256', data, key)
      },
    }
    const { tenant, clientId, scopes } = org.options
    const options = { tenant, clientId, ...(scopes && { scopes }), signer }
    await connect(options, { store: open() })
    expect(org.tokenResponses()).toEqual([200])
  })

  it('uses the token that another process stored during its request', async () => {
    await using org = await startServiceOrg()
    const fetchAndExpireLocks: typeof fetch = async (...input) => {
      const response = await fetch(...input)
      await expireLocks()
      await connect(org.options, { store: open() })
      return response
    }
    const suspended = await connect(org.options, { store: open(), fetch: fetchAndExpireLocks })
    const other = await connect(org.options, { store: open() })
    expect((await suspended.token()).value).toBe((await other.token()).value)
    expect(org.tokenResponses()).toEqual([200, 200])
  })
})
