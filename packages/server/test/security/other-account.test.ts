import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectOptions, openSession } from '@connect-okta/core'
import { beginSignIn, completeSignIn, type SignInOptions } from '@connect-okta/core/sign-in'
import { openStore, type TokenStore } from '@connect-okta/core/stores'
import { freePort, type OktaEmulator, ScriptedBrowser, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../support/broker.test.support.js'
import { TestBrowser } from '../support/browser.test.support.js'

let okta: OktaEmulator
let broker: TestBroker
let folder: string
let store: TokenStore

beforeAll(async () => {
  const port = await freePort()
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa', redirectUris: [`http://localhost:${port}/login/callback`] }, { kind: 'service' }],
  })
  folder = await mkdtemp(join(tmpdir(), 'other-account-'))
  vi.stubEnv('CONNECT_OKTA_STATE_DIR', folder)
  store = openStore('file')
  const config = {
    store: 'file',
    connections: {
      desk: connectionOf(okta, okta.client('spa'), { signIn: ['ada.lovelace@example.com'] }),
      users: connectionOf(okta, okta.client('service')),
    },
    clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['desk', 'users'] } },
  }
  broker = await startBroker(config, { port, files: filesOf(okta) })
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
  vi.unstubAllEnvs()
})
beforeEach(() => okta.clearRequests())
afterEach(async () => {
  await (await openSession(deskOptions(), { store })).disconnect().catch(() => {})
})

const deskOptions = () =>
  ({
    tenant: okta.orgUrl.origin,
    clientId: okta.client('spa').clientId,
    scopes: ['okta.users.read'],
    grant: 'authorization_code',
  }) as ConnectOptions

/** Signs another user in with another program on the same store. */
async function signInElsewhere(user = okta.users[1]): Promise<void> {
  if (user === undefined) throw new Error('the org has too few users')
  const redirectUri = `${broker.url}/login/callback`
  const options = { ...deskOptions(), redirectUri, replaceAccount: true } as SignInOptions
  const { authorizationUrl, pending } = await beginSignIn(options)
  const callback = await new ScriptedBrowser(okta).signIn(authorizationUrl, user)
  await completeSignIn(options, pending, callback, { store })
}

async function token(connection: string) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', connection })
  const response = await fetch(`${broker.url}/oauth2/token`, {
    ...{ method: 'POST', body, headers: { authorization: basic('payroll') } },
  })
  return { status: response.status, ...((await response.json()) as { access_token?: string; error?: string }) }
}

const me = () => fetch(`${broker.url}/proxy/desk/api/v1/users/me`, { headers: { authorization: basic('payroll') } })

async function signIn(): Promise<TestBrowser> {
  const browser = new TestBrowser(broker, okta)
  expect((await browser.get(await browser.signIn())).status).toBe(303)
  return browser
}

describe('a connection of a user', () => {
  it('uses no token of an account that may not sign in when another program stored one', async () => {
    await signInElsewhere()
    expect(await token('desk')).toMatchObject({ status: 400, error: 'invalid_grant' })
    expect((await me()).status).toBe(401)
    expect(okta.requests.filter(({ path }) => path.startsWith('/api/'))).toEqual([])
    // The sign-in of the other program is not changed.
    expect((await (await openSession(deskOptions(), { store })).token()).account?.login).toBe(okta.users[1]?.login)
    await signIn()
    expect((await token('desk')).status).toBe(200)
  })

  it('does not send a request again with the token of another account when Okta answers 401', async () => {
    await signIn()
    expect((await me()).status).toBe(200)
    await signInElsewhere()
    using _rejected = okta.fault({ endpoint: '/api/v1/users/me', status: 401, times: 1 })
    const response = await me()
    const text = await response.text()
    expect(response.status).toBe(401)
    expect(text).not.toContain(okta.users[1]?.login)
  })

  it('does not switch to another account when another program signs in', async () => {
    await signIn()
    expect((await token('desk')).status).toBe(200)
    await signInElsewhere()
    broker.elapse(1_100)
    expect(await token('desk')).toMatchObject({ status: 400, error: 'invalid_grant' })
  })

  it('names the account in the audit line of each token and request', async () => {
    await signIn()
    await token('desk')
    await me()
    const account = { subject: expect.stringMatching(/^00u/), userName: okta.users[0]?.login }
    const lines = broker.lines().filter(({ audit }) => audit !== undefined)
    expect(lines.slice(-3)).toMatchObject([
      { audit: 'sign_in', ...account },
      { audit: 'token', ...account },
      { audit: 'proxy', ...account },
    ])
    await token('users')
    expect(broker.lines().at(-1)).not.toHaveProperty('subject')
  })
})

describe('a logout by another program on the same store', () => {
  it('ends a user connection within about a second', async () => {
    await signIn()
    expect((await token('desk')).status).toBe(200)
    const other = await openSession(deskOptions(), { store })
    await other.token()
    await other.disconnect()
    broker.elapse(1_100)
    expect((await token('desk')).status).toBe(400)
  })

  it('ends the token of an app within about a second', async () => {
    const { access_token } = await token('users')
    const { clientId, jwk } = okta.client('service')
    const options = { ...deskOptions(), clientId, jsonWebKey: jwk, grant: 'client_credentials' } as ConnectOptions
    const other = await openSession(options, { store })
    expect((await other.token()).value).toBe(access_token)
    await other.disconnect()
    broker.elapse(1_100)
    const renewed = await token('users')
    expect(renewed.status).toBe(200)
    expect(renewed.access_token).not.toBe(access_token)
  })
})
