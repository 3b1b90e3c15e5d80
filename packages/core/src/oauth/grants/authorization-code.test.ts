import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  browserStub,
  forTokenRequests,
  rejectBrowser,
  TestUser,
  useSignInOrg,
} from '../../../test/support/sign-in-org.test.support.js'
import { connect } from '../../index.js'

const org = useSignInOrg()

describe('connect with the authorization code grant', () => {
  it('returns a session with a valid token and shows a final page', async () => {
    const testUser = new TestUser(org.okta)
    const session = await connect(org.app(), { ...org.deps, openBrowser: testUser.openBrowser })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    expect(session.grant).toBe('authorization_code')

    const page = await testUser.pages[0]
    expect(page?.status).toBe(200)
    expect(page?.text).toContain(`Connected to ${org.okta.orgUrl.host}`)
    expect(page?.text).toContain(`You are signed in as <strong>${org.okta.users[0]?.login}</strong>`)
    expect(Object.fromEntries(page?.headers ?? [])).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
    })
  })

  it('sends PKCE, state, nonce and offline_access, and no prompt', async () => {
    const testUser = new TestUser(org.okta)
    await connect(org.app(), { ...org.deps, openBrowser: testUser.openBrowser })
    const [url] = testUser.openedUrls
    expect(Object.fromEntries(url?.searchParams ?? [])).toEqual({
      response_type: 'code',
      client_id: org.okta.clients[0]?.clientId,
      redirect_uri: org.redirectUri,
      scope: 'openid profile offline_access okta.users.read',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(org.tokenRequests()).toHaveLength(1)
  })

  it('ignores default scopes in the options, in the request and in the stored sign-in', async () => {
    const testUser = new TestUser(org.okta)
    const scopes = ['profile', 'openid', 'okta.users.read']
    await connect({ ...org.app(), scopes }, { ...org.deps, openBrowser: testUser.openBrowser })
    expect(testUser.openedUrls[0]?.searchParams.get('scope')).toBe('openid profile offline_access okta.users.read')
    await connect(org.app(), { ...org.deps, openBrowser: testUser.openBrowser })
    expect(testUser.openedUrls).toHaveLength(1)
  })

  it('shows the final page after the code exchange', async () => {
    const testUser = new TestUser(org.okta)
    let isShown = false
    let isPending = false
    const slow: typeof fetch = async (...input) => {
      isPending = true
      await sleep(200)
      expect(isShown).toBe(false)
      isPending = false
      return await fetch(...input)
    }
    const openBrowser = async (url: URL) => {
      const finalPage = testUser.browser.visit(url, testUser.credentials).then(page => {
        isShown = true
        expect(isPending).toBe(false)
        return page
      })
      testUser.pages.push(finalPage)
    }
    await connect(org.app(), { ...org.deps, fetch: forTokenRequests(slow), openBrowser })
    expect((await testUser.pages[0])?.text).toContain('Connected')
  })

  it('uses the stored sign-in the next time and opens no browser', async () => {
    await connect(org.app(), { ...org.deps, openBrowser: new TestUser(org.okta).openBrowser })
    org.okta.clearRequests()
    await connect(org.app(), { ...org.deps, openBrowser: rejectBrowser })
    expect(org.okta.requests).toEqual([])
  })

  it('sends prompt=login and the login hint when forceLogin is true', async () => {
    const testUser = new TestUser(org.okta)
    const openBrowser = testUser.openBrowser
    const loginHint = org.okta.users[0]?.login ?? ''
    const first = await connect(org.app(0, { loginHint }), { ...org.deps, openBrowser })
    const second = await connect(org.app(0, { loginHint, forceLogin: true }), { ...org.deps, openBrowser })
    expect(testUser.openedUrls).toHaveLength(2)
    expect(testUser.openedUrls[1]?.searchParams.get('prompt')).toBe('login')
    expect(testUser.openedUrls[1]?.searchParams.get('login_hint')).toBe(loginHint)
    expect((await second.token()).value).not.toBe((await first.token()).value)
  })

  it('stores a sign-in for each login hint', async () => {
    const [ada, grace] = org.okta.users
    const connectAs = (user: typeof ada) =>
      connect(org.app(0, { loginHint: user?.login ?? '' }), {
        ...org.deps,
        openBrowser: new TestUser(org.okta, user).openBrowser,
      })
    const logins = []
    for (const user of [ada, grace]) {
      const response = await (await connectAs(user)).fetch('/api/v1/users/me')
      const me = (await response.json()) as { profile: { login: string } }
      logins.push(me.profile.login)
    }
    expect(logins).toEqual([ada?.login, grace?.login])
  })

  it('sends the code once, even when the response is lost, because reuse would revoke its tokens', async () => {
    const testUser = new TestUser(org.okta)
    const loseResponse: typeof fetch = async (...request) => {
      await fetch(...request)
      throw new TypeError('fetch failed')
    }
    const attempt = connect(org.app(), {
      ...org.deps,
      openBrowser: testUser.openBrowser,
      fetch: forTokenRequests(loseResponse),
    })
    await expect(attempt).rejects.toMatchObject({ code: 'network_failed' })
    expect(org.tokenRequests()).toHaveLength(1)
  })
})

describe('connect when Okta rejects the authorization request', () => {
  it('reports login_denied when the app is not assigned to the user', async () => {
    const testUser = new TestUser(org.okta, org.okta.users[2])
    await expect(connect(org.app(), { ...org.deps, openBrowser: testUser.openBrowser })).rejects.toMatchObject({
      code: 'login_denied',
      message: expect.stringContaining('User is not assigned to the client application.'),
    })
    const page = await testUser.pages[0]
    expect(page?.status).toBe(400)
    expect(page?.text).toContain('User is not assigned to the client application.')
  })

  it('reports login_denied when the user cancels', async () => {
    const testUser = new TestUser(org.okta)
    const openBrowser = browserStub(async url => {
      const form = await testUser.browser.open(url)
      const { externalRedirect } = await testUser.browser.open(`${form.url}/cancel`)
      await fetch(externalRedirect ?? '')
    })
    const attempt = connect(org.app(), { ...org.deps, openBrowser })
    await expect(attempt).rejects.toMatchObject({ code: 'login_denied', oauth: { error: 'access_denied' } })
  })

  it('reports scope_rejected when a scope is not granted', async () => {
    const testUser = new TestUser(org.okta)
    const attempt = connect(
      { ...org.app(), scopes: ['okta.apps.manage'] },
      { ...org.deps, openBrowser: testUser.openBrowser },
    )
    await expect(attempt).rejects.toMatchObject({ code: 'scope_rejected', oauth: { error: 'invalid_scope' } })
    expect((await testUser.pages[0])?.text).toContain('Okta API Scopes')
  })
})

describe('connect with invalid options', () => {
  it.each([
    [{ redirectUri: 'https://example.com/callback' }, 'redirect URI'],
    [{ redirectUri: 'http://192.168.1.2:8080/callback' }, 'redirect URI'],
    [{ redirectUri: 'nonsense' }, 'redirect URI'],
    [{ timeoutMs: 0 }, 'timeout'],
    [{ timeoutMs: Number.NaN }, 'timeout'],
    [{ redirectUri: 'http://localhost:0/callback' }, 'redirect URI'],
    [{ signal: new AbortController() as never }, 'signal'],
    [{ grant: 'password' as never }, 'no grant named'],
    [{ dpop: 'sometimes' as never }, 'DPoP'],
  ])('rejects %j', async (change, reason) => {
    await expect(connect({ ...org.app(), ...change }, org.deps)).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(reason),
    })
  })
})
