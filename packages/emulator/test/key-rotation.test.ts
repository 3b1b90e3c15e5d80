import type { JWK } from 'jose'
import { expect, it } from 'vitest'
import { startOktaEmulator } from '../src/start-okta-emulator.js'
import { ecKey, startKeyServer } from './support/key-server.test.support.js'
import { clientCredentials, post } from './support/relying-party.test.support.js'

/** Hundreds of requests take long on a busy machine. */
const MINUTES = 180_000
const HOUR_MS = 3_600_000
const START_MS = Date.parse('2026-01-01T00:00:00Z')
const MONTH_HOURS = 30 * 24
const keys: readonly JWK[] = await Promise.all(['first', 'second', 'third'].map(ecKey))

/**
 * Signs in every seven hours of three months, each month with another key. Returns the hours, counted from the start of
 * the month, in which the assertion was rejected.
 *
 * @param publishBeforeHours how long a key is published before its first use
 */
async function rejectedHours(publishBeforeHours: number): Promise<readonly number[]> {
  await using server = await startKeyServer()
  await using okta = await startOktaEmulator({
    clock: { fixedAt: new Date(START_MS) },
    clients: [{ kind: 'service', jwksUri: server.url }],
  })
  const rejected: number[] = []
  for (let hour = 0; hour < 3 * MONTH_HOURS; hour += 7) {
    const month = Math.floor(hour / MONTH_HOURS)
    const published = Math.floor((hour + publishBeforeHours) / MONTH_HOURS)
    server.publish(...keys.slice(month, published + 1))
    const iat = (START_MS + hour * HOUR_MS) / 1000
    const changes = { jwk: keys[month] as JWK, claims: { iat, exp: iat + 300 } }
    const form = await clientCredentials(okta, okta.client('service'), changes)
    if ((await post(okta, '/oauth2/v1/token', form)).status !== 200) rejected.push(hour % MONTH_HOURS)
    okta.advanceClock(7 * HOUR_MS)
  }
  return rejected
}

it(
  'accepts the assertions of three months when each key is published a day before its first use',
  async () => {
    expect(await rejectedHours(24)).toEqual([])
  },
  MINUTES,
)

it(
  'rejects the first assertion by a key when it is used as soon as it is published',
  async () => {
    expect(await rejectedHours(0)).toEqual([1])
  },
  MINUTES,
)
