import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../support/broker.test.support.js'

const hourMs = 60 * 60_000
let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(() => okta.close())

const start = () =>
  startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: {
        payroll: { secretSha256: digestFor('payroll'), connections: ['users'] },
        slow: { secretSha256: digestFor('slow'), connections: ['users'], ratePerMinute: 1 },
      },
    },
    { files: filesOf(okta) },
  )

async function ask(broker: TestBroker, authorization = basic('payroll')) {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const response = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers: { authorization }, body })
  return { status: response.status, retryAfter: Number(response.headers.get('retry-after')) }
}

describe.each([
  ['back', -hourMs],
  ['ahead', hourMs],
])('a clock that is set %s by an hour', (_where, ms) => {
  it('blocks failed attempts for a minute', async () => {
    await using broker = await start()
    for (let index = 0; index < 11; index++) await ask(broker, basic('payroll', 'guess'))
    broker.setClock(ms)
    const { status, retryAfter } = await ask(broker)
    expect(status).toBe(429)
    expect(retryAfter).toBeGreaterThan(50)
    expect(retryAfter).toBeLessThanOrEqual(60)
    broker.advance(61_000)
    expect((await ask(broker)).status).toBe(200)
  })

  it('counts rates by the minute', async () => {
    await using broker = await start()
    expect((await ask(broker, basic('slow'))).status).toBe(200)
    broker.setClock(ms)
    const { status, retryAfter } = await ask(broker, basic('slow'))
    expect(status).toBe(429)
    expect(retryAfter).toBeGreaterThan(50)
    expect(retryAfter).toBeLessThanOrEqual(60)
    broker.advance(61_000)
    expect((await ask(broker, basic('slow'))).status).toBe(200)
  })

  it('does not freeze the result of /readyz', async () => {
    await using broker = await start()
    const ready = async () => ((await (await fetch(`${broker.url}/readyz`)).json()) as { status: string }).status
    using _down = okta.fault({ endpoint: '/oauth2/v1/token', status: 500 })
    expect(await ready()).toBe('unavailable')
    _down.remove()
    broker.setClock(ms)
    broker.advance(6_000)
    expect(await ready()).toBe('ok')
  })
})
