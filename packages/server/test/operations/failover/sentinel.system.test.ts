import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, inject, it } from 'vitest'
import { startSentinels } from '../support/sentinels.test.support.js'
import { newAssertion, type Outcome, startBrokers, startLoad, tokenByAssertion } from './failover.test.support.js'

const redisServer = inject('systemNeeds').redisServer ?? ''
const statusesOf = (outcomes: readonly Outcome[]) => [...new Set(outcomes.map(({ status }) => status))].sort()

describe.skipIf(redisServer === '')('a failover of Redis Sentinel', () => {
  it('fails no client with a secret, and delays clients with a key, when the primary is killed', {
    timeout: 120_000,
  }, async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    await using redis = await startSentinels(redisServer)
    await using brokers = await startBrokers(3, redis.address, okta)
    const load = startLoad(brokers.urls)
    await expect.poll(() => succeeded(load.byAssertion).length).toBeGreaterThan(50)
    const killedAt = load.elapsed()
    redis.killPrimary()
    const after = (outcomes: readonly Outcome[]) => outcomes.filter(({ at }) => at > killedAt + 500)
    // Some fail at the start too, until each process has connected.
    await expect.poll(() => failed(after(load.byAssertion)).length, { timeout: 30_000 }).toBeGreaterThan(0)
    // Each process has reconnected.
    await expect
      .poll(() => load.byAssertion.slice(-30).every(({ status }) => status === 200), { timeout: 30_000 })
      .toBe(true)
    await load.stop()

    const recoveredAt = Math.max(...failed(load.byAssertion).map(({ at }) => at))
    const accepted = succeeded(load.byAssertion)
    const again = await Promise.all(
      accepted.slice(-500).map(({ assertion = '' }) => tokenByAssertion(brokers.urls[0] ?? '', assertion)),
    )
    const twice = again.filter(status => status === 200).length
    const upstream = okta.requests.filter(({ path }) => path.endsWith('/token')).length
    report(
      `${load.bySecret.length} requests by secret, ${failed(load.bySecret).length} failed; ` +
        `${load.byAssertion.length} by assertion, ${failed(load.byAssertion).length} failed, ` +
        `the last one ${Math.round(recoveredAt - killedAt)} ms after the primary was killed; ` +
        `${twice} of ${again.length} assertions accepted twice; ${upstream} token requests to Okta`,
    )
    expect(statusesOf(load.bySecret)).toEqual([200])
    expect(statusesOf(after(load.byAssertion))).toEqual([200, 503])
    expect(upstream).toBeLessThanOrEqual(brokers.urls.length)
  })

  it('accepts an assertion once more when its use was not replicated', { timeout: 120_000 }, async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    await using redis = await startSentinels(redisServer)
    await using brokers = await startBrokers(2, redis.address, okta)
    const [first = '', second = ''] = brokers.urls
    const probe = async () => await tokenByAssertion(second, await newAssertion())
    // Assertions of the second in which the memory of their use began get 503.
    await expect.poll(probe, { timeout: 30_000 }).toBe(200)
    const replicated = await newAssertion()
    expect(await tokenByAssertion(first, replicated)).toBe(200)
    await redis.command('WAIT', '1', '5000')
    await redis.disconnectReplica()
    const lost = await newAssertion()
    expect(await tokenByAssertion(first, lost)).toBe(200)
    expect(await tokenByAssertion(second, lost)).toBe(401)
    redis.killPrimary()
    redis.resumeReplica()
    await expect.poll(probe, { timeout: 30_000 }).toBe(200)
    expect(await tokenByAssertion(second, replicated)).toBe(401)
    expect(await tokenByAssertion(second, lost)).toBe(200)
    expect(await tokenByAssertion(second, lost)).toBe(401)
  })
})

const succeeded = (outcomes: readonly Outcome[]) => outcomes.filter(({ status }) => status === 200)
const failed = (outcomes: readonly Outcome[]) => outcomes.filter(({ status }) => status !== 200)

function report(line: string): void {
  process.stdout.write(`failover: ${line}\n`)
}
