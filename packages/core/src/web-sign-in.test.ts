import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TestUser } from '../test/support/sign-in-org.test.support.js'
import { type Deps, resume } from './index.js'
import { listLogins } from './session/logins.js'
import { createMemoryStore } from './stores/memory-store.js'
import { beginSignIn, completeSignIn, type SignInOptions } from './web-sign-in.js'

const redirectUri = 'https://broker.example/login/callback'
let okta: OktaEmulator
let testUser: TestUser
let deps: Pick<Deps, 'store'>

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
})
afterAll(() => okta.close())
beforeEach(() => {
  okta.clearRequests()
  testUser = new TestUser(okta)
  deps = { store: createMemoryStore() }
})

const options = (): SignInOptions => ({
  tenant: okta.orgUrl.origin,
  clientId: okta.client('spa').clientId,
  scopes: ['okta.users.read', 'profile', 'email'],
  redirectUri,
})

describe('a web sign-in', () => {
  it('returns a session and its account, and stores the sign-in', async () => {
    const { authorizationUrl, pending } = await beginSignIn(options())
    expect(okta.requests).toEqual([])
    expect(authorizationUrl.searchParams.get('redirect_uri')).toBe(redirectUri)
    const callbackUrl = await testUser.signIn(authorizationUrl)
    // The caller stores the pending sign-in as JSON.
    const storedPending = JSON.parse(JSON.stringify(pending))
    const { session, account } = await completeSignIn(options(), storedPending, callbackUrl, deps)
    const login = testUser.credentials?.login
    expect(account).toEqual({ sub: expect.stringMatching(/^00u/), login, email: login, name: expect.any(String) })
    expect(session.account).toEqual(account)
    expect((await session.fetch('/api/v1/users')).status).toBe(200)
    const renewed = await session.token({ forceRefresh: true })
    expect(renewed.source).toBe('refresh')
    // Refreshes keep the profile scope, so that the account stays known (OpenID Connect Core §5.4).
    expect(okta.requests.at(-1)?.form.scope?.split(' ')).toContain('profile')
    expect(await listLogins(deps)).toMatchObject([{ isCurrent: true, grant: 'authorization_code' }])
    expect((await (await resume({}, deps)).token()).value).toBe((await session.token()).value)
  })

  it('uses new secrets each time', async () => {
    const [first, second] = await Promise.all([beginSignIn(options()), beginSignIn(options())])
    for (const name of ['state', 'nonce', 'codeVerifier'] as const)
      expect(first.pending[name]).not.toBe(second.pending[name])
    expect(first.authorizationUrl.href).not.toContain(first.pending.codeVerifier)
  })

  it('rejects the callback of another sign-in and stores nothing', async () => {
    const [expected, other] = [await beginSignIn(options()), await beginSignIn(options())]
    const callbackUrl = await testUser.signIn(other.authorizationUrl)
    const attempt = completeSignIn(options(), expected.pending, callbackUrl, deps)
    await expect(attempt).rejects.toMatchObject({ code: 'state_mismatch' })
    expect(await listLogins(deps)).toEqual([])
  })

  it('rejects a callback that was used before', async () => {
    const { authorizationUrl, pending } = await beginSignIn(options())
    const callbackUrl = await testUser.signIn(authorizationUrl)
    await completeSignIn(options(), pending, callbackUrl, deps)
    const again = completeSignIn(options(), pending, callbackUrl, { store: createMemoryStore() })
    await expect(again).rejects.toMatchObject({ code: 'grant_rejected' })
  })

  it('revokes the token of a user that accept rejects, and keeps the stored sign-in', async () => {
    const begin = await beginSignIn(options())
    const { session } = await completeSignIn(
      options(),
      begin.pending,
      await testUser.signIn(begin.authorizationUrl),
      deps,
    )
    const { value } = await session.token()

    const guest = okta.users[1]
    const checkedLogins: unknown[] = []
    const restricted: SignInOptions = {
      ...options(),
      accept(account) {
        checkedLogins.push(account.login)
        return false
      },
    }
    const { authorizationUrl, pending } = await beginSignIn(restricted)
    const callbackUrl = await new TestUser(okta, guest).signIn(authorizationUrl)
    const attempt = completeSignIn(restricted, pending, callbackUrl, deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'login_denied',
      message: expect.stringContaining('is not allowed'),
    })
    expect(checkedLogins.at(-1)).toBe(guest?.login)
    expect(okta.requests.filter(({ path }) => path.endsWith('/revoke')).map(({ status }) => status)).toEqual([200, 200])
    expect((await (await resume({}, deps)).token()).value).toBe(value)
  })

  it.each([
    ['no code', ''],
    ['an empty code', 'code='],
    ['two codes', 'code=one&code=two'],
    ['two states', 'code=one&state=another'],
  ])('sends nothing to Okta for a callback with %s', async (_what, search) => {
    const { authorizationUrl, pending } = await beginSignIn(options())
    const callbackUrl = new URL(`${redirectUri}?${search}`)
    callbackUrl.searchParams.append('state', authorizationUrl.searchParams.get('state') ?? '')
    okta.clearRequests()
    const attempt = completeSignIn(options(), pending, callbackUrl, deps)
    await expect(attempt).rejects.toMatchObject({ code: 'state_mismatch', hint: expect.stringContaining('again') })
    expect(okta.requests.filter(({ path }) => path.endsWith('/token'))).toEqual([])
  })

  it('reports the error code when Okta sends no description', async () => {
    const { authorizationUrl, pending } = await beginSignIn(options())
    const callbackUrl = new URL(redirectUri)
    const state = authorizationUrl.searchParams.get('state') ?? ''
    callbackUrl.search = new URLSearchParams({ error: 'temporarily_unavailable', state }).toString()
    const attempt = completeSignIn(options(), pending, callbackUrl, deps)
    await expect(attempt).rejects.toMatchObject({ message: expect.stringContaining('temporarily_unavailable') })
  })

  it('reports how to fix an error that Okta describes', async () => {
    const { authorizationUrl, pending } = await beginSignIn(options())
    const callbackUrl = new URL(redirectUri)
    callbackUrl.search = new URLSearchParams({
      error: 'access_denied',
      error_description: 'User is not assigned to the client application.',
      state: authorizationUrl.searchParams.get('state') ?? '',
    }).toString()
    const attempt = completeSignIn(options(), pending, callbackUrl, deps)
    await expect(attempt).rejects.toMatchObject({ code: 'login_denied', hint: expect.stringContaining('Assignments') })
  })

  it.each(['', 'http://broker.example/callback', 'broker.example'])('rejects the redirect URI %j', async uri => {
    await expect(beginSignIn({ ...options(), redirectUri: uri })).rejects.toMatchObject({ code: 'options_invalid' })
  })
})
