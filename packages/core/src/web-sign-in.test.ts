import { type Credentials, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Person } from '../test/support/person.test.support.js'
import { type Deps, resume } from './index.js'
import { listLogins } from './session/logins.js'
import { createMemoryStore } from './stores/memory-store.js'
import { beginSignIn, completeSignIn, type SignInOptions } from './web-sign-in.js'

const redirectUri = 'https://broker.example/login/callback'
let okta: OktaEmulator
let person: Person
let deps: Pick<Deps, 'store'>

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
})
afterAll(() => okta.close())
beforeEach(() => {
  okta.clearRequests()
  person = new Person(okta)
  deps = { store: createMemoryStore() }
})

const options = (): SignInOptions => ({
  tenant: okta.orgUrl.origin,
  clientId: okta.client('spa').clientId,
  scopes: ['okta.users.read', 'profile', 'email'],
  redirectUri,
})

async function signIn(url: URL): Promise<URL> {
  const { user } = person
  if (user === undefined) throw new Error('the org has nobody to sign in')
  return await person.browser.signIn(url, user)
}

describe('a sign-in whose answer comes to a web server', () => {
  it('gives a session and who it was, and keeps the login', async () => {
    const { authorizationUrl, pending } = await beginSignIn(options())
    expect(okta.requests).toEqual([])
    expect(authorizationUrl.searchParams.get('redirect_uri')).toBe(redirectUri)
    const callbackUrl = await signIn(authorizationUrl)
    // What is kept in between goes through JSON.
    const kept = JSON.parse(JSON.stringify(pending))
    const { session, account } = await completeSignIn(options(), kept, callbackUrl, deps)
    const login = person.user?.login
    expect(account).toEqual({ sub: expect.stringMatching(/^00u/), login, email: login, name: expect.any(String) })
    expect(session.account).toEqual(account)
    expect((await session.fetch('/api/v1/users')).status).toBe(200)
    const renewed = await session.token({ forceRefresh: true })
    expect(renewed.source).toBe('refresh')
    // Who it is stays known as long as the login lasts (OpenID Connect Core §5.4).
    expect(okta.requests.at(-1)?.form.scope?.split(' ')).toContain('profile')
    expect(await listLogins(deps)).toMatchObject([{ isCurrent: true, grant: 'authorization_code' }])
    expect((await (await resume({}, deps)).token()).value).toBe((await session.token()).value)
  })

  it('begins with secrets of its own each time', async () => {
    const [one, two] = await Promise.all([beginSignIn(options()), beginSignIn(options())])
    for (const name of ['state', 'nonce', 'codeVerifier'] as const)
      expect(one.pending[name]).not.toBe(two.pending[name])
    expect(one.authorizationUrl.href).not.toContain(one.pending.codeVerifier)
  })

  it('refuses the answer to another one, and keeps nothing', async () => {
    const [mine, theirs] = [await beginSignIn(options()), await beginSignIn(options())]
    const callbackUrl = await signIn(theirs.authorizationUrl)
    const attempt = completeSignIn(options(), mine.pending, callbackUrl, deps)
    await expect(attempt).rejects.toMatchObject({ code: 'state_mismatch' })
    expect(await listLogins(deps)).toEqual([])
  })

  it('does not take an answer twice', async () => {
    const { authorizationUrl, pending } = await beginSignIn(options())
    const callbackUrl = await signIn(authorizationUrl)
    await completeSignIn(options(), pending, callbackUrl, deps)
    const again = completeSignIn(options(), pending, callbackUrl, { store: createMemoryStore() })
    await expect(again).rejects.toMatchObject({ code: 'grant_rejected' })
  })

  it('refuses who may not sign in here: revokes their token, and leaves the login that is there', async () => {
    const begin = await beginSignIn(options())
    const { session } = await completeSignIn(options(), begin.pending, await signIn(begin.authorizationUrl), deps)
    const { value } = await session.token()

    const guest = okta.users[1]
    const asked: unknown[] = []
    const choosy: SignInOptions = {
      ...options(),
      accept(account) {
        asked.push(account.login)
        return false
      },
    }
    const { authorizationUrl, pending } = await beginSignIn(choosy)
    const callbackUrl = await new Person(okta).browser.signIn(authorizationUrl, guest as Credentials)
    const attempt = completeSignIn(choosy, pending, callbackUrl, deps)
    await expect(attempt).rejects.toMatchObject({ code: 'login_denied', message: expect.stringContaining('may not') })
    expect(asked.at(-1)).toBe(guest?.login)
    expect(okta.requests.filter(({ path }) => path.endsWith('/revoke')).map(({ status }) => status)).toEqual([200, 200])
    expect((await (await resume({}, deps)).token()).value).toBe(value)
  })

  it.each([
    ['no code', ''],
    ['an empty code', 'code='],
    ['two codes', 'code=one&code=two'],
    ['two states', 'code=one&state=another'],
  ])('sends nothing to Okta for an answer with %s', async (_what, search) => {
    const { authorizationUrl, pending } = await beginSignIn(options())
    const callbackUrl = new URL(`${redirectUri}?${search}`)
    callbackUrl.searchParams.append('state', authorizationUrl.searchParams.get('state') ?? '')
    okta.clearRequests()
    const attempt = completeSignIn(options(), pending, callbackUrl, deps)
    await expect(attempt).rejects.toMatchObject({ code: 'state_mismatch', hint: expect.stringContaining('again') })
    expect(okta.requests.filter(({ path }) => path.endsWith('/token'))).toEqual([])
  })

  it('says why Okta refused, also where it says no more than a code', async () => {
    const { authorizationUrl, pending } = await beginSignIn(options())
    const callbackUrl = new URL(redirectUri)
    const state = authorizationUrl.searchParams.get('state') ?? ''
    callbackUrl.search = new URLSearchParams({ error: 'temporarily_unavailable', state }).toString()
    const attempt = completeSignIn(options(), pending, callbackUrl, deps)
    await expect(attempt).rejects.toMatchObject({ message: expect.stringContaining('temporarily_unavailable') })
  })

  it('says why Okta refused', async () => {
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

  it.each(['', 'http://broker.example/callback', 'broker.example'])('does not begin with %j', async uri => {
    await expect(beginSignIn({ ...options(), redirectUri: uri })).rejects.toMatchObject({ code: 'options_invalid' })
  })
})
