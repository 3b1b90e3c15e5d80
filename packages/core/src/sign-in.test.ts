import { setTimeout as sleep } from 'node:timers/promises'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect, createMemoryStore, type Deps, listLogins, type Notice, resume } from './index.js'
import { Person, type SignInOrg, startSignInOrg } from './person.test.support.js'

let org: SignInOrg
let okta: OktaEmulator
let app: SignInOrg['app']
let deps: Pick<Deps, 'store' | 'notify'>
const notices: Notice[] = []

beforeAll(async () => {
  org = await startSignInOrg()
  ;({ okta, app } = org)
})
afterAll(() => okta.close())
beforeEach(() => {
  okta.clearRequests()
  notices.length = 0
  deps = { store: createMemoryStore(), notify: notice => notices.push(notice) }
})

const tokenRequests = () => okta.requests.filter(({ path }) => path === '/oauth2/v1/token')
const fails = (code: string, more = {}) => ({ code, ...more })

/** A person of whom the sign-in is over when the URL has been dealt with by `act`. */
const browserThat = (act: (url: URL) => unknown) => async (url: URL) => void act(url)

describe('connect in the browser', () => {
  it('ends with a token that works, a refresh token, and a page that says so', async () => {
    const person = new Person(okta)
    const session = await connect(app(), { ...deps, openBrowser: person.openBrowser })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    expect(session.grant).toBe('authorization_code')

    const page = await person.pages[0]
    expect(page?.status).toBe(200)
    expect(page?.text).toContain(`Connected to ${okta.orgUrl.host}`)
    expect(Object.fromEntries(page?.headers ?? [])).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
    })
  })

  it('asks as it should: PKCE, state, nonce, offline_access, and no prompt', async () => {
    const person = new Person(okta)
    await connect(app(), { ...deps, openBrowser: person.openBrowser })
    const [url] = person.opened
    expect(Object.fromEntries(url?.searchParams ?? [])).toEqual({
      response_type: 'code',
      client_id: okta.clients[0]?.clientId,
      redirect_uri: org.redirectUri,
      scope: 'openid offline_access okta.users.read',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('asks for the profile where the scopes name it, which makes no other login of it', async () => {
    const person = new Person(okta)
    const scopes = ['profile', 'openid', 'okta.users.read']
    await connect({ ...app(), scopes }, { ...deps, openBrowser: person.openBrowser })
    expect(person.opened[0]?.searchParams.get('scope')).toBe('openid offline_access okta.users.read profile')
    await connect(app(), { ...deps, openBrowser: person.openBrowser })
    expect(person.opened).toHaveLength(1)
  })

  it('shows the page only when the code has been exchanged', async () => {
    const person = new Person(okta)
    let wasShown = false
    let isPending = false
    const slow: typeof fetch = async (...input) => {
      isPending = true
      await sleep(200)
      expect(wasShown).toBe(false)
      isPending = false
      return await fetch(...input)
    }
    const opening = async (url: URL) => {
      const page = person.browser.visit(url, person.user).then(found => {
        wasShown = true
        expect(isPending).toBe(false)
        return found
      })
      person.pages.push(page)
    }
    await connect(app(), { ...deps, fetch: slow, openBrowser: opening })
    expect((await person.pages[0])?.text).toContain('Connected')
  })

  it('finds the login in the store the next time, and opens no browser', async () => {
    await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser })
    okta.clearRequests()
    const openBrowser = () => Promise.reject(new Error('the browser was opened'))
    await connect(app(), { ...deps, openBrowser })
    expect(okta.requests).toEqual([])
  })

  it('asks for the password again where forceLogin wants it, and remembers who is meant', async () => {
    const person = new Person(okta)
    const openBrowser = person.openBrowser
    const loginHint = okta.users[0]?.login ?? ''
    const first = await connect(app(0, { loginHint }), { ...deps, openBrowser })
    const second = await connect(app(0, { loginHint, forceLogin: true }), { ...deps, openBrowser })
    expect(person.opened).toHaveLength(2)
    expect(person.opened[1]?.searchParams.get('prompt')).toBe('login')
    expect(person.opened[1]?.searchParams.get('login_hint')).toBe(loginHint)
    expect((await second.token()).value).not.toBe((await first.token()).value)
  })

  it('keeps two people apart by their login hints', async () => {
    const [ada, grace] = okta.users
    const connectAs = (user: typeof ada) =>
      connect(app(0, { loginHint: user?.login ?? '' }), { ...deps, openBrowser: new Person(okta, user).openBrowser })
    const logins = []
    for (const user of [ada, grace]) {
      const response = await (await connectAs(user)).fetch('/api/v1/users/me')
      const me = (await response.json()) as { profile: { login: string } }
      logins.push(me.profile.login)
    }
    expect(logins).toEqual([ada?.login, grace?.login])
  })

  it('signs in once for two who want the same at once', async () => {
    const person = new Person(okta)
    const both = [1, 2].map(() => connect(app(), { ...deps, openBrowser: person.openBrowser }))
    const [one, two] = await Promise.all(both)
    expect((await one?.token())?.value).toBe((await two?.token())?.value)
    expect(person.opened).toHaveLength(1)
  })
})

describe('after the sign-in', () => {
  const openBrowser = () => Promise.reject(new Error('the browser was opened'))

  it.each([
    ['a refresh token that rotates', 0],
    ['one that stays', 1],
    ['one that is bound to a key', 3],
  ])('the token is renewed without a browser, with %s', async (_what, index) => {
    await connect(app(index), { ...deps, openBrowser: new Person(okta).openBrowser })
    for (const open of [() => resume({}, deps), () => connect(app(index), { ...deps, openBrowser })]) {
      const session = await open()
      const before = await session.token()
      for (const _round of [1, 2]) {
        const renewed = await session.token({ forceRefresh: true })
        expect(renewed.source).toBe('refresh')
        expect(renewed.value).not.toBe(before.value)
        expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
      }
    }
  })

  it('an answer that is lost on the way costs nobody the login', async () => {
    const session = await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser, fetch: forgetful() })
    const renewed = await session.token({ forceRefresh: true })
    expect(renewed.source).toBe('refresh')
    expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
  })

  // Loses the answer to the second request for a token: the server has rotated, and nobody knows.
  function forgetful(): typeof fetch {
    let count = 0
    return async (...input) => {
      const response = await fetch(...input)
      count += 1
      if (count === 2)
        throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) })
      return response
    }
  }

  it('asks for a login when the refresh token has ended, and does not send it again', async () => {
    await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser })
    const session = await resume({}, deps)
    await endRefreshToken()
    okta.clearRequests()
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject(fails('login_required'))
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject(fails('login_required'))
    expect(tokenRequests()).toHaveLength(1)
  })

  it('signs in anew when the refresh token has ended and somebody may be asked', async () => {
    const person = new Person(okta)
    const session = await connect(app(), { ...deps, openBrowser: person.openBrowser })
    await endRefreshToken()
    expect(await session.token({ forceRefresh: true })).toMatchObject({ source: 'grant' })
    expect(person.opened).toHaveLength(2)
  })

  it('disconnect ends the refresh token too', async () => {
    const session = await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser })
    const refreshToken = await storedRefreshToken()
    await session.disconnect()
    const answer = await fetch(new URL('/oauth2/v1/token', okta.orgUrl), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: String(session.clientId),
      }),
    })
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' })
    expect(notices).toEqual([])
  })

  async function storedRefreshToken(): Promise<string> {
    for await (const { recordKey } of deps.store.list()) {
      const record = await deps.store.read(recordKey)
      if (record?.kind === 'token' && record.refreshToken !== undefined) return record.refreshToken
    }
    throw new Error('no refresh token is stored')
  }

  async function endRefreshToken(): Promise<void> {
    const token = await storedRefreshToken()
    const body = new URLSearchParams({ token, client_id: okta.clients[0]?.clientId ?? '' })
    const answer = await fetch(new URL('/oauth2/v1/revoke', okta.orgUrl), { method: 'POST', body })
    expect(answer.status).toBe(200)
  }
})

describe('an app without refresh tokens', () => {
  it('is signed in to without one, in the same browser, with a notice', async () => {
    const person = new Person(okta)
    const session = await connect(app(2), { ...deps, openBrowser: person.openBrowser })
    expect(person.opened).toHaveLength(1)
    expect((await person.pages[0])?.text).toContain('Connected')
    expect(notices).toContainEqual({
      code: 'offline_access_refused',
      message: expect.stringContaining('Refresh Token'),
    })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    const stored = await resume({}, deps)
    await expect(stored.token({ forceRefresh: true })).rejects.toMatchObject(fails('login_required'))
  })
})

describe('a web app that proves itself with a key', () => {
  it('signs a person in, renews with the key, and needs it after a restart', async () => {
    const redirectUris = [org.redirectUri]
    await using web = await startOktaEmulator({
      clients: [{ kind: 'web', authentication: 'private_key_jwt', redirectUris }],
    })
    const { clientId, jwk } = web.client('web')
    const jsonWebKey = jwk as object
    const options = { ...app(), grant: 'authorization_code' as const, tenant: web.orgUrl.origin, clientId }
    const openBrowser = new Person(web).openBrowser
    const session = await connect({ ...options, jsonWebKey }, { ...deps, openBrowser })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    expect((await session.token({ forceRefresh: true })).source).toBe('refresh')

    const withoutKey = await resume({}, deps)
    await expect(withoutKey.token({ forceRefresh: true })).rejects.toMatchObject(fails('key_required'))
    const withKey = await resume({ jsonWebKey, recordKey: await onlyRecordKey() }, deps)
    expect((await withKey.token({ forceRefresh: true })).source).toBe('refresh')
  })

  async function onlyRecordKey(): Promise<string> {
    const [login] = await listLogins(deps)
    return login?.recordKey ?? ''
  }
})

describe('what Okta refuses', () => {
  it('is a person whom the app is not assigned to', async () => {
    const person = new Person(okta, okta.users[2])
    await expect(connect(app(), { ...deps, openBrowser: person.openBrowser })).rejects.toMatchObject(
      fails('login_denied', { message: expect.stringContaining('User is not assigned to the client application.') }),
    )
    const page = await person.pages[0]
    expect(page?.status).toBe(400)
    expect(page?.text).toContain('User is not assigned to the client application.')
  })

  it('is a sign-in that the person cancels', async () => {
    const person = new Person(okta)
    const cancelling = browserThat(async url => {
      const form = await person.browser.open(url)
      const { leavesFor } = await person.browser.open(`${form.url}/cancel`)
      await fetch(leavesFor ?? '')
    })
    const attempt = connect(app(), { ...deps, openBrowser: cancelling })
    await expect(attempt).rejects.toMatchObject(fails('login_denied', { oauth: { error: 'access_denied' } }))
  })

  it('is a scope that is not granted', async () => {
    const person = new Person(okta)
    const attempt = connect({ ...app(), scopes: ['okta.apps.manage'] }, { ...deps, openBrowser: person.openBrowser })
    await expect(attempt).rejects.toMatchObject(fails('scope_rejected', { oauth: { error: 'invalid_scope' } }))
    expect((await person.pages[0])?.text).toContain('Okta API Scopes')
  })
})

describe('bad options', () => {
  it.each([
    [{ redirectUri: 'https://example.com/callback' }, 'redirect URI'],
    [{ redirectUri: 'http://192.168.1.2:8080/callback' }, 'redirect URI'],
    [{ redirectUri: 'nonsense' }, 'redirect URI'],
    [{ timeoutMs: 0 }, 'time to wait'],
    [{ timeoutMs: Number.NaN }, 'time to wait'],
    [{ redirectUri: 'http://localhost:0/callback' }, 'redirect URI'],
    [{ redirectUri: ' http://localhost:8080/callback' }, 'redirect URI'],
    [{ signal: new AbortController() as never }, 'signal'],
    [{ grant: 'password' as never }, 'no grant named'],
    [{ dpop: 'sometimes' as never }, 'DPoP'],
  ])('%j', async (change, reason) => {
    await expect(connect({ ...app(), ...change }, deps)).rejects.toMatchObject(
      fails('options_invalid', { message: expect.stringContaining(reason) }),
    )
  })
})
