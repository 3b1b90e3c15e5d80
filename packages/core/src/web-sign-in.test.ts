import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TestUser } from '../test/support/sign-in-org.test.support.js'
import { type Deps, findSession, resume } from './index.js'
import { listLogins } from './session/logins.js'
import { createMemoryStore } from './stores/memory-store.js'
import { userStore } from './stores/user-store.js'
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

  it('accepts no account when accept returns a promise', async () => {
    const restricted = { ...options(), accept: (async () => true) as unknown as () => boolean }
    const { authorizationUrl, pending } = await beginSignIn(restricted)
    const attempt = completeSignIn(restricted, pending, await testUser.signIn(authorizationUrl), deps)
    await expect(attempt).rejects.toMatchObject({ code: 'login_denied' })
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

  describe('of several users of a server', () => {
    async function signIn(index: number, userDeps?: Partial<Deps>, more: Partial<SignInOptions> = {}) {
      const { authorizationUrl, pending } = await beginSignIn({ ...options(), ...more })
      const callbackUrl = await new TestUser(okta, okta.users[index]).signIn(authorizationUrl)
      return await completeSignIn({ ...options(), ...more }, pending, callbackUrl, userDeps)
    }
    const storeOf = (id: string) => ({ store: userStore(deps.store, id) })

    it.each([
      ['without a store', () => undefined],
      ['with a part of the store for each user', (id: string) => storeOf(id)],
    ])('keeps every session %s', async (_what, depsOf) => {
      const [ada, grace] = [await signIn(0, depsOf('ada')), await signIn(1, depsOf('grace'))]
      for (const { session, account } of [ada, grace]) {
        expect(await session.token({ forceRefresh: true })).toMatchObject({ source: 'refresh', account })
      }
      expect(ada.account?.sub).not.toBe(grace.account?.sub)
    })

    it('finds the sign-in of a user in another process of the server, and no other one', async () => {
      const { account, session } = await signIn(0, storeOf('ada'))
      await signIn(1, storeOf('grace'))
      const { tenant, clientId } = options()
      const found = await findSession({ tenant, clientId }, storeOf('ada'))
      expect((await found?.token())?.account).toEqual(account)
      expect(await findSession({ tenant, clientId }, storeOf('other'))).toBeUndefined()
      // Nor in the whole store, which programs without users may share.
      expect(await findSession({ tenant, clientId }, deps)).toBeUndefined()
      expect(await listLogins(deps)).toEqual([])
      await session.disconnect()
      expect(await listLogins(storeOf('ada'))).toEqual([])
      expect(await listLogins(storeOf('grace'))).toHaveLength(1)
    })

    it('rejects and revokes the sign-in of a user when the store has that of another user', async () => {
      const { session } = await signIn(0, deps)
      okta.clearRequests()
      const error = { code: 'options_invalid', message: 'The store has the sign-in of another account.' }
      await expect(signIn(1, deps)).rejects.toMatchObject({ ...error, hint: expect.stringContaining('userStore') })
      expect(okta.requests.filter(({ path }) => path.endsWith('/revoke')).map(({ status }) => status)).toEqual([
        200, 200,
      ])
      expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
      await session.disconnect()
      expect((await signIn(1, deps)).account?.login).toBe(okta.users[1]?.login)
    })

    it('replaces the sign-in of another user with replaceAccount', async () => {
      const { session } = await signIn(0, deps)
      const { account } = await signIn(1, deps, { replaceAccount: true })
      expect(await listLogins(deps)).toMatchObject([{ account }])
      await expect(session.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'login_required' })
    })

    it.each(['', undefined])('rejects the user ID %j', id => {
      expect(() => userStore(deps.store, id as string)).toThrow(expect.objectContaining({ code: 'options_invalid' }))
    })
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
