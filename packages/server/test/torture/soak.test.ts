import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, inject, it } from 'vitest'
import { startRedis, type TestRedis } from '../support/redis.test.support.js'
import { type Outcomes, type SoakedBroker, startSoakedBroker } from './soak.test.support.js'

const redisServer = inject('systemNeeds').redisServer
const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
// `npm run torture` runs a month.
const days = minutes > 0 ? 30 : 3
const hourMs = 3600_000
const tokenPath = '/oauth2/v1/token'
const allOf = (status: number): Outcomes => ({
  bySecret: status,
  byAssertion: status,
  headers: status,
  proxied: status,
})

describe.skipIf(redisServer === undefined)(`a broker that runs for ${days} days on a Redis`, () => {
  it('answers every request after each fault, and uses no more memory at the end', {
    timeout: 600_000,
  }, async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
    await using redis = await startRedis(redisServer ?? '')
    await using broker = await startSoakedBroker(okta, redis.url)
    const heaps: number[] = []
    let faults = 0
    for (let hour = 1; hour <= days * 24; hour++) {
      okta.advanceClock(hourMs)
      // All tokens have expired.
      await broker.advance(hourMs)
      const fault = faultAt(hour)
      await during(fault, { okta, redis, broker })
      if (fault !== undefined) faults += 1
      // A fault has no effect after it has ended.
      expect({ hour, fault, ...(await broker.ask(3)) }).toEqual({ hour, fault, ...allOf(200) })
      heaps.push(await broker.heapBytes())
      okta.clearRequests()
    }
    // The heap grows while V8 optimizes the code.
    const part = heaps.length / 6
    const [early, late] = [heaps.slice(part * 3, part * 4), heaps.slice(part * 5)].map(median)
    const growth = Math.round(((late ?? Number.NaN) - (early ?? Number.NaN)) / 1024)
    if (minutes > 0) {
      process.stdout.write(
        `broker: ${days * 24} hours, ${faults} faults, 0 requests lost after them, heap grew by ${growth} KiB\n`,
      )
    }
    expect(growth).toBeLessThan(512)
  })
})

type Fault = 'outage' | 'storm' | 'new nonce' | 'server errors' | 'new keys' | 'Redis restarts' | undefined

// Each at different hours of the day, and never two at the same time.
function faultAt(hour: number): Fault {
  if (hour % 67 === 0) return 'new keys'
  if (hour % 53 === 0) return 'Redis restarts'
  if (hour % 43 === 0) return 'storm'
  if (hour % 37 === 0) return 'server errors'
  if (hour % 29 === 0) return 'outage'
  if (hour % 11 === 0) return 'new nonce'
  return undefined
}

interface SoakContext {
  readonly okta: OktaEmulator
  readonly redis: TestRedis
  readonly broker: SoakedBroker
}

// The responses during a fault are those in docs/broker.md.
async function during(fault: Fault, { okta, redis, broker }: SoakContext): Promise<void> {
  switch (fault) {
    case 'outage': {
      await using _ = await okta.unreachable({ forMs: 60_000 })
      expect(await broker.ask(2)).toEqual(allOf(503))
      return
    }
    case 'storm': {
      using _token = okta.fault({ endpoint: tokenPath, status: 429, retryAfterSeconds: 3600 })
      expect(await broker.ask(2)).toEqual(allOf(503))
      return
    }
    case 'server errors': {
      using _ = okta.fault({ endpoint: tokenPath, status: 503, retryAfterSeconds: 0, times: 2 })
      expect(await broker.ask(2)).toEqual(allOf(200))
      return
    }
    case 'Redis restarts':
      await redis.kill()
      expect(await broker.ask(2)).toEqual(allOf(503))
      await redis.start()
      return await broker.recovered()
    case 'new keys':
      return await broker.replaceKeys()
    case 'new nonce':
      okta.rotateDpopNonce()
      return
    default:
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
