import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openTab, signIn, startChromium, type Tab } from '../support/chromium.js'
import { linesOf } from '../support/requests.js'
import { type SinglePageApp, startSinglePageApp } from '../support/single-page-app.js'

const { openssl, chromium } = inject('systemNeeds')

describe.skipIf(!openssl || !chromium)('@okta/okta-auth-js in Chromium', () => {
  let browser: Browser
  let app: SinglePageApp
  let initial: SinglePageApp['configuration']
  let tab: Tab
  let page: Page
  beforeAll(async () => {
    browser = await startChromium()
    const source = new URL('./okta-auth-js.html', import.meta.url)
    app = await startSinglePageApp(source, '@okta/okta-auth-js/dist/okta-auth-js.min.js', 'same site')
    initial = app.configuration
  })
  beforeEach(async () => {
    tab = await openTab(browser)
    page = tab.page
  })
  afterEach(async () => {
    await tab[Symbol.asyncDispose]()
    app.okta.reset()
    app.configuration = initial
  })
  afterAll(async () => {
    await browser?.close()
    await app?.[Symbol.asyncDispose]()
  })

  /** Opens the app and signs in with `signInWithRedirect`. */
  async function signInWithRedirect(user = app.okta.users[0]): Promise<void> {
    await page.goto(app.origin)
    await page.evaluate('started')
    await page.evaluate('void authClient.signInWithRedirect()')
    await signIn(page, user)
    await page.waitForURL(url => url.origin === app.origin)
    await page.evaluate('started')
  }

  const tokens = () => page.evaluate('authClient.tokenManager.getTokensSync()') as Promise<Record<string, object>>

  it('signs in with a redirect, gets the user info, and validates the tokens', async () => {
    await signInWithRedirect()
    expect(await page.evaluate('authClient.isAuthenticated()')).toBe(true)
    const { login, id } = app.okta.users[0] ?? {}
    expect(await page.evaluate('authClient.getUser()')).toMatchObject({ sub: id, email: login })
    expect(await tokens()).toMatchObject({
      idToken: { claims: { sub: id, aud: app.configuration.clientId } },
      accessToken: { tokenType: 'Bearer', scopes: ['openid', 'profile', 'email'] },
    })
    // CORS: each of these requests is allowed by a preflight request first.
    const lines = linesOf(app.okta.requests)
    for (const [method, path] of [
      ['GET', '/oauth2/default/.well-known/openid-configuration'],
      ['POST', '/oauth2/default/v1/token'],
      ['GET', '/oauth2/default/v1/keys'],
      ['GET', '/oauth2/default/v1/userinfo'],
    ]) {
      expect(lines).toContain(`${method} ${path} 200`)
      expect(lines).toContainEqual(expect.stringMatching(`^OPTIONS ${path} 20[04]$`))
    }
  })

  it('renews the tokens with a refresh token', async () => {
    app.configuration = { ...initial, scopes: [...initial.scopes, 'offline_access'] }
    await signInWithRedirect()
    const before = await tokens()
    app.okta.clearRequests()
    await page.evaluate('authClient.token.renewTokens().then(tokens => authClient.tokenManager.setTokens(tokens))')
    expect((await tokens()).accessToken).not.toEqual(before.accessToken)
    expect(app.okta.requests).toContainEqual(
      expect.objectContaining({ form: expect.objectContaining({ grant_type: 'refresh_token' }), status: 200 }),
    )
  })

  it('renews the tokens in a hidden frame without a refresh token', async () => {
    await signInWithRedirect()
    const before = await tokens()
    app.okta.clearRequests()
    await page.evaluate('authClient.token.renewTokens().then(tokens => authClient.tokenManager.setTokens(tokens))')
    expect((await tokens()).accessToken).not.toEqual(before.accessToken)
    expect(app.okta.requests).toContainEqual(
      expect.objectContaining({
        path: '/oauth2/default/v1/authorize',
        query: expect.objectContaining({ prompt: 'none', response_mode: 'okta_post_message' }),
      }),
    )
  })

  it('signs in with a popup', async () => {
    await page.goto(app.origin)
    await page.evaluate('started')
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate(`window.result = authClient.token.getWithPopup({}).then(
        ({ tokens }) => authClient.tokenManager.setTokens(tokens),
        ({ message }) => message,
      ), undefined`),
    ])
    await signIn(popup, app.okta.users[1])
    expect(await page.evaluate('result')).toBeUndefined()
    expect(await tokens()).toMatchObject({ idToken: { claims: { sub: app.okta.users[1]?.id } } })
  })

  it('introspects and revokes the access token', async () => {
    await signInWithRedirect()
    await page.evaluate('window.token = authClient.tokenManager.getTokensSync().accessToken, undefined')
    // With the token as an argument, because this version does not find it in its storage.
    const introspect = () => page.evaluate("authClient.token.introspect('accessToken', token)")
    expect(await introspect()).toMatchObject({ active: true, client_id: app.configuration.clientId })
    await page.evaluate('authClient.revokeAccessToken(token)')
    expect(await introspect()).toMatchObject({ active: false })
  })

  it('signs out with a redirect', async () => {
    await signInWithRedirect()
    app.okta.clearRequests()
    await page.evaluate('void authClient.signOut()')
    await page.waitForURL(`${app.origin}/`)
    await page.evaluate('started')
    expect(await page.evaluate('authClient.isAuthenticated()')).toBe(false)
    expect(linesOf(app.okta.requests)).toEqual(
      expect.arrayContaining(['POST /oauth2/default/v1/revoke 200', 'GET /oauth2/default/v1/logout 302']),
    )
    // The session has ended, so the org asks for the password again.
    await page.evaluate('void authClient.signInWithRedirect()')
    await page.getByLabel('Password').waitFor()
  })

  it('signs in at the org authorization server', async () => {
    app.configuration = { ...initial, issuer: app.okta.orgUrl.origin }
    await signInWithRedirect()
    expect(await page.evaluate('authClient.getUser()')).toMatchObject({ email: app.okta.users[0]?.login })
  })

  it('gets a DPoP token and calls the API with it', async () => {
    await app.okta.update(initial.clientId, { dpop: true, scopes: ['okta.users.read.self'] })
    const scopes = [...initial.scopes, 'okta.users.read.self']
    app.configuration = { ...initial, issuer: app.okta.orgUrl.origin, scopes, dpop: true }
    await signInWithRedirect()
    expect(await tokens()).toMatchObject({ accessToken: { tokenType: 'DPoP' } })
    const user = await page.evaluate(`(async () => {
      const url = '${app.okta.orgUrl.origin}/api/v1/users/me'
      const { Authorization, Dpop } = await authClient.getDPoPAuthorizationHeaders({ url, method: 'GET' })
      const response = await fetch(url, { headers: { Authorization, Dpop } })
      return response.json()
    })()`)
    expect(user).toMatchObject({ id: app.okta.users[0]?.id })
    const lines = app.okta.requests.map(({ path, status, error }) => `${path} ${status} ${error ?? ''}`.trim())
    expect(lines).toEqual(
      expect.arrayContaining(['/oauth2/v1/token 400 use_dpop_nonce', '/oauth2/v1/token 200', '/api/v1/users/me 200']),
    )
    await app.okta.update(initial.clientId, { dpop: false })
  })

  it('is rejected when the redirect URI, the client ID or the state is wrong', async () => {
    await app.okta.update(initial.clientId, { redirectUris: ['https://localhost:1/other'] })
    await page.goto(app.origin)
    await page.evaluate('started')
    await page.evaluate('void authClient.signInWithRedirect()')
    await page.getByText("The 'redirect_uri' parameter must be a Login redirect URI").waitFor()
    await app.okta.update(initial.clientId, { redirectUris: [app.redirectUri] })

    app.configuration = { ...initial, clientId: '0oaunknown1234567890' }
    await page.goto(app.origin)
    await page.evaluate('started')
    await page.evaluate('void authClient.signInWithRedirect()')
    await page.getByText("Invalid value for 'client_id' parameter.").waitFor()

    app.configuration = initial
    await page.goto(`${app.redirectUri}?code=made-up&state=another`)
    const error = await page.evaluate('started.catch(error => error.message)')
    expect(error).toContain("state doesn't match")
  })

  it('cannot read responses when its origin is not trusted, and gets no token without a redirect URI there', async () => {
    // The same app at another origin.
    await page.goto(app.origin.replace('localhost', '127.0.0.1'))
    const fetchStatus = (path: string, init = '{}') =>
      page.evaluate(`fetch('${initial.issuer}${path}', ${init}).then(({ status }) => status, ({ message }) => message)`)
    expect(await fetchStatus('/v1/keys')).toBe('Failed to fetch')
    const body = `grant_type=authorization_code&client_id=${initial.clientId}&code=made-up`
    const headers = `{ 'content-type': 'application/x-www-form-urlencoded' }`
    await fetchStatus('/v1/token', `{ method: 'POST', headers: ${headers}, body: '${body}' }`)
    expect(app.okta.requests.at(-1)).toMatchObject({
      path: '/oauth2/default/v1/token',
      status: 400,
      error: 'invalid_request',
    })
  })
})
