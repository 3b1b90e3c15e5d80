import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  startBroker,
  type TestBroker,
} from '../../../test/support/broker.test.support.js'
import { TestBrowser } from '../../../test/support/browser.test.support.js'

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  const port = await freePort()
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa', redirectUris: [`http://localhost:${port}/login/callback`] }],
  })
  const config = {
    connections: { desk: connectionOf(okta, okta.client('spa'), { signIn: ['ADA.lovelace@example.com'] }) },
    clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['desk'] } },
  }
  broker = await startBroker(config, { port })
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})
beforeEach(() => okta.clearRequests())

const newBrowser = () => new TestBrowser(broker, okta)

async function tokenStatus(): Promise<number> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: basic('payroll') }
  return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })).status
}

async function signOut(browser: TestBrowser): Promise<Response> {
  return await browser.signOut()
}

describe('a sign-in', () => {
  it('makes the connection usable, and gives clients no session', async () => {
    const browser = newBrowser()
    const done = await browser.get(await browser.signIn())
    expect([done.status, done.headers.get('location')]).toEqual([303, '/'])
    expect(await (await browser.get('/')).text()).toContain('ada.lovelace@example.com')
    expect(await tokenStatus()).toBe(200)
    // The cookie is only used by pages. Other browsers do not see who signed in.
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const headers = { cookie: browser.cookie ?? '' }
    expect((await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })).status).toBe(401)
    expect((await fetch(`${broker.url}/proxy/desk/api/v1/users/me`, { headers })).status).toBe(401)
    expect(await (await newBrowser().get('/')).text()).not.toContain('ada.lovelace')
    expect((await signOut(browser)).status).toBe(303)
    expect(await tokenStatus()).toBe(400)
  })

  it('sets a cookie that other hosts and scripts can neither read nor set', async () => {
    const response = await fetch(`${broker.url}/login/desk`)
    const [cookie = ''] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^__Host-connect-okta=[A-Za-z0-9_-]{43};/)
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(attribute)
    expect(cookie).not.toContain('Domain')
    // Redirects to the host of the callback before a cookie is set.
    const other = await fetch(`http://127.0.0.1:${broker.port}/login/desk`, { redirect: 'manual' })
    expect(other.headers.get('location')).toBe(`${broker.url}/login/desk`)
    expect(other.headers.getSetCookie()).toEqual([])
  })

  it('changes the cookie, so that a planted one is worthless (session fixation)', async () => {
    const planted = `__Host-connect-okta=${'A'.repeat(43)}`
    const victim = newBrowser()
    victim.cookie = planted
    await victim.get(await victim.signIn())
    expect(victim.cookie).not.toBe(planted)
    const attacker = newBrowser()
    attacker.cookie = planted
    expect(await (await attacker.get('/')).text()).not.toContain('ada.lovelace')
    expect((await signOut(attacker)).status).toBe(403)
    expect(await tokenStatus()).toBe(200)
    await signOut(victim)
  })

  it('rejects the callback of another browser (login CSRF)', async () => {
    const [attacker, victim] = [newBrowser(), newBrowser()]
    const callback = await attacker.signIn()
    expect((await victim.get(callback)).status).toBe(400)
    // A browser with another sign-in in progress rejects it too.
    await victim.begin()
    expect((await victim.get(callback)).status).toBe(400)
    expect(await tokenStatus()).toBe(400)
    expect(okta.requests.filter(({ path }) => path.endsWith('/token'))).toEqual([])
  })

  it('accepts a callback once', async () => {
    const browser = newBrowser()
    const callback = await browser.signIn()
    expect((await browser.get(callback)).status).toBe(303)
    expect((await browser.get(callback)).status).toBe(400)
    await signOut(browser)
  })

  it('accepts only forms of its own pages (CSRF)', async () => {
    const browser = newBrowser()
    const form_token = await browser.formToken('/login/desk')
    const foreign = await newBrowser().formToken('/login/desk')
    const attempts = [
      browser.post('/login/desk', {}),
      browser.post('/login/desk', { form_token: foreign }),
      browser.post('/login/desk', { form_token }, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
      browser.post('/login/desk', { form_token }, { origin: 'null', 'sec-fetch-site': 'cross-site' }),
    ]
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([403, 403, 403, 403])
    await browser.get(await browser.signIn())
    const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const token = await browser.formToken('/')
    const ends = [
      browser.post('/logout', { connection: 'desk' }),
      browser.post('/logout', { connection: 'desk', form_token: token }, evil),
      browser.get('/logout?connection=desk'),
    ]
    expect((await Promise.all(ends)).map(({ status }) => status)).toEqual([403, 403, 303])
    expect(await tokenStatus()).toBe(200)
    await signOut(browser)
  })

  it('redirects only to the org and to its own pages (open redirect)', async () => {
    const browser = newBrowser()
    const url = await browser.begin()
    expect(url.origin).toBe(okta.orgUrl.origin)
    expect(url.searchParams.get('redirect_uri')).toBe(`${broker.url}/login/callback`)
    for (const path of [
      '//evil.example',
      '/%2f%2fevil.example',
      '/login/desk?next=https://evil.example&return_to=//evil.example',
    ]) {
      for (const origin of [broker.url, `http://127.0.0.1:${broker.port}`]) {
        const response = await fetch(origin + path, { redirect: 'manual' })
        const location = response.headers.get('location')
        if (location !== null) expect(new URL(location, origin).origin).toBe(broker.url)
      }
    }
    const callback = await browser.signIn()
    const done = await browser.get(`${callback}&next=https://evil.example&redirect_uri=https://evil.example`)
    expect(done.headers.get('location')).toBe('/')
    await signOut(browser)
  })

  it('does not end the later sign-in of another user', async () => {
    const [first, second] = [newBrowser(), newBrowser()]
    await first.get(await first.signIn())
    await broker.reload(configFor('*'))
    await second.get(await second.signIn(okta.users[1]))
    expect((await signOut(first)).status).toBe(303)
    expect(await tokenStatus()).toBe(200)
    // With the first signIn list, the sign-in of the second user cannot be used.
    await broker.reload(configFor('ada.lovelace@example.com'))
    expect(await tokenStatus()).toBe(400)
  })

  it('shows why Okta rejected the sign-in', async () => {
    const browser = newBrowser()
    const state = (await browser.begin()).searchParams.get('state') ?? ''
    const answer = new URLSearchParams({ state, error: 'access_denied', error_description: 'User is not assigned <b>' })
    const response = await browser.get(`/login/callback?${answer}`)
    expect(response.status).toBe(403)
    const page = await response.text()
    expect(page).toContain('User is not assigned')
    expect(page).not.toContain('<b>')
  })

  it.each([
    [
      'a broken multipart body',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="a"\r\n',
    ],
    ['a multipart body without a boundary', 'multipart/form-data', 'x'],
    ['a body that is not a form', 'text/plain', 'form_token=x'],
    ['a repeated field', 'application/x-www-form-urlencoded', 'form_token=x&form_token=y'],
  ])('answers 400 and logs no bug when a page receives %s', async (_what, type, body) => {
    const headers = { 'content-type': type, origin: broker.url, 'sec-fetch-site': 'same-origin' }
    for (const path of ['/login/desk', '/logout']) {
      expect((await fetch(broker.url + path, { method: 'POST', headers, body })).status).toBe(400)
    }
    expect(broker.lines().filter(({ msg }) => msg === 'unexpected error')).toEqual([])
  })

  it('answers 404 for other connections', async () => {
    for (const path of ['/login/none', '/login/', '/login/__proto__']) {
      expect((await newBrowser().get(path)).status).toBe(404)
    }
  })
})

function configFor(who: string) {
  return {
    connections: { desk: connectionOf(okta, okta.client('spa'), { signIn: [who] }) },
    clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['desk'] } },
  }
}
