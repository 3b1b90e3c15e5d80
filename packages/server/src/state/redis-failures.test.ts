import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../../test/support/broker.test.support.js'
import { startRedis } from '../../test/support/redis.test.support.js'
import { openState } from './open-state.js'

const redisServer = inject('systemNeeds').redisServer ?? ''
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
let okta: OktaEmulator

beforeAll(async () => {
  vi.stubEnv('CONNECT_OKTA_STORE_KEY', randomBytes(32).toString('base64'))
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await okta.close()
})

const scopes = ['okta.users.read', 'okta.groups.read']
const start = (store: string | object, more: object = {}) =>
  startBroker(
    {
      store,
      connections: { users: connectionOf(okta, okta.client('service'), { scopes }) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'], ratePerMinute: 1_000 } },
      ...more,
    },
    { files: filesOf(okta) },
  )
const withKeys = {
  clients: { signer: { jwks: { keys: [publicKey.export({ format: 'jwk' })] }, connections: ['users'] } },
}

async function ask(broker: TestBroker, more: object = {}): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...more })
  const headers = { authorization: basic('payroll') }
  return await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
}

async function ready(broker: TestBroker): Promise<{ status: string; degraded: readonly string[] }> {
  return (await (await fetch(`${broker.url}/readyz`)).json()) as { status: string; degraded: readonly string[] }
}

/** A relay to a Redis whose connections can freeze: they stay open without transferring data. New connections work. */
async function startFreezer(url: string) {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer(near => {
    connections += 1
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => [near, far].map(one => one.destroy()))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The number of connections so far. */
    connections: () => connections,
    freeze() {
      for (const socket of sockets) socket.unpipe().pause()
      sockets.clear()
    },
    [Symbol.dispose]() {
      server.close()
    },
  }
}

describe.skipIf(redisServer === '')('a Redis', () => {
  it('is reconnected when a connection hangs, even if it is idle', async () => {
    await using redis = await startRedis(redisServer)
    using freezer = await startFreezer(redis.url)
    const state = await openState(freezer.url, Date.now)
    await state.set('a', 'one', 60_000)
    freezer.freeze()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const answer = state.get('a').catch((error: Error) => error.name)
      // The command is sent.
      await nextTurn()
      vi.advanceTimersByTime(1_000)
      // After the time limit of the command, not of the socket: that is five seconds, and not faked.
      expect(await Promise.race([answer, pause(4_000, 'pending')])).toBe('StateUnavailable')
      // The pause before the reconnect.
      vi.advanceTimersByTime(1_000)
    } finally {
      vi.useRealTimers()
    }
    await expect.poll(() => state.get('a').catch(() => undefined)).toBe('one')
    const before = freezer.connections()
    freezer.freeze()
    await expect.poll(freezer.connections).toBeGreaterThan(before)
    await expect.poll(() => state.get('a').catch(() => undefined)).toBe('one')
    await state.close()
  })

  it('delays no request with a token in memory for seconds when it hangs', async () => {
    await using redis = await startRedis(redisServer)
    await using broker = await start(redis.url)
    expect((await ask(broker)).status).toBe(200)
    redis.pause()
    const startedAt = performance.now()
    const statuses = [(await ask(broker)).status]
    const firstMs = performance.now() - startedAt
    for (let index = 0; index < 5; index++) statuses.push((await ask(broker)).status)
    const othersMs = performance.now() - startedAt - firstMs
    redis.resume()
    expect(statuses).toEqual(Array(6).fill(200))
    // Only the first request waits for the time limit of a second.
    expect(othersMs).toBeLessThan(firstMs)
    await expect.poll(async () => (await ready(broker)).status).toBe('ok')
  })

  it('causes 503 with Retry-After when it hangs and the token is not in memory', async () => {
    await using redis = await startRedis(redisServer)
    await using broker = await start(redis.url)
    redis.pause()
    const response = await ask(broker)
    redis.resume()
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' })
  })

  it('is reported as degraded while it is a read-only replica', async () => {
    await using redis = await startRedis(redisServer)
    await using broker = await start(redis.url)
    expect((await ask(broker)).status).toBe(200)
    expect(await ready(broker)).toEqual({ status: 'ok', degraded: [] })
    await redis.command('REPLICAOF', '127.0.0.1', '1')
    // Storage is checked once a second.
    broker.elapse(1_100)
    const { status, degraded } = await ready(broker)
    expect(status).toBe('degraded')
    expect(degraded).toEqual(expect.arrayContaining(['token store: unavailable', 'shared state: unavailable']))
    await redis.command('REPLICAOF', 'NO', 'ONE')
    await expect.poll(async () => (await ready(broker)).status).toBe('ok')
    expect((await ask(broker, { scope: 'okta.users.read' })).status).toBe(200)
  })

  it.each(['allkeys-lru', 'volatile-ttl'])(
    'is rejected at startup when it may evict used assertions (%s) and a client uses jwks',
    async policy => {
      await using redis = await startRedis(redisServer, ['--maxmemory-policy', policy])
      await expect(start(redis.url, withKeys)).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringContaining('maxmemory-policy'),
      })
      await using broker = await start(redis.url)
      expect(broker.lines().some(({ msg }) => String(msg).includes('maxmemory-policy'))).toBe(true)
      expect((await ready(broker)).degraded).toEqual(['shared state: Redis can evict used assertions'])
      expect((await ask(broker)).status).toBe(200)
      await broker.reload({
        ...withKeys,
        store: redis.url,
        connections: { users: connectionOf(okta, okta.client('service')) },
      })
      expect(broker.lines().at(-1)).toMatchObject({ msg: 'kept the old configuration' })
    },
  )

  it('reports its policy by INFO when CONFIG is blocked, and stores no assertion that it may evict', async () => {
    await using redis = await startRedis(redisServer, [
      '--maxmemory-policy',
      'allkeys-lru',
      '--rename-command',
      'CONFIG',
      '',
    ])
    const state = await openState(redis.url, Date.now)
    expect(state.eviction).toBe('possible')
    await expect(state.addOnce('signer', '1', 60_000)).rejects.toMatchObject({ name: 'StateUnavailable' })
    await state.close()
  })

  it('is checked again when its policy may have changed', async () => {
    await using redis = await startRedis(redisServer)
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    using _real = { [Symbol.dispose]: () => void vi.useRealTimers() }
    const state = await openState(redis.url, Date.now)
    expect([state.eviction, (await state.addOnce('signer', '1', 60_000)).isFirst]).toEqual(['impossible', true])
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random')
    vi.advanceTimersByTime(10_000)
    await vi.waitUntil(() => state.eviction === 'possible', { timeout: 20_000 })
    await expect(state.addOnce('signer', '2', 60_000)).rejects.toMatchObject({ name: 'StateUnavailable' })
    await state.close()
  })

  it('is reported as degraded when it does not report its policy', async () => {
    const hidden = ['CONFIG', 'INFO'].flatMap(name => ['--rename-command', name, ''])
    await using redis = await startRedis(redisServer, hidden)
    await using broker = await start(redis.url)
    expect((await ready(broker)).degraded).toEqual(['shared state: Redis does not report its maxmemory-policy'])
  })

  it('is trusted when it does not report its policy and the configuration confirms it', async () => {
    const hidden = ['CONFIG', 'INFO'].flatMap(name => ['--rename-command', name, ''])
    await using redis = await startRedis(redisServer, hidden)
    const store = { address: redis.url, maxmemoryPolicy: 'noeviction' }
    await using broker = await start(store, withKeys)
    expect((await ready(broker)).degraded).toEqual([])
    expect(broker.lines().filter(({ level }) => level !== 'info')).toEqual([])
    // A policy that it reports counts.
    await using evicting = await startRedis(redisServer, ['--maxmemory-policy', 'allkeys-lru'])
    await expect(start({ ...store, address: evicting.url }, withKeys)).rejects.toMatchObject({ code: 'store_failed' })
  })

  it('accepts no used assertion again when it has lost its data', async () => {
    await using redis = await startRedis(redisServer)
    await using broker = await start(redis.url, withKeys)
    const signed = async (claims: object = {}) => {
      const now = Date.now() / 1000
      const usual = { iss: 'signer', sub: 'signer', aud: broker.url, jti: randomUUID(), iat: now, exp: now + 60 }
      return await new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
    }
    const send = async (client_assertion: string) => {
      const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_assertion_type, client_assertion })
      return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body })).status
    }
    const used = await signed()
    expect([await send(used), await send(used)]).toEqual([200, 401])
    await redis.command('FLUSHALL')
    expect(await send(used)).toBe(503)
    expect(await send(await signed({ iat: undefined }))).toBe(503)
    await pause(10)
    expect(await send(await signed())).toBe(200)
  })
})
