import { describe, expect, inject, it } from 'vitest'
import { signIn } from '../support/chromium.js'
import { linesOf } from '../support/requests.js'
import { useSinglePageApp } from '../support/use-single-page-app.js'

const { openssl, chromium } = inject('systemNeeds')

describe.skipIf(!openssl || !chromium)('oidc-client-ts in Chromium', () => {
  const source = new URL('./oidc-client-ts.html', import.meta.url)
  const test = useSinglePageApp(source, 'oidc-client-ts/dist/browser/oidc-client-ts.min.js', 'another site')

  async function signinRedirect(): Promise<void> {
    await test.page.goto(test.app.origin)
    await test.page.evaluate('started')
    await test.page.evaluate('void userManager.signinRedirect()')
    await signIn(test.page, test.app.okta.users[0])
    await test.page.waitForURL(url => url.origin === test.app.origin)
    await test.page.evaluate('started')
  }

  it.each([['a custom authorization server'], ['the org authorization server']])('signs in at %s', async server => {
    if (server.startsWith('the org')) test.app.configuration = { ...test.initial, issuer: test.app.okta.orgUrl.origin }
    await signinRedirect()
    const { id, login } = test.app.okta.users[0] ?? {}
    expect(await test.page.evaluate('user.profile')).toMatchObject({ sub: id, email: login })
    const requests = test.app.okta.requests.filter(({ path }) => /openid-configuration|token/.test(path))
    expect(requests.map(({ method, status }) => `${method} ${status}`)).toEqual(['GET 200', 'GET 200', 'POST 200'])
    expect(requests.at(-1)).toMatchObject({
      form: { client_id: test.initial.clientId, grant_type: 'authorization_code' },
    })
  })

  it('revokes the tokens', async () => {
    await signinRedirect()
    test.app.okta.clearRequests()
    await test.page.evaluate('userManager.revokeTokens()')
    expect(linesOf(test.app.okta.requests)).toContain('POST /oauth2/default/v1/revoke 200')
  })

  it('renews the tokens with a refresh token', async () => {
    test.app.configuration = { ...test.initial, scopes: [...test.initial.scopes, 'offline_access'] }
    await signinRedirect()
    const before = await test.page.evaluate('user.access_token')
    const after = await test.page.evaluate('userManager.signinSilent().then(user => user.access_token)')
    expect(after).not.toBe(before)
  })

  it('signs out with a redirect', async () => {
    await signinRedirect()
    await test.page.evaluate('void userManager.signoutRedirect()')
    await test.page.waitForURL(url => url.origin === test.app.origin && url.pathname === '/')
    expect(linesOf(test.app.okta.requests)).toContain('GET /oauth2/default/v1/logout 302')
    await test.page.evaluate('started')
    await test.page.evaluate('void userManager.signinRedirect()')
    await test.page.getByLabel('Password').waitFor()
  })

  it('stays at the org when the sign-out redirect URI is not registered', async () => {
    await signinRedirect()
    await test.app.okta.update(test.initial.clientId, { postLogoutRedirectUris: ['https://localhost:1/other'] })
    await test.page.evaluate('void userManager.signoutRedirect()')
    await test.page.waitForURL(url => url.origin === test.app.okta.orgUrl.origin)
    expect(linesOf(test.app.okta.requests)).toContain('GET /oauth2/default/v1/logout 400')
  })

  it('is rejected when the client ID or the state is wrong', async () => {
    test.app.configuration = { ...test.initial, clientId: '0oaunknown1234567890' }
    await test.page.goto(test.app.origin)
    await test.page.evaluate('started')
    await test.page.evaluate('void userManager.signinRedirect()')
    await test.page.getByText("Invalid value for 'client_id' parameter.").waitFor()
    await test.page.goto(`${test.app.redirectUri}?code=made-up&state=another`)
    expect(await test.page.evaluate('started.catch(error => error.message)')).toBe('No matching state found in storage')
  })
})
