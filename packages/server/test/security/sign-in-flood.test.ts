import { randomBytes } from 'node:crypto'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { createMemoryState, createOnceMap } from '../../src/state/memory-state.js'
import { connectionOf, digestFor, startBroker } from '../support/broker.test.support.js'
import { TestBrowser } from '../support/browser.test.support.js'
import { startRedis } from '../support/redis.test.support.js'

const redisServer = inject('systemNeeds').redisServer
let okta: OktaEmulator
let port: number

beforeAll(async () => {
  port = await freePort()
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa', redirectUris: [`http://localhost:${port}/login/callback`] }],
  })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await okta.close()
})

const start = (more: object = {}) => {
  const desk = connectionOf(okta, okta.client('spa'), { signIn: ['*'] })
  const clients = { payroll: { secretSha256: digestFor('payroll'), connections: ['desk'] } }
  return startBroker({ connections: { desk }, clients, ...more }, { port })
}

describe('a flood of sign-ins', () => {
  it.skipIf(redisServer === undefined)('stores nothing', async () => {
    vi.stubEnv('CONNECT_OKTA_STORE_KEY', randomBytes(32).toString('base64'))
    await using redis = await startRedis(redisServer ?? '')
    await using broker = await start({ store: redis.url })
    for (let index = 0; index < 25; index++) await new TestBrowser(broker, okta).begin()
    const client = createClient({ url: redis.url })
    await client.connect()
    // Without those of the check at the start.
    const keys = (await client.keys('*')).filter(key => !/:readiness-|:check$/.test(key)).sort()
    client.destroy()
    expect(keys).toEqual([
      'connect-okta:broker:seal-key',
      'connect-okta:broker:sign-in:127.0.0.1',
      'connect-okta:broker:{once}:remembered-since',
    ])
  })

  it('is rejected after a hundred from one address in a minute, and does not block other addresses', async () => {
    await using broker = await start({ behindProxy: ['127.0.0.1', '::1'] })
    const from = (address: string) => new TestBrowser(broker, okta, { 'x-forwarded-for': address })
    const begin = async (browser: TestBrowser) =>
      await browser.post('/login/desk', { form_token: await browser.formToken('/login/desk') })
    const statuses = []
    for (let index = 0; index < 102; index++) statuses.push((await begin(from('203.0.113.9'))).status)
    expect(statuses).toEqual([...Array(100).fill(303), 429, 429])
    expect((await begin(from('203.0.113.10'))).status).toBe(303)
    broker.advance(61_000)
    expect((await begin(from('203.0.113.9'))).status).toBe(303)
  })

  it('is stored in a cookie that cannot be forged and that expires', async () => {
    await using broker = await start()
    const browser = new TestBrowser(broker, okta)
    const callback = await browser.signIn()
    const [name, sealed = ''] = (browser.cookie ?? '').split('.')
    const state = new URLSearchParams(callback.split('?')[1]).get('state') ?? ''
    expect(Buffer.from(sealed, 'base64url').toString()).not.toContain(state)
    expect(browser.cookie?.length).toBeLessThan(4096)
    const flipped = sealed.slice(0, 40) + (sealed[40] === 'A' ? 'B' : 'A') + sealed.slice(41)
    const other = new TestBrowser(broker, okta)
    await other.begin()
    const otherSealed = (other.cookie ?? '').split('.')[1]
    for (const cookie of [`${name}.${flipped}`, `${name}.`, `${name}`, `${name}.${otherSealed}`]) {
      const forged = new TestBrowser(broker, okta)
      forged.cookie = cookie
      expect((await forged.get(callback)).status).toBe(400)
    }
    broker.advance(16 * 60_000)
    const late = new TestBrowser(broker, okta)
    late.cookie = browser.cookie
    expect((await late.get(callback)).status).toBe(400)
  })
})

describe('the memory of used assertions', () => {
  it('keeps every assertion when many other entries are stored', async () => {
    const state = createMemoryState(Date.now, () => performance.now())
    expect(await state.addOnce('signer', 'used', 60_000)).toMatchObject({ isFirst: true })
    for (let index = 0; index < 110_000; index++) {
      await state.set(`session:${index}`, 'x', 60_000)
      await state.count(`failed:${index}`, 60_000)
    }
    expect(await state.addOnce('signer', 'used', 60_000)).toMatchObject({ isFirst: false })
  })

  it('rejects more assertions when it is full', async () => {
    let now = 0
    const once = createOnceMap(
      () => now,
      () => now,
      2,
    )
    const add = async (key: string, lifeMs: number, owner = 'signer') => (await once.add(owner, key, lifeMs)).isFirst
    expect([await add('a', 10_000), await add('b', 20_000)]).toEqual([true, true])
    await expect(add('c', 10_000)).rejects.toMatchObject({ name: 'StateUnavailable' })
    expect([await add('a', 10_000), await add('b', 20_000)]).toEqual([false, false])
    // The limit applies to each client.
    expect(await add('a', 10_000, 'other')).toBe(true)
    now = 11_000
    expect(await add('c', 10_000)).toBe(true)
    await expect(add('d', 10_000)).rejects.toMatchObject({ name: 'StateUnavailable' })
  })
})
