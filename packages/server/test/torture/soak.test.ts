import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, inject, it } from 'vitest'
import { startRedis, type TestRedis } from '../support/redis.test.support.js'
import { type Outcomes, type SoakedBroker, startSoakedBroker } from './soak.test.support.js'

const redisServer = inject('systemNeeds').redisServer
const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
// A month in `npm run torture`.
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
  it('answers every request after every trouble, and holds no more memory at the end', {
    timeout: 600_000,
  }, async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
    await using redis = await startRedis(redisServer ?? '')
    await using broker = await startSoakedBroker(okta, redis.url)
    const heaps: number[] = []
    let troubles = 0
    for (let hour = 1; hour <= days * 24; hour++) {
      okta.advanceClock(hourMs)
      // What was handed out has run out by now.
      await broker.advance(hourMs)
      const trouble = troubleAt(hour)
      await during(trouble, { okta, redis, broker })
      if (trouble !== undefined) troubles += 1
      // Once a trouble is over, so is what came of it.
      expect({ hour, trouble, ...(await broker.ask(3)) }).toEqual({ hour, trouble, ...allOf(200) })
      heaps.push(await broker.heapBytes())
      okta.clearRequests()
    }
    // It grows while V8 learns the code, and levels off.
    const part = heaps.length / 6
    const [early, late] = [heaps.slice(part * 3, part * 4), heaps.slice(part * 5)].map(median)
    const growth = Math.round(((late ?? Number.NaN) - (early ?? Number.NaN)) / 1024)
    if (minutes > 0) {
      process.stdout.write(
        `broker: ${days * 24} hours, ${troubles} troubles, 0 requests lost after them, heap grew by ${growth} KiB\n`,
      )
    }
    expect(growth).toBeLessThan(512)
  })
})

type Trouble = 'outage' | 'storm' | 'new nonce' | 'at fault' | 'new keys' | 'Redis restarts' | undefined

// None at the same hour of the day each time, and never two at once.
function troubleAt(hour: number): Trouble {
  if (hour % 67 === 0) return 'new keys'
  if (hour % 53 === 0) return 'Redis restarts'
  if (hour % 43 === 0) return 'storm'
  if (hour % 37 === 0) return 'at fault'
  if (hour % 29 === 0) return 'outage'
  if (hour % 11 === 0) return 'new nonce'
  return undefined
}

interface Surroundings {
  readonly okta: OktaEmulator
  readonly redis: TestRedis
  readonly broker: SoakedBroker
}

// What callers are told meanwhile is what docs/broker.md says.
async function during(trouble: Trouble, { okta, redis, broker }: Surroundings): Promise<void> {
  switch (trouble) {
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
    case 'at fault': {
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
