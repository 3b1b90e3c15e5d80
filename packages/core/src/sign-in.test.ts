import { createServer } from 'node:http'
import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type AuthorizationCodeOptions,
  type CommonOptions,
  connect,
  createMemoryStore,
  type Deps,
  type Notice,
  resume,
} from './index.js'
import { freeRedirectUri, Person } from './person.test.support.js'

let okta: OktaEmulator
let redirectUri: string
let deps: Pick<Deps, 'store' | 'notify'>
const notices: Notice[] = []

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  const redirectUris = [redirectUri]
  okta = await startOktaEmulator({
    clients: [
      { kind: 'spa', redirectUris },
      { kind: 'native', redirectUris },
      { kind: 'spa', redirectUris, refreshTokens: 'none' },
      { kind: 'spa', redirectUris, dpop: true },
    ],
  })
})
afterAll(() => okta.close())
beforeEach(() => {
  okta.clearRequests()
  notices.length = 0
  deps = { store: createMemoryStore(), notify: notice => notices.push(notice) }
})

const app = (index = 0, more: Partial<CommonOptions & AuthorizationCodeOptions> = {}) => ({
  tenant: okta.orgUrl.origin,
  clientId: okta.clients[index]?.clientId ?? '',
  scopes: ['okta.users.read'],
  redirectUri,
  timeoutMs: 10_000,
  ...more,
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
      redirect_uri: redirectUri,
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
        client_id: session.clientId,
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

describe('the callback listener', () => {
  const callback = (query: string, path = '/login/callback') => new URL(`${path}?${query}`, redirectUri)

  it('leaves strange visits alone, and the login goes on', async () => {
    const person = new Person(okta)
    const statuses: number[] = []
    const openBrowser = browserThat(async url => {
      const state = url.searchParams.get('state') ?? ''
      const visit = async (target: URL, init: RequestInit = {}) => {
        statuses.push((await fetch(target, init)).status)
      }
      await visit(callback(`code=x&state=${state}`, '/wrong'))
      await visit(new URL('/favicon.ico', redirectUri))
      await visit(callback('code=stolen&state=wrong'))
      await visit(callback('code=stolen'))
      await visit(callback(`code=x&state=${state}`), { method: 'POST' })
      const rebound = callback(`code=x&state=${state}`)
      rebound.hostname = '127.0.0.1'
      await visit(rebound)
      await person.openBrowser(url)
    })
    const session = await connect(app(), { ...deps, openBrowser })
    expect(statuses).toEqual([404, 404, 400, 400, 405, 400])
    expect((await session.token()).value).toMatch(/\w/)
  })

  it('survives paths that no browser asks for', async () => {
    const port = Number(new URL(redirectUri).port)
    const openBrowser = browserThat(async url => {
      for (const target of ['//', '//[/', 'http://[', '*', '/\\evil.example']) await rawRequest(port, target)
      await new Person(okta).openBrowser(url)
    })
    await connect(app(), { ...deps, openBrowser })
  })

  it('does not wait for a tab that is closed before the page', async () => {
    const slow: typeof fetch = async (...input) => {
      await sleep(100)
      return await fetch(...input)
    }
    const openBrowser = browserThat(async url => {
      const callbackUrl = await new Person(okta).browser.signIn(url, okta.users[0])
      await fetch(callbackUrl, { signal: AbortSignal.timeout(30) }).catch(() => {})
    })
    const session = await connect(app(), { ...deps, fetch: slow, openBrowser })
    expect((await session.token()).value).toMatch(/\w/)
  })

  it('never sends a code twice, not even to a server at fault', async () => {
    let requests = 0
    const faulty: typeof fetch = async () => {
      requests += 1
      return new Response('{}', { status: 503 })
    }
    const openBrowser = new Person(okta).openBrowser
    await expect(connect(app(), { ...deps, fetch: faulty, openBrowser })).rejects.toMatchObject(fails('server_failed'))
    expect(requests).toBe(1)
  })

  it('refuses an answer without a code', async () => {
    const openBrowser = browserThat(url => fetch(callback(`state=${url.searchParams.get('state')}`)))
    await expect(connect(app(), { ...deps, openBrowser })).rejects.toMatchObject(fails('state_mismatch'))
  })

  it('takes the first valid answer, and tells whoever repeats it', async () => {
    let again: Response | undefined
    const opening = async (url: URL) => {
      const callbackUrl = new URL('/login/callback', redirectUri)
      callbackUrl.search = `code=first&state=${url.searchParams.get('state')}`
      const first = fetch(callbackUrl)
      again = await sleep(50).then(() => fetch(callbackUrl))
      first.catch(() => {})
    }
    const slow: typeof fetch = async (...input) => {
      await sleep(300)
      return await fetch(...input)
    }
    // The code was made up: Okta refuses it, but not before the second visit.
    await expect(connect(app(), { ...deps, fetch: slow, openBrowser: opening })).rejects.toMatchObject(
      fails('grant_rejected'),
    )
    expect(again?.status).toBe(400)
    expect(await again?.text()).toContain('not the sign-in that is waiting')
  })

  it('does not run what a stranger puts into the URL', async () => {
    const openBrowser = browserThat(url => {
      const parameters = { error: 'access_denied', error_description: '<script>alert(1)</script>\u001b[2J' }
      const state = url.searchParams.get('state') ?? ''
      page = fetch(callback(new URLSearchParams({ ...parameters, state }).toString())).then(answer => answer.text())
    })
    let page: Promise<string> | undefined
    const failure = await connect(app(), { ...deps, openBrowser }).catch(error => error)
    expect(failure.code).toBe('login_denied')
    expect(failure.message).not.toContain('\u001b')
    expect(await page).toContain('&#60;script&#62;')
    expect(await page).not.toContain('<script>')
  })

  it.each(['127.0.0.1', '::1'])('does not share its port with a stranger on %s', async host => {
    const stranger = createServer()
    const port = Number(new URL(redirectUri).port)
    await new Promise<void>(resolve => stranger.listen(port, host, resolve))
    try {
      const openBrowser = () => Promise.reject(new Error('the browser was opened'))
      await expect(connect(app(), { ...deps, openBrowser })).rejects.toMatchObject(
        fails('callback_port_in_use', {
          message: expect.stringContaining(String(port)),
          hint: expect.stringContaining('--redirect-uri'),
        }),
      )
    } finally {
      stranger.close()
    }
  })

  it('ends when the session is disconnected, and frees its port', async () => {
    const person = new Person(okta)
    let mayAnswer = true
    const openBrowser = async (url: URL) => (mayAnswer ? await person.openBrowser(url) : undefined)
    const session = await connect(app(2), { ...deps, openBrowser })
    mayAnswer = false
    // There is no refresh token, so this asks the person, who does not come.
    const stuck = session.token({ forceRefresh: true }).catch(error => error.code)
    await sleep(100)
    await session.disconnect()
    expect(await stuck).toBe('login_required')
    mayAnswer = true
    await connect(app(2), { ...deps, openBrowser })
  })

  it('frees its port, however the login ends', async () => {
    const throwing = () => {
      throw new Error('no browser')
    }
    const attempts = [
      connect(app(), { ...deps, openBrowser: () => Promise.reject(new Error('no browser')) }),
      connect(app(0, { timeoutMs: 100 }), { ...deps, openBrowser: throwing }),
      connect(app(0, { timeoutMs: 50 }), { ...deps, openBrowser: async () => {} }),
    ]
    for (const attempt of attempts) await attempt.catch(() => {})
    const session = await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser })
    expect((await session.token()).value).toMatch(/\w/)
  })

  it('answers on both address families', async () => {
    const seen: number[] = []
    const openBrowser = browserThat(async url => {
      for (const host of ['127.0.0.1', '[::1]']) {
        const target = new URL('/elsewhere', redirectUri)
        target.hostname = host
        seen.push((await fetch(target)).status)
      }
      await new Person(okta).openBrowser(url)
    })
    await connect(app(), { ...deps, openBrowser })
    // Neither is the host of the redirect URI: both listen, both refuse the name.
    expect(seen).toEqual([400, 400])
  })
})

async function rawRequest(port: number, target: string): Promise<void> {
  const socket = createConnection(port, '127.0.0.1')
  socket.end(`GET ${target} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`)
  const chunks = await socket.toArray()
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 4\d\d /)
}

describe('nobody signs in', () => {
  it('ends with login_timeout', async () => {
    const attempt = connect(app(0, { timeoutMs: 100 }), { ...deps, openBrowser: async () => {} })
    await expect(attempt).rejects.toMatchObject(fails('login_timeout'))
  })

  it('but an old tab comes back: state_mismatch, when the time is up', async () => {
    const openBrowser = browserThat(() => fetch(new URL('?code=x&state=of-yesterday', redirectUri)))
    const attempt = connect(app(0, { timeoutMs: 500 }), { ...deps, openBrowser })
    await expect(attempt).rejects.toMatchObject(fails('state_mismatch', { hint: expect.stringContaining('tabs') }))
  })

  it('because the caller gives up: cancelled, at once', async () => {
    const abort = new AbortController()
    const openBrowser = browserThat(() => abort.abort())
    const attempt = connect({ ...app(), signal: abort.signal }, { ...deps, openBrowser })
    await expect(attempt).rejects.toMatchObject(fails('cancelled'))
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
