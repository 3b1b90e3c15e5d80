import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TestUser } from '../test/support/sign-in-org.test.support.js'
import { openSession } from './index.js'
import { createMemoryStore } from './stores/memory-store.js'
import { beginSignIn, completeSignIn } from './web-sign-in.js'

const redirectUri = 'https://broker.example/login/callback'
let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'spa', redirectUris: [redirectUri] }] })
})
afterAll(() => okta.close())
beforeEach(() => okta.clearRequests())

const app = (kind: 'service' | 'spa') => {
  const { clientId, jwk } = okta.client(kind)
  const options = { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'] }
  return jwk === undefined ? options : { ...options, jsonWebKey: jwk }
}

describe('openSession', () => {
  it('sends one request for concurrent calls of token(), and none before', async () => {
    const session = await openSession(app('service'), { store: createMemoryStore() })
    expect(okta.requests).toEqual([])
    const tokens = await Promise.all(Array.from({ length: 20 }, () => session.token()))
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
    expect(okta.requests).toHaveLength(1)
  })

  it('opens no browser and uses the sign-in of another session', async () => {
    const store = createMemoryStore()
    let isBrowserOpened = false
    const openBrowser = async () => {
      isBrowserOpened = true
    }
    const session = await openSession(app('spa'), { store, openBrowser })
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })

    const options = { ...app('spa'), redirectUri }
    const { authorizationUrl, pending } = await beginSignIn(options)
    const callbackUrl = await new TestUser(okta).signIn(authorizationUrl)
    const signedIn = await completeSignIn(options, pending, callbackUrl, { store })
    expect((await session.token()).value).toBe((await signedIn.session.token()).value)
    expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
    expect(isBrowserOpened).toBe(false)
  })

  it('uses an API token without checking it first', async () => {
    const apiToken = okta.apiTokens[0]?.value ?? ''
    const session = await openSession({ tenant: okta.orgUrl.origin, apiToken })
    expect(okta.requests).toEqual([])
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
  })

  it('rejects invalid options', async () => {
    await expect(openSession({ ...app('service'), clientId: '' })).rejects.toMatchObject({ code: 'options_invalid' })
  })
})
