import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeUrl, redeem, send } from '../../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../../testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [{ kind: 'web', postLogoutRedirectUris: ['http://localhost:8080/bye'] }, { kind: 'spa' }],
  })
})
afterAll(() => okta.close())

async function signedIn(user = okta.users[0]) {
  const browser = new ScriptedBrowser(okta)
  const web = okta.client('web')
  const { body } = await redeem(okta, web, await browser.signIn(authorizeUrl(okta, web), user))
  return { browser, idToken: String(body.id_token) }
}
const logoutUrl = (parameters: Record<string, string>) =>
  new URL(`/oauth2/v1/logout?${new URLSearchParams(parameters)}`, okta.orgUrl)
const target = { post_logout_redirect_uri: 'http://localhost:8080/bye', state: 'the-state' }

describe('/oauth2/v1/logout', () => {
  it('ends the session, and returns to the app with the state', async () => {
    const { browser, idToken } = await signedIn()
    const silent = authorizeUrl(okta, okta.client('web'), { prompt: 'none' })
    expect((await browser.open(silent)).externalRedirect?.searchParams.has('code')).toBe(true)
    const { externalRedirect } = await browser.open(logoutUrl({ id_token_hint: idToken, ...target }))
    expect(externalRedirect?.href).toBe('http://localhost:8080/bye?state=the-state')
    expect((await browser.open(silent)).externalRedirect?.searchParams.get('error')).toBe('login_required')
  })

  it('accepts a form, and an ID token that has expired, without a session', async () => {
    const { idToken } = await signedIn()
    okta.advanceClock(24 * 3_600_000)
    const { status, headers } = await send(new URL('/oauth2/v1/logout', okta.orgUrl), {
      method: 'POST',
      body: new URLSearchParams({ id_token_hint: idToken, ...target }),
    })
    okta.setClock()
    expect([status, headers.get('location')]).toEqual([302, 'http://localhost:8080/bye?state=the-state'])
  })

  it('returns to the org without a redirect URI', async () => {
    const { idToken } = await signedIn()
    expect((await send(logoutUrl({ id_token_hint: idToken }))).headers.get('location')).toBe('/')
  })

  it.each<[string, (hint: string) => Record<string, string>, string]>([
    ['the ID token is missing', () => target, 'The id token is invalid.'],
    ['the ID token is changed', hint => ({ ...target, id_token_hint: `${hint}x` }), 'The id token is invalid.'],
    [
      'the URI is not registered',
      hint => ({ id_token_hint: hint, post_logout_redirect_uri: 'http://localhost:8080/bye/' }),
      'must be a Logout redirect URI in the client app settings',
    ],
  ])('shows a page when %s', async (_case, parameters, text) => {
    const { browser, idToken } = await signedIn()
    const page = await browser.open(logoutUrl(parameters(idToken)))
    expect(page.status).toBe(400)
    expect(page.text).toContain(text)
  })

  it('shows a page when another user is signed in', async () => {
    const { browser } = await signedIn(okta.users[1])
    const { idToken } = await signedIn(okta.users[0])
    const page = await browser.open(logoutUrl({ id_token_hint: idToken, ...target }))
    expect([page.status, page.text.includes('does not match the current session')]).toEqual([400, true])
  })

  it('is in the metadata', async () => {
    const { body } = await send(new URL('/.well-known/openid-configuration', okta.orgUrl))
    expect(body).toMatchObject({
      end_session_endpoint: `${okta.orgUrl.origin}/oauth2/v1/logout`,
      response_modes_supported: ['query', 'fragment', 'form_post', 'okta_post_message'],
    })
  })
})
