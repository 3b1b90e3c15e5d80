import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
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
} from '../support/broker.test.support.js'
import { startRedis } from '../support/redis.test.support.js'

const redisServer = inject('systemNeeds').redisServer
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await okta.close()
})

const start = (more: object = {}) =>
  startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: {
        payroll: { secretSha256: digestFor('payroll'), connections: ['users'] },
        reports: { secretSha256: digestFor('reports'), connections: ['users'] },
        signer: { jwks: { keys: [publicKey.export({ format: 'jwk' })] }, connections: ['users'] },
      },
      ...more,
    },
    { files: filesOf(okta) },
  )

interface Sent {
  /** The source address: any address in 127.0.0.0/8. */
  readonly from?: string
  readonly headers?: Record<string, string>
  readonly form?: Record<string, string>
  readonly path?: string
}

async function send(broker: TestBroker, authorization: string | undefined, sent: Sent = {}) {
  const { from = '127.0.0.1', headers = {}, form = {}, path = '/oauth2/token' } = sent
  const outgoing = request({ host: '127.0.0.1', port: broker.port, localAddress: from, path, method: 'POST' })
  outgoing.setHeader('host', `localhost:${broker.port}`)
  outgoing.setHeader('content-type', 'application/x-www-form-urlencoded')
  if (authorization !== undefined) outgoing.setHeader('authorization', authorization)
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value)
  outgoing.end(new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString())
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: (await json(response)) as { error?: string } }
}

/** The statuses of sequential attempts with wrong secrets. */
async function guess(broker: TestBroker, times: number, name = 'payroll', sent: Sent = {}) {
  const statuses: (number | undefined)[] = []
  for (let index = 0; index < times; index++) {
    statuses.push((await send(broker, basic(name, `guess ${index}`), sent)).status)
  }
  return statuses
}

const few = Array(10).fill(401)

describe('a client that guesses a secret', () => {
  it('is blocked at every route after ten attempts, even with the right secret', async () => {
    await using broker = await start()
    expect(await guess(broker, 12)).toEqual([...few, 429, 429])
    const { status, headers, body } = await send(broker, basic('payroll'))
    expect({ status, error: body.error }).toEqual({ status: 429, error: 'temporarily_unavailable' })
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['content-type']).toContain('application/json')
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60)
    for (const path of ['/oauth2/revoke', '/proxy/users/api/v1/users', '/connections/users/authorization']) {
      expect((await send(broker, basic('payroll'), { path })).status).toBe(429)
    }
    broker.advance(61_000)
    expect((await send(broker, basic('payroll'))).status).toBe(200)
    expect(broker.lines().filter(({ msg }) => String(msg).includes('failed attempts'))).toHaveLength(1)
  })

  it('gets no more attempts with concurrent requests', async () => {
    await using broker = await start()
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_one, index) => send(broker, basic('payroll', `guess ${index}`))),
    )
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
  })

  it('blocks neither other clients on the same address nor the client on another address', async () => {
    await using broker = await start()
    await guess(broker, 11)
    expect((await send(broker, basic('reports'))).status).toBe(200)
    expect((await send(broker, basic('payroll'), { from: '127.0.0.2' })).status).toBe(200)
    expect((await send(broker, basic('payroll'))).status).toBe(429)
  })

  it('cannot find out which clients exist, or block them, by trying many names', async () => {
    await using broker = await start()
    for (let index = 0; index < 100; index++) await guess(broker, 1, `unknown-${index}`)
    const startedAt = performance.now()
    const known = await send(broker, basic('reports', 'guess'))
    const unknown = await send(broker, basic('unknown-100', 'guess'))
    expect(known.status).toBe(429)
    const passing = { date: '', 'x-request-id': '', 'retry-after': '' }
    expect({ ...known.headers, ...passing }).toEqual({ ...unknown.headers, ...passing })
    // Both are blocked until the same time.
    const seconds = Math.ceil((performance.now() - startedAt) / 1000)
    const [longer, shorter] = [known, unknown].map(({ headers }) => Number(headers['retry-after'])) as [number, number]
    expect(longer - shorter).toBeGreaterThanOrEqual(0)
    expect(longer - shorter).toBeLessThanOrEqual(seconds)
    expect(known.body).toEqual(unknown.body)
    expect((await send(broker, basic('reports'))).status).toBe(200)
    // An existing client is still protected.
    await guess(broker, 9, 'reports')
    expect((await send(broker, basic('reports'))).status).toBe(429)
  })

  it('cannot find out which clients exist by overlapping time windows', async () => {
    await using broker = await start()
    for (let index = 0; index < 101; index++) await guess(broker, 1, `made-up-${index}`)
    broker.advance(50_000)
    for (const name of ['payroll', 'missing']) await guess(broker, 12, name)
    broker.advance(11_500)
    expect(await guess(broker, 1, 'missing')).toEqual(await guess(broker, 1, 'payroll'))
  })

  it('is blocked as well when it guesses with assertions', async () => {
    await using broker = await start()
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const statuses = []
    for (const key of [...Array(10).fill(other), privateKey]) {
      const claims = { iss: 'signer', sub: 'signer', aud: broker.url, jti: randomUUID(), exp: Date.now() / 1000 + 60 }
      const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(key)
      const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      statuses.push((await send(broker, undefined, { form: { client_assertion, client_assertion_type } })).status)
    }
    expect(statuses).toEqual([...few, 429])
  })

  it('is not blocked when it sends no credentials', async () => {
    await using broker = await start()
    for (let index = 0; index < 110; index++) expect((await send(broker, undefined)).status).toBe(401)
    expect((await send(broker, basic('payroll'))).status).toBe(200)
  })
})

describe('a client that guesses through a proxy', () => {
  const behindProxy = { behindProxy: ['127.0.0.1', '10.0.0.7'] }
  const via = (forwarded: string) => ({ headers: { 'x-forwarded-for': forwarded } })

  it('is identified by the address that the proxy appends, even if it forges others', async () => {
    await using broker = await start(behindProxy)
    const statuses = []
    for (let index = 0; index < 11; index++) {
      statuses.push(...(await guess(broker, 1, 'payroll', via(`198.51.100.${index}, 203.0.113.9, 10.0.0.7`))))
    }
    expect(statuses).toEqual([...few, 429])
    expect((await send(broker, basic('payroll'), via('203.0.113.10'))).status).toBe(200)
  })

  it('is identified by the address that a proxy appends when the proxy uses either loopback address', async () => {
    await using broker = await start({ behindProxy: ['::1'] })
    expect(await guess(broker, 11, 'payroll', via('203.0.113.9'))).toEqual([...few, 429])
    expect((await send(broker, basic('payroll'), via('203.0.113.10'))).status).toBe(200)
  })

  it('is identified by its network when it uses many addresses of it (IPv6)', async () => {
    await using broker = await start(behindProxy)
    const statuses = []
    for (let index = 0; index < 11; index++) {
      statuses.push(...(await guess(broker, 1, 'payroll', via(`2001:db8:0:7::${index.toString(16)}`))))
    }
    expect(statuses).toEqual([...few, 429])
    expect((await send(broker, basic('payroll'), via('2001:db8:0:8::1'))).status).toBe(200)
  })

  it('is identified by the address of the proxy when the proxy sends none', async () => {
    await using broker = await start(behindProxy)
    expect(await guess(broker, 12)).toEqual([...few, 429, 429])
    expect(await guess(broker, 1, 'reports', via('unknown'))).toEqual([401])
    // Clients whose address is known are not affected.
    expect((await send(broker, basic('payroll'), via('203.0.113.9'))).status).toBe(200)
  })

  it('is rejected with 431 when it sends too many headers', async () => {
    await using broker = await start(behindProxy)
    const junk = Object.fromEntries(Array.from({ length: 100 }, (_one, index) => [`x-junk-${index}`, '1']))
    const headers = { ...junk, 'x-forwarded-for': '203.0.113.9' }
    expect(await guess(broker, 12, 'payroll', { headers })).toEqual(Array(12).fill(431))
    expect(await guess(broker, 11, 'payroll', via('203.0.113.9'))).toEqual([...few, 429])
  })

  it('cannot choose its address when it bypasses the proxy', async () => {
    await using broker = await start({ behindProxy: ['10.0.0.7'] })
    const statuses = []
    for (let index = 0; index < 11; index++) {
      statuses.push(...(await guess(broker, 1, 'payroll', via(`198.51.100.${index}`))))
    }
    expect(statuses).toEqual([...few, 429])
    // It cannot block a client at another address either.
    await guess(broker, 11, 'reports', via('127.0.0.2'))
    expect((await send(broker, basic('reports'), { from: '127.0.0.2' })).status).toBe(200)
  })

  it('is identified by the address that the outermost proxy has seen when their number is configured', async () => {
    await using broker = await start({ behindProxy: 2 })
    const statuses = []
    for (let index = 0; index < 11; index++) {
      statuses.push(...(await guess(broker, 1, 'payroll', via(`198.51.100.${index}, 203.0.113.9, 10.0.0.${index}`))))
    }
    expect(statuses).toEqual([...few, 429])
    expect((await send(broker, basic('payroll'), via('203.0.113.10, 10.0.0.7'))).status).toBe(200)
  })

  it('cannot choose its address when there is no proxy', async () => {
    await using broker = await start()
    const statuses = []
    for (let index = 0; index < 11; index++) {
      statuses.push(...(await guess(broker, 1, 'payroll', via(`198.51.100.${index}`))))
    }
    expect(statuses).toEqual([...few, 429])
  })
})

describe.skipIf(redisServer === undefined)('a client that guesses at several processes on one Redis', () => {
  it('has ten attempts in total, and ten at each process when the Redis is not available', async () => {
    vi.stubEnv('CONNECT_OKTA_STORE_KEY', randomBytes(32).toString('base64'))
    await using redis = await startRedis(redisServer ?? '')
    await using one = await start({ store: redis.url })
    await using other = await start({ store: redis.url })
    expect(await guess(one, 5)).toEqual(Array(5).fill(401))
    expect(await guess(other, 6)).toEqual([...Array(5).fill(401), 429])
    await redis.kill()
    expect(await guess(one, 12, 'reports')).toEqual([...few, 429, 429])
    expect(await guess(other, 12, 'reports')).toEqual([...few, 429, 429])
  })
})
