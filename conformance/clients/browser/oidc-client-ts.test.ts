import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openTab, signIn, startChromium, type Tab } from '../support/chromium.js'
import { linesOf } from '../support/requests.js'
import { type SinglePageApp, startSinglePageApp } from '../support/single-page-app.js'

const { openssl, chromium } = inject('systemNeeds')

describe.skipIf(!openssl || !chromium)('oidc-client-ts in Chromium', () => {
  let browser: Browser
  let app: SinglePageApp
  let initial: SinglePageApp['configuration']
  let tab: Tab
  let page: Page
  beforeAll(async () => {
    browser = await startChromium()
    const source = new URL('./oidc-client-ts.html', import.meta.url)
    app = await startSinglePageApp(source, 'oidc-client-ts/dist/browser/oidc-client-ts.min.js', 'another site')
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

  async function signinRedirect(): Promise<void> {
    await page.goto(app.origin)
    await page.evaluate('started')
    await page.evaluate('void userManager.signinRedirect()')
    await signIn(page, app.okta.users[0])
    await page.waitForURL(url => url.origin === app.origin)
    await page.evaluate('started')
  }

  it.each([['a custom authorization server'], ['the org authorization server']])('signs in at %s', async server => {
    if (server.startsWith('the org')) app.configuration = { ...initial, issuer: app.okta.orgUrl.origin }
    await signinRedirect()
    const { id, login } = app.okta.users[0] ?? {}
    expect(await page.evaluate('user.profile')).toMatchObject({ sub: id, email: login })
    const requests = app.okta.requests.filter(({ path }) => /openid-configuration|token/.test(path))
    expect(requests.map(({ method, status }) => `${method} ${status}`)).toEqual(['GET 200', 'GET 200', 'POST 200'])
    expect(requests.at(-1)).toMatchObject({ form: { client_id: initial.clientId, grant_type: 'authorization_code' } })
  })

  it('revokes the tokens', async () => {
    await signinRedirect()
    app.okta.clearRequests()
    await page.evaluate('userManager.revokeTokens()')
    expect(linesOf(app.okta.requests)).toContain('POST /oauth2/default/v1/revoke 200')
  })

  it('renews the tokens with a refresh token', async () => {
    app.configuration = { ...initial, scopes: [...initial.scopes, 'offline_access'] }
    await signinRedirect()
    const before = await page.evaluate('user.access_token')
    const after = await page.evaluate('userManager.signinSilent().then(user => user.access_token)')
    expect(after).not.toBe(before)
  })

  it('signs out with a redirect', async () => {
    await signinRedirect()
    await page.evaluate('void userManager.signoutRedirect()')
    await page.waitForURL(url => url.origin === app.origin && url.pathname === '/')
    expect(linesOf(app.okta.requests)).toContain('GET /oauth2/default/v1/logout 302')
    await page.evaluate('started')
    await page.evaluate('void userManager.signinRedirect()')
    await page.getByLabel('Password').waitFor()
  })

  it('stays at the org when the sign-out redirect URI is not registered', async () => {
    await signinRedirect()
    await app.okta.update(initial.clientId, { postLogoutRedirectUris: ['https://localhost:1/other'] })
    await page.evaluate('void userManager.signoutRedirect()')
    await page.waitForURL(url => url.origin === app.okta.orgUrl.origin)
    expect(linesOf(app.okta.requests)).toContain('GET /oauth2/default/v1/logout 400')
  })

  it('is rejected when the client ID or the state is wrong', async () => {
    app.configuration = { ...initial, clientId: '0oaunknown1234567890' }
    await page.goto(app.origin)
    await page.evaluate('started')
    await page.evaluate('void userManager.signinRedirect()')
    await page.getByText("Invalid value for 'client_id' parameter.").waitFor()
    await page.goto(`${app.redirectUri}?code=made-up&state=another`)
    expect(await page.evaluate('started.catch(error => error.message)')).toBe('No matching state found in storage')
  })
})
