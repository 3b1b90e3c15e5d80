import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { basic, connectionOf, digestFor, startBroker, type TestBroker } from '../support/broker.test.support.js'
import { TestBrowser } from '../support/browser.test.support.js'

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  const port = await freePort()
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa', redirectUris: [`http://localhost:${port}/login/callback`] }],
  })
  broker = await startBroker(configFor('*'), { port })
})
afterAll(() => okta.close())
beforeEach(() => okta.clearRequests())
afterEach(() => broker.reload(configFor('*')))
afterAll(() => broker.stop())

function configFor(login: string) {
  return {
    connections: { desk: connectionOf(okta, okta.client('spa'), { signIn: [login] }) },
    clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['desk'] } },
  }
}

async function tokenStatus(): Promise<number> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: basic('payroll') }
  return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })).status
}

async function signedIn(): Promise<TestBrowser> {
  const browser = new TestBrowser(broker, okta)
  await browser.get(await browser.signIn())
  expect(await tokenStatus()).toBe(200)
  return browser
}

const revocations = () => okta.requests.filter(({ path }) => path.endsWith('/revoke')).length

describe('a sign-out', () => {
  it('ends the sign-in when the token has expired and Okta answers 503', async () => {
    const browser = await signedIn()
    broker.advance(2 * 60 * 60_000)
    {
      using _away = okta.fault({ endpoint: '/oauth2/v1/token', status: 503 })
      expect((await browser.signOut()).status).toBe(303)
    }
    expect(await tokenStatus()).toBe(400)
    expect(revocations()).toBeGreaterThan(0)
    expect(broker.lines().filter(({ audit }) => audit === 'sign_out')).toHaveLength(1)
  })

  it('ends the sign-in when a reload has removed the user from signIn', async () => {
    const browser = await signedIn()
    await broker.reload(configFor('grace.hopper@example.com'))
    expect((await browser.signOut()).status).toBe(303)
    expect(revocations()).toBeGreaterThan(0)
    await broker.reload(configFor('*'))
    expect(await tokenStatus()).toBe(400)
  })
})
