import { setTimeout as pause } from 'node:timers/promises'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
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
        payroll: { secretSha256: digestFor('payroll'), connections: ['users'], mayRevoke: true },
        // Tokens are valid for an hour.
        renewing: { secretSha256: digestFor('renewing'), connections: ['users'], minValidity: '3599s' },
      },
      ...more,
    },
    { files: filesOf(okta) },
  )

async function post(broker: TestBroker, path: string, form: Record<string, string>, name = 'payroll') {
  const headers = { authorization: basic(name) }
  return await fetch(`${broker.url}/oauth2/${path}`, { method: 'POST', headers, body: new URLSearchParams(form) })
}

async function token(broker: TestBroker, name?: string): Promise<string> {
  const response = await post(broker, 'token', { grant_type: 'client_credentials' }, name)
  return ((await response.json()) as { access_token: string }).access_token
}

async function apiStatus(token: string): Promise<number> {
  return (await fetch(new URL('/api/v1/users', okta.orgUrl), { headers: { authorization: `Bearer ${token}` } })).status
}

const audits = (broker: TestBroker) =>
  broker.lines().flatMap(({ audit }) => (String(audit).startsWith('revocation') ? [audit] : []))

describe('a revocation', () => {
  it('revokes a renewed token and keeps the current one', async () => {
    await using broker = await start()
    const first = await token(broker)
    await pause(1_100)
    const second = await token(broker, 'renewing')
    expect(second).not.toBe(first)
    expect((await post(broker, 'revoke', { token: first })).status).toBe(200)
    expect([await apiStatus(first), await apiStatus(second)]).toEqual([401, 200])
    expect(await token(broker)).toBe(second)
    expect((await post(broker, 'revoke', { token: second })).status).toBe(200)
    expect(await apiStatus(second)).toBe(401)
    expect(audits(broker)).toEqual(['revocation', 'revocation'])
  })

  it('is audited when no token was revoked', async () => {
    await using broker = await start()
    expect((await post(broker, 'revoke', { token: 'unknown' })).status).toBe(200)
    expect(audits(broker)).toEqual(['revocation_failed'])
  })

  it.skipIf(redisServer === undefined)('revokes the current token when the Redis has lost its connection', async () => {
    vi.stubEnv('CONNECT_OKTA_STORE_KEY', Buffer.alloc(32, 7).toString('base64'))
    await using redis = await startRedis(redisServer ?? '')
    await using broker = await start({ store: redis.url })
    const first = await token(broker)
    const keys = (await redis.command('KEYS', 'connect-okta:broker:token:*')) as string[]
    expect(keys).toHaveLength(1)
    await redis.command('DEL', ...keys)
    expect((await post(broker, 'revoke', { token: first })).status).toBe(200)
    expect(await apiStatus(first)).toBe(401)
    expect(await token(broker)).not.toBe(first)
  })
})
