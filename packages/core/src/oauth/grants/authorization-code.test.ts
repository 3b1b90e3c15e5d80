import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { browserThat, inSignInOrg, Person, type SignInSetting } from '../../../test/support/person.test.support.js'
import { connect, type Notice } from '../../index.js'

const notices: Notice[] = []
let { org, okta, app, deps } = {} as SignInSetting
inSignInOrg(notices, setting => {
  ;({ org, okta, app, deps } = setting)
})

const tokenRequests = () => okta.requests.filter(({ path }) => path === '/oauth2/v1/token')
const fails = (code: string, more = {}) => ({ code, ...more })

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
      scope: 'openid profile offline_access okta.users.read',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('asks for the profile once when the scopes name it too, and makes no other login of it', async () => {
    const person = new Person(okta)
    const scopes = ['profile', 'openid', 'okta.users.read']
    await connect({ ...app(), scopes }, { ...deps, openBrowser: person.openBrowser })
    expect(person.opened[0]?.searchParams.get('scope')).toBe('openid profile offline_access okta.users.read')
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

  it('sends a code once, also where the answer is lost: a second time would end the tokens that it gave', async () => {
    const person = new Person(okta)
    const losesAnswers: typeof fetch = async (...request) => {
      await fetch(...request)
      throw new TypeError('fetch failed')
    }
    const attempt = connect(app(), { ...deps, openBrowser: person.openBrowser, fetch: losesAnswers })
    await expect(attempt).rejects.toMatchObject(fails('network_failed'))
    expect(tokenRequests()).toHaveLength(1)
  })
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
      const { externalRedirect } = await person.browser.open(`${form.url}/cancel`)
      await fetch(externalRedirect ?? '')
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
    [{ timeoutMs: 0 }, 'timeout'],
    [{ timeoutMs: Number.NaN }, 'timeout'],
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
