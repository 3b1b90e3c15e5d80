import { describe, expect, inject, it } from 'vitest'
import { signIn } from '../support/chromium.js'
import { linesOf } from '../support/requests.js'
import { useSinglePageApp } from '../support/use-single-page-app.js'

const { openssl, chromium } = inject('systemNeeds')

describe.skipIf(!openssl || !chromium)('@okta/okta-auth-js in Chromium', () => {
  const source = new URL('./okta-auth-js.html', import.meta.url)
  const test = useSinglePageApp(source, '@okta/okta-auth-js/dist/okta-auth-js.min.js', 'same site')

  /** Opens the app and signs in with `signInWithRedirect`. */
  async function signInWithRedirect(user = test.app.okta.users[0]): Promise<void> {
    await test.page.goto(test.app.origin)
    await test.page.evaluate('started')
    await test.page.evaluate('void authClient.signInWithRedirect()')
    await signIn(test.page, user)
    await test.page.waitForURL(url => url.origin === test.app.origin)
    await test.page.evaluate('started')
  }

  const tokens = () => test.page.evaluate('authClient.tokenManager.getTokensSync()') as Promise<Record<string, object>>

  it('signs in with a redirect, gets the user info, and validates the tokens', async () => {
    await signInWithRedirect()
    expect(await test.page.evaluate('authClient.isAuthenticated()')).toBe(true)
    const { login, id } = test.app.okta.users[0] ?? {}
    expect(await test.page.evaluate('authClient.getUser()')).toMatchObject({ sub: id, email: login })
    expect(await tokens()).toMatchObject({
      idToken: { claims: { sub: id, aud: test.app.configuration.clientId } },
      accessToken: { tokenType: 'Bearer', scopes: ['openid', 'profile', 'email'] },
    })
    // CORS: each of these requests is allowed by a preflight request first.
    const lines = linesOf(test.app.okta.requests)
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
    test.app.configuration = { ...test.initial, scopes: [...test.initial.scopes, 'offline_access'] }
    await signInWithRedirect()
    const before = await tokens()
    test.app.okta.clearRequests()
    await test.page.evaluate('authClient.token.renewTokens().then(tokens => authClient.tokenManager.setTokens(tokens))')
    expect((await tokens()).accessToken).not.toEqual(before.accessToken)
    expect(test.app.okta.requests).toContainEqual(
      expect.objectContaining({ form: expect.objectContaining({ grant_type: 'refresh_token' }), status: 200 }),
    )
  })

  it('renews the tokens in a hidden frame without a refresh token', async () => {
    await signInWithRedirect()
    const before = await tokens()
    test.app.okta.clearRequests()
    await test.page.evaluate('authClient.token.renewTokens().then(tokens => authClient.tokenManager.setTokens(tokens))')
    expect((await tokens()).accessToken).not.toEqual(before.accessToken)
    expect(test.app.okta.requests).toContainEqual(
      expect.objectContaining({
        path: '/oauth2/default/v1/authorize',
        query: expect.objectContaining({ prompt: 'none', response_mode: 'okta_post_message' }),
      }),
    )
  })

  it('signs in with a popup', async () => {
    await test.page.goto(test.app.origin)
    await test.page.evaluate('started')
    const [popup] = await Promise.all([
      test.page.waitForEvent('popup'),
      test.page.evaluate(`window.result = authClient.token.getWithPopup({}).then(
        ({ tokens }) => authClient.tokenManager.setTokens(tokens),
        ({ message }) => message,
      ), undefined`),
    ])
    await signIn(popup, test.app.okta.users[1])
    expect(await test.page.evaluate('result')).toBeUndefined()
    expect(await tokens()).toMatchObject({ idToken: { claims: { sub: test.app.okta.users[1]?.id } } })
  })

  it('introspects and revokes the access token', async () => {
    await signInWithRedirect()
    await test.page.evaluate('window.token = authClient.tokenManager.getTokensSync().accessToken, undefined')
    // With the token as an argument, because this version does not find it in its storage.
    const introspect = () => test.page.evaluate("authClient.token.introspect('accessToken', token)")
    expect(await introspect()).toMatchObject({ active: true, client_id: test.app.configuration.clientId })
    await test.page.evaluate('authClient.revokeAccessToken(token)')
    expect(await introspect()).toMatchObject({ active: false })
  })

  it('signs out with a redirect', async () => {
    await signInWithRedirect()
    test.app.okta.clearRequests()
    await test.page.evaluate('void authClient.signOut()')
    await test.page.waitForURL(`${test.app.origin}/`)
    await test.page.evaluate('started')
    expect(await test.page.evaluate('authClient.isAuthenticated()')).toBe(false)
    expect(linesOf(test.app.okta.requests)).toEqual(
      expect.arrayContaining(['POST /oauth2/default/v1/revoke 200', 'GET /oauth2/default/v1/logout 302']),
    )
    // The session has ended, so the org asks for the password again.
    await test.page.evaluate('void authClient.signInWithRedirect()')
    await test.page.getByLabel('Password').waitFor()
  })

  it('signs in at the org authorization server', async () => {
    test.app.configuration = { ...test.initial, issuer: test.app.okta.orgUrl.origin }
    await signInWithRedirect()
    expect(await test.page.evaluate('authClient.getUser()')).toMatchObject({ email: test.app.okta.users[0]?.login })
  })

  it('gets a DPoP token and calls the API with it', async () => {
    await test.app.okta.update(test.initial.clientId, { dpop: true, scopes: ['okta.users.read.self'] })
    const scopes = [...test.initial.scopes, 'okta.users.read.self']
    test.app.configuration = { ...test.initial, issuer: test.app.okta.orgUrl.origin, scopes, dpop: true }
    await signInWithRedirect()
    expect(await tokens()).toMatchObject({ accessToken: { tokenType: 'DPoP' } })
    const user = await test.page.evaluate(`(async () => {
      const url = '${test.app.okta.orgUrl.origin}/api/v1/users/me'
      const { Authorization, Dpop } = await authClient.getDPoPAuthorizationHeaders({ url, method: 'GET' })
      const response = await fetch(url, { headers: { Authorization, Dpop } })
      return response.json()
    })()`)
    expect(user).toMatchObject({ id: test.app.okta.users[0]?.id })
    const lines = test.app.okta.requests.map(({ path, status, error }) => `${path} ${status} ${error ?? ''}`.trim())
    expect(lines).toEqual(
      expect.arrayContaining(['/oauth2/v1/token 400 use_dpop_nonce', '/oauth2/v1/token 200', '/api/v1/users/me 200']),
    )
    await test.app.okta.update(test.initial.clientId, { dpop: false })
  })

  it('is rejected when the redirect URI, the client ID or the state is wrong', async () => {
    await test.app.okta.update(test.initial.clientId, { redirectUris: ['https://localhost:1/other'] })
    await test.page.goto(test.app.origin)
    await test.page.evaluate('started')
    await test.page.evaluate('void authClient.signInWithRedirect()')
    await test.page.getByText("The 'redirect_uri' parameter must be a Login redirect URI").waitFor()
    await test.app.okta.update(test.initial.clientId, { redirectUris: [test.app.redirectUri] })

    test.app.configuration = { ...test.initial, clientId: '0oaunknown1234567890' }
    await test.page.goto(test.app.origin)
    await test.page.evaluate('started')
    await test.page.evaluate('void authClient.signInWithRedirect()')
    await test.page.getByText("Invalid value for 'client_id' parameter.").waitFor()

    test.app.configuration = test.initial
    await test.page.goto(`${test.app.redirectUri}?code=made-up&state=another`)
    const error = await test.page.evaluate('started.catch(error => error.message)')
    expect(error).toContain("state doesn't match")
  })

  it('cannot read responses when its origin is not trusted, and gets no token without a redirect URI there', async () => {
    // The same app at another origin.
    await test.page.goto(test.app.origin.replace('localhost', '127.0.0.1'))
    const fetchStatus = (path: string, init = '{}') =>
      test.page.evaluate(
        `fetch('${test.initial.issuer}${path}', ${init}).then(({ status }) => status, ({ message }) => message)`,
      )
    expect(await fetchStatus('/v1/keys')).toBe('Failed to fetch')
    const body = `grant_type=authorization_code&client_id=${test.initial.clientId}&code=made-up`
    const headers = `{ 'content-type': 'application/x-www-form-urlencoded' }`
    await fetchStatus('/v1/token', `{ method: 'POST', headers: ${headers}, body: '${body}' }`)
    expect(test.app.okta.requests.at(-1)).toMatchObject({
      path: '/oauth2/default/v1/token',
      status: 400,
      error: 'invalid_request',
    })
  })
})
