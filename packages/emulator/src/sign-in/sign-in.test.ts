import { createHash } from 'node:crypto'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeUrl, redeem, send } from '../../test/support/relying-party.test.support.js'
import { DEFAULT_USERS } from '../config/defaults.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'
import { ScriptedBrowser } from '../testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

const spa = () => okta.client('spa')
const url = (changes: Record<string, string | undefined> = {}) => authorizeUrl(okta, spa(), changes)
const parameters = (redirect: URL | undefined) => Object.fromEntries(redirect?.searchParams ?? [])

async function idToken(redirect: URL | undefined) {
  const { body } = await redeem(okta, spa(), redirect as URL)
  const keys = createRemoteJWKSet(new URL('/oauth2/v1/keys', okta.orgUrl))
  return jwtVerify(String(body.id_token), keys, { issuer: okta.orgUrl.origin, audience: spa().clientId })
}

describe('signing in', () => {
  it('redirects to the redirect URI with a code and the state', async () => {
    const response = await new ScriptedBrowser(okta).signIn(url(), okta.users[0])
    expect(response.origin + response.pathname).toBe('http://localhost:8080/login/callback')
    expect(parameters(response)).toEqual({ code: expect.any(String), state: 'the-state' })
  })

  it('issues an ID token with the user, the time of the sign-in and the nonce', async () => {
    const before = Math.floor(Date.now() / 1000)
    const response = await new ScriptedBrowser(okta).signIn(url({ scope: 'openid profile email' }), okta.users[0])
    const { payload, protectedHeader } = await idToken(response)
    const { auth_time: authTime } = payload
    const login = okta.users[0]?.login
    expect(protectedHeader.alg).toBe('RS256')
    expect(payload).toMatchObject({
      sub: okta.users[0]?.id,
      nonce: 'the-nonce',
      preferred_username: login,
      email: login,
    })
    expect(authTime).toBeGreaterThanOrEqual(before)
    expect(payload.exp).toBeGreaterThan(before + 3500)
  })

  it('ignores case and surrounding spaces in the username', async () => {
    const [user] = okta.users
    const credentials = { login: ` ${user?.login.toUpperCase()} `, password: user?.password ?? '' }
    expect(parameters(await new ScriptedBrowser(okta).signIn(url(), credentials))).toHaveProperty('code')
  })

  const [ada, grace] = DEFAULT_USERS
  it.each([
    ['a wrong password', { username: ada?.login ?? '', password: 'wrong' }],
    ['another user’s password', { username: ada?.login ?? '', password: grace?.password ?? '' }],
    ['an unknown user', { username: 'unknown@example.com', password: 'x' }],
    ['no input', { username: '', password: '' }],
  ])('shows an error and the form again for %s', async (_what, input) => {
    const browser = new ScriptedBrowser(okta)
    const form = await browser.open(url())
    const retry = await browser.open(form.url, { method: 'POST', body: new URLSearchParams(input) })
    expect(retry.status).toBe(401)
    expect(retry.text).toContain('role="alert">Unable to sign in. The username or the password is incorrect.')
    expect(retry.text).toContain(`value="${input.username}" aria-invalid="true"`)
    const { login = '', password = '' } = okta.users[0] ?? {}
    const right = new URLSearchParams({ username: login, password })
    const { externalRedirect } = await browser.open(form.url, { method: 'POST', body: right })
    expect(parameters(externalRedirect)).toHaveProperty('code')
  })

  it('returns access_denied when the user cancels', async () => {
    const browser = new ScriptedBrowser(okta)
    const form = await browser.open(url())
    const [, link = ''] = /<a class="cancel" href="([^"]+)"/.exec(form.text) ?? []
    expect(parameters((await browser.open(link)).externalRedirect)).toEqual({
      error: 'access_denied',
      error_description: 'The resource owner or authorization server denied the request.',
      state: 'the-state',
    })
  })

  it('is rejected in another browser', async () => {
    const form = await new ScriptedBrowser(okta).open(url())
    const other = await send(form.url)
    expect(other.status).toBe(400)
    expect(other.text).toContain('This sign-in has expired. Start again from the application.')
  })
})

describe('a user who is not assigned to the app', () => {
  it('gets access_denied by redirect until another user signs in', async () => {
    const browser = new ScriptedBrowser(okta)
    const rejected = {
      error: 'access_denied',
      error_description: 'User is not assigned to the client application.',
      state: 'the-state',
    }
    expect(parameters(await browser.signIn(url(), okta.users[2]))).toEqual(rejected)
    expect(parameters((await browser.open(url())).externalRedirect)).toEqual(rejected)
    const response = await browser.signIn(url({ prompt: 'login' }), okta.users[1])
    expect((await idToken(response)).payload.sub).toBe(okta.users[1]?.id)
  })

  it('is any user who is not in assignedUsers of the app', async () => {
    await using org = await startOktaEmulator({ clients: [{ kind: 'spa', assignedUsers: ['no.apps@example.com'] }] })
    const request = authorizeUrl(org, org.client('spa'))
    expect(parameters(await new ScriptedBrowser(org).signIn(request, org.users[2]))).toHaveProperty('code')
    expect(parameters(await new ScriptedBrowser(org).signIn(request, org.users[0]))).toMatchObject({
      error: 'access_denied',
    })
  })
})

describe('a session', () => {
  it('signs the user in without the form the next time, also to another app', async () => {
    const browser = new ScriptedBrowser(okta)
    await browser.signIn(url(), okta.users[0])
    expect(parameters((await browser.open(url())).externalRedirect)).toHaveProperty('code')
    const native = authorizeUrl(okta, okta.client('native'), { scope: 'openid offline_access' })
    expect(parameters((await browser.open(native)).externalRedirect)).toHaveProperty('code')
  })

  it('shows the form again with prompt=login', async () => {
    const browser = new ScriptedBrowser(okta)
    await browser.signIn(url(), okta.users[0])
    const { status, text, externalRedirect } = await browser.open(url({ prompt: 'login' }))
    expect({ status, externalRedirect }).toEqual({ status: 200, externalRedirect: undefined })
    expect(text).toContain('<h1>Sign in</h1>')
  })

  it('switches to another user who signs in', async () => {
    const browser = new ScriptedBrowser(okta)
    await browser.signIn(url(), okta.users[0])
    const response = await browser.signIn(url({ prompt: 'login' }), okta.users[1])
    expect((await idToken(response)).payload.sub).toBe(okta.users[1]?.id)
    expect((await idToken((await browser.open(url())).externalRedirect)).payload.sub).toBe(okta.users[1]?.id)
  })

  it('is required for prompt=none', async () => {
    const browser = new ScriptedBrowser(okta)
    expect(parameters((await browser.open(url({ prompt: 'none' }))).externalRedirect)).toEqual({
      error: 'login_required',
      error_description: 'The client specified not to prompt, but the user is not logged in.',
      state: 'the-state',
    })
    await browser.signIn(url(), okta.users[0])
    const { externalRedirect } = await browser.open(url({ prompt: 'none', scope: 'openid offline_access' }))
    expect((await redeem(okta, spa(), externalRedirect as URL)).body).toHaveProperty('refresh_token')
  })
})

describe('the iss parameter of an authorization response (RFC 9207)', () => {
  it('is sent with sendIssuer, also in an error response', async () => {
    await using org = await startOktaEmulator({ sendIssuer: true })
    const request = (changes = {}) => authorizeUrl(org, org.client('spa'), changes)
    const iss = org.orgUrl.origin
    expect(parameters(await new ScriptedBrowser(org).signIn(request(), org.users[0]))).toMatchObject({ iss })
    const { externalRedirect } = await new ScriptedBrowser(org).open(request({ scope: 'my.own.scope' }))
    expect(parameters(externalRedirect)).toMatchObject({ iss, error: 'invalid_scope' })
  })
})

describe('the sign-in page', () => {
  it('fills in the login hint', async () => {
    const { text } = await new ScriptedBrowser(okta).open(url({ login_hint: 'ada"><script>@example.com' }))
    expect(text).toContain('value="ada&#34;&#62;&#60;script&#62;@example.com"')
    expect(text).not.toContain('<script>')
  })

  it('loads no external resources and no scripts, and allows its form to redirect to the app', async () => {
    const { text, headers } = await new ScriptedBrowser(okta).open(url())
    const policy = headers.get('content-security-policy') ?? ''
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(text) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`style-src 'sha256-${hash}'`)
    expect(policy).toContain("form-action 'self' http://localhost:8080")
    expect(text).not.toMatch(/<script|<img|<link|https?:\/\/(?!localhost|127)/)
  })

  it('has a label and an autocomplete hint for each field', async () => {
    const { text } = await new ScriptedBrowser(okta).open(url())
    expect(text).toContain('<html lang="en">')
    expect(text).toMatch(/<label for="username">.*\n<input id="username" name="username" autocomplete="username"/)
    expect(text).toMatch(/<label for="password">.*\n<input id="password" .*autocomplete="current-password"/)
  })
})
