import { createHash } from 'node:crypto'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeUrl, redeem, send } from '../../test/support/relying-party.test.support.js'
import { DEFAULT_USERS } from '../config/options.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'
import { ScriptedBrowser } from '../testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

const spa = () => okta.client('spa')
const url = (changes: Record<string, string | undefined> = {}) => authorizeUrl(okta, spa(), changes)
const parameters = (answer: URL | undefined) => Object.fromEntries(answer?.searchParams ?? [])

async function idToken(answer: URL | undefined) {
  const { body } = await redeem(okta, spa(), answer as URL)
  const keys = createRemoteJWKSet(new URL('/oauth2/v1/keys', okta.orgUrl))
  return jwtVerify(String(body.id_token), keys, { issuer: okta.orgUrl.origin, audience: spa().clientId })
}

describe('signing in', () => {
  it('ends at the redirect URI with a code and the state', async () => {
    const answer = await new ScriptedBrowser(okta).signIn(url(), okta.users[0])
    expect(answer.origin + answer.pathname).toBe('http://localhost:8080/login/callback')
    expect(parameters(answer)).toEqual({ code: expect.any(String), state: 'the-state' })
  })

  it('tells in the ID token who signed in, when and for which request', async () => {
    const before = Math.floor(Date.now() / 1000)
    const answer = await new ScriptedBrowser(okta).signIn(url({ scope: 'openid profile email' }), okta.users[0])
    const { payload, protectedHeader } = await idToken(answer)
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

  it('takes the user name in any case and with blanks around it', async () => {
    const [user] = okta.users
    const typed = { login: ` ${user?.login.toUpperCase()} `, password: user?.password ?? '' }
    expect(parameters(await new ScriptedBrowser(okta).signIn(url(), typed))).toHaveProperty('code')
  })

  const [ada, grace] = DEFAULT_USERS
  it.each([
    ['a wrong password', { username: ada?.login ?? '', password: 'wrong' }],
    ['another user’s password', { username: ada?.login ?? '', password: grace?.password ?? '' }],
    ['an unknown user', { username: 'unknown@example.com', password: 'x' }],
    ['nothing', { username: '', password: '' }],
  ])('with %s says so and asks again', async (_what, typed) => {
    const browser = new ScriptedBrowser(okta)
    const form = await browser.open(url())
    const again = await browser.open(form.url, { method: 'POST', body: new URLSearchParams(typed) })
    expect(again.status).toBe(401)
    expect(again.text).toContain('role="alert">Unable to sign in. The username or the password is wrong.')
    expect(again.text).toContain(`value="${typed.username}" aria-invalid="true"`)
    const { login = '', password = '' } = okta.users[0] ?? {}
    const right = new URLSearchParams({ username: login, password })
    const { externalRedirect } = await browser.open(form.url, { method: 'POST', body: right })
    expect(parameters(externalRedirect)).toHaveProperty('code')
  })

  it('can be refused by the user', async () => {
    const browser = new ScriptedBrowser(okta)
    const form = await browser.open(url())
    const [, link = ''] = /<a class="cancel" href="([^"]+)"/.exec(form.text) ?? []
    expect(parameters((await browser.open(link)).externalRedirect)).toEqual({
      error: 'access_denied',
      error_description: 'The resource owner or authorization server denied the request.',
      state: 'the-state',
    })
  })

  it('needs the browser that began it', async () => {
    const form = await new ScriptedBrowser(okta).open(url())
    const stranger = await send(form.url)
    expect(stranger.status).toBe(400)
    expect(stranger.text).toContain('This sign-in has ended. Start again from the application.')
  })
})

describe('a user who is not assigned to the app', () => {
  it('is refused by redirect, each time, until another user signs in', async () => {
    const browser = new ScriptedBrowser(okta)
    const refused = {
      error: 'access_denied',
      error_description: 'User is not assigned to the client application.',
      state: 'the-state',
    }
    expect(parameters(await browser.signIn(url(), okta.users[2]))).toEqual(refused)
    expect(parameters((await browser.open(url())).externalRedirect)).toEqual(refused)
    const answer = await browser.signIn(url({ prompt: 'login' }), okta.users[1])
    expect((await idToken(answer)).payload.sub).toBe(okta.users[1]?.id)
  })

  it('is whoever is not in the app’s own list', async () => {
    await using org = await startOktaEmulator({ clients: [{ kind: 'spa', assignedUsers: ['no.apps@example.com'] }] })
    const request = authorizeUrl(org, org.client('spa'))
    expect(parameters(await new ScriptedBrowser(org).signIn(request, org.users[2]))).toHaveProperty('code')
    expect(parameters(await new ScriptedBrowser(org).signIn(request, org.users[0]))).toMatchObject({
      error: 'access_denied',
    })
  })
})

describe('a session', () => {
  it('signs in silently the next time, also at another app', async () => {
    const browser = new ScriptedBrowser(okta)
    await browser.signIn(url(), okta.users[0])
    expect(parameters((await browser.open(url())).externalRedirect)).toHaveProperty('code')
    const native = authorizeUrl(okta, okta.client('native'), { scope: 'openid offline_access' })
    expect(parameters((await browser.open(native)).externalRedirect)).toHaveProperty('code')
  })

  it('does not spare the user the form when the app wants prompt=login', async () => {
    const browser = new ScriptedBrowser(okta)
    await browser.signIn(url(), okta.users[0])
    const { status, text, externalRedirect } = await browser.open(url({ prompt: 'login' }))
    expect({ status, externalRedirect }).toEqual({ status: 200, externalRedirect: undefined })
    expect(text).toContain('<h1>Sign in</h1>')
  })

  it('becomes another user’s when another user signs in', async () => {
    const browser = new ScriptedBrowser(okta)
    await browser.signIn(url(), okta.users[0])
    const answer = await browser.signIn(url({ prompt: 'login' }), okta.users[1])
    expect((await idToken(answer)).payload.sub).toBe(okta.users[1]?.id)
    expect((await idToken((await browser.open(url())).externalRedirect)).payload.sub).toBe(okta.users[1]?.id)
  })

  it('is what prompt=none needs', async () => {
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

describe('the issuer in the answer (RFC 9207)', () => {
  it('is sent when the emulator is told to, also with a refusal', async () => {
    await using org = await startOktaEmulator({ sendIssuer: true })
    const request = (changes = {}) => authorizeUrl(org, org.client('spa'), changes)
    const iss = org.orgUrl.origin
    expect(parameters(await new ScriptedBrowser(org).signIn(request(), org.users[0]))).toMatchObject({ iss })
    const { externalRedirect } = await new ScriptedBrowser(org).open(request({ scope: 'my.own.scope' }))
    expect(parameters(externalRedirect)).toMatchObject({ iss, error: 'invalid_scope' })
  })
})

describe('the sign-in page', () => {
  it('begins with the login hint', async () => {
    const { text } = await new ScriptedBrowser(okta).open(url({ login_hint: 'ada"><script>@example.com' }))
    expect(text).toContain('value="ada&#34;&#62;&#60;script&#62;@example.com"')
    expect(text).not.toContain('<script>')
  })

  it('loads nothing, runs nothing, and lets its form lead to the app', async () => {
    const { text, headers } = await new ScriptedBrowser(okta).open(url())
    const policy = headers.get('content-security-policy') ?? ''
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(text) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`style-src 'sha256-${hash}'`)
    expect(policy).toContain("form-action 'self' http://localhost:8080")
    expect(text).not.toMatch(/<script|<img|<link|https?:\/\/(?!localhost|127)/)
  })

  it('names its fields for people and for password managers', async () => {
    const { text } = await new ScriptedBrowser(okta).open(url())
    expect(text).toContain('<html lang="en">')
    expect(text).toMatch(/<label for="username">.*\n<input id="username" name="username" autocomplete="username"/)
    expect(text).toMatch(/<label for="password">.*\n<input id="password" .*autocomplete="current-password"/)
  })
})
