import { randomBytes } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { basic, connectionOf, digestFor, filesOf, startBroker } from '../../test/support/broker.test.support.js'
import { startRedis, type TestRedis } from '../../test/support/redis.test.support.js'

const redisServer = inject('systemNeeds').redisServer ?? ''
let okta: OktaEmulator
let redis: TestRedis

beforeAll(async () => {
  vi.stubEnv('CONNECT_OKTA_STORE_KEY', randomBytes(32).toString('base64'))
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await okta.close()
})

const start = (store: string) =>
  startBroker(
    {
      store,
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
    },
    { files: filesOf(okta) },
  )

describe.skipIf(redisServer === '')('a Redis that rejects commands', () => {
  beforeEach(async () => {
    redis = await startRedis(redisServer)
  })
  afterEach(() => redis.kill())

  it.each<[string, string, readonly string[], string, string, RegExp]>([
    [
      'requires a password',
      '',
      ['CONFIG', 'SET', 'requirepass', 'a-password'],
      'requires a password',
      'NOAUTH',
      /NAME:PASSWORD@HOST/,
    ],
    [
      'has another password',
      ':wrong@',
      ['CONFIG', 'SET', 'requirepass', 'a-password'],
      'rejects the user',
      'WRONGPASS',
      /Check both in the address/,
    ],
    [
      'limits its user',
      'app:own@',
      ['ACL', 'SETUSER', 'app', 'on', '>own', '~*', '+get', '+ping'],
      'does not allow this user',
      'NOPERM',
      /ACL SETUSER NAME ~connect-okta/,
    ],
    [
      'has no memory left',
      '',
      ['CONFIG', 'SET', 'maxmemory', '1mb'],
      'has no memory left',
      'OOM',
      /Increase maxmemory/,
    ],
    ['is a replica', '', ['REPLICAOF', '127.0.0.1', '1'], 'is a replica', 'READONLY', /address of the primary/],
  ])('is logged at the start, with what to do, when it %s', async (_what, user, command, message, code, fix) => {
    await redis.command(...command)
    await using broker = await start(redis.url.replace('://', `://${user}`))
    const faults = () => broker.lines().filter(({ msg }) => msg === 'the token store is unavailable')
    await expect.poll(faults).toHaveLength(1)
    const [{ reason, hint } = {}] = faults()
    expect(reason).toContain(message)
    expect(reason).toContain(code)
    expect(hint).toMatch(fix)
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const headers = { authorization: basic('payroll') }
    const answer = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
    expect(await answer.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'The token store of this server is not available.',
    })
    // Anyone can read /readyz.
    expect(await (await fetch(`${broker.url}/readyz`)).text()).not.toContain('127.0.0.1')
    expect(JSON.stringify(broker.lines()) + broker.printed()).not.toMatch(/:wrong@|:own@|a-password/)
  })

  it('is logged when it is available again', async () => {
    await redis.command('REPLICAOF', '127.0.0.1', '1')
    await using broker = await start(redis.url)
    await expect.poll(() => broker.lines().some(({ msg }) => msg === 'the token store is unavailable')).toBe(true)
    await redis.command('REPLICAOF', 'NO', 'ONE')
    broker.advance(2_000)
    await fetch(`${broker.url}/readyz`)
    expect(broker.lines().filter(({ msg }) => msg === 'the token store is available again')).toHaveLength(1)
  })
})
