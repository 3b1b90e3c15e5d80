import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  startBroker,
  type TestBroker,
} from '../../../test/support/broker.test.support.js'
import { Visitor } from '../../../test/support/browser.test.support.js'

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  const port = await freePort()
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa', redirectUris: [`http://localhost:${port}/login/callback`] }],
  })
  const config = {
    connections: { desk: connectionOf(okta, okta.client('spa'), { signIn: ['ADA.lovelace@example.com'] }) },
    callers: { payroll: { secretSha256: digestFor('payroll'), connections: ['desk'] } },
  }
  broker = await startBroker(config, { port })
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})
beforeEach(() => okta.clearRequests())

const newVisitor = () => new Visitor(broker, okta)

async function tokenStatus(): Promise<number> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: basic('payroll') }
  return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })).status
}

async function signOut(visitor: Visitor): Promise<Response> {
  return await visitor.signOut()
}

describe('a sign-in', () => {
  it('makes the connection work, and belongs to it: callers have no session', async () => {
    const visitor = newVisitor()
    const done = await visitor.get(await visitor.signIn())
    expect([done.status, done.headers.get('location')]).toEqual([303, '/'])
    expect(await (await visitor.get('/')).text()).toContain('ada.lovelace@example.com')
    expect(await tokenStatus()).toBe(200)
    // The cookie is for pages; others see that it works, and not who signed in.
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const headers = { cookie: visitor.cookie ?? '' }
    expect((await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })).status).toBe(401)
    expect((await fetch(`${broker.url}/proxy/desk/api/v1/users/me`, { headers })).status).toBe(401)
    expect(await (await newVisitor().get('/')).text()).not.toContain('ada.lovelace')
    expect((await signOut(visitor)).status).toBe(303)
    expect(await tokenStatus()).toBe(400)
  })

  it('sets a cookie that no other host and no script can read or set', async () => {
    const response = await fetch(`${broker.url}/login/desk`)
    const [cookie = ''] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^__Host-connect-okta=[A-Za-z0-9_-]{43};/)
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(attribute)
    expect(cookie).not.toContain('Domain')
    // To the name of the callback first, and only then a cookie.
    const other = await fetch(`http://127.0.0.1:${broker.port}/login/desk`, { redirect: 'manual' })
    expect(other.headers.get('location')).toBe(`${broker.url}/login/desk`)
    expect(other.headers.getSetCookie()).toEqual([])
  })

  it('has another cookie than before it: who planted one has nothing (session fixation)', async () => {
    const planted = `__Host-connect-okta=${'A'.repeat(43)}`
    const victim = newVisitor()
    victim.cookie = planted
    await victim.get(await victim.signIn())
    expect(victim.cookie).not.toBe(planted)
    const attacker = newVisitor()
    attacker.cookie = planted
    expect(await (await attacker.get('/')).text()).not.toContain('ada.lovelace')
    expect((await signOut(attacker)).status).toBe(403)
    expect(await tokenStatus()).toBe(200)
    await signOut(victim)
  })

  it("does not take another's callback: nobody is signed in as somebody else (login CSRF)", async () => {
    const [attacker, victim] = [newVisitor(), newVisitor()]
    const callback = await attacker.signIn()
    expect((await victim.get(callback)).status).toBe(400)
    // Nor in a browser that is in the middle of a sign-in of its own.
    await victim.begin()
    expect((await victim.get(callback)).status).toBe(400)
    expect(await tokenStatus()).toBe(400)
    expect(okta.requests.filter(({ path }) => path.endsWith('/token'))).toEqual([])
  })

  it('takes an answer once', async () => {
    const visitor = newVisitor()
    const callback = await visitor.signIn()
    expect((await visitor.get(callback)).status).toBe(303)
    expect((await visitor.get(callback)).status).toBe(400)
    await signOut(visitor)
  })

  it('is begun and ended by forms of its own pages alone (CSRF)', async () => {
    const visitor = newVisitor()
    const form_token = await visitor.formToken('/login/desk')
    const foreign = await newVisitor().formToken('/login/desk')
    const attempts = [
      visitor.post('/login/desk', {}),
      visitor.post('/login/desk', { form_token: foreign }),
      visitor.post('/login/desk', { form_token }, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
      visitor.post('/login/desk', { form_token }, { origin: 'null', 'sec-fetch-site': 'cross-site' }),
    ]
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([403, 403, 403, 403])
    await visitor.get(await visitor.signIn())
    const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const token = await visitor.formToken('/')
    const ends = [
      visitor.post('/logout', { connection: 'desk' }),
      visitor.post('/logout', { connection: 'desk', form_token: token }, evil),
      visitor.get('/logout?connection=desk'),
    ]
    expect((await Promise.all(ends)).map(({ status }) => status)).toEqual([403, 403, 303])
    expect(await tokenStatus()).toBe(200)
    await signOut(visitor)
  })

  it('sends the browser to the org and to its own pages alone (open redirect)', async () => {
    const visitor = newVisitor()
    const url = await visitor.begin()
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
    const callback = await visitor.signIn()
    const done = await visitor.get(`${callback}&next=https://evil.example&redirect_uri=https://evil.example`)
    expect(done.headers.get('location')).toBe('/')
    await signOut(visitor)
  })

  it('does not end a login that somebody else has begun since', async () => {
    const [first, second] = [newVisitor(), newVisitor()]
    await first.get(await first.signIn())
    await broker.reload(configFor('*'))
    await second.get(await second.signIn(okta.users[1]))
    expect((await signOut(first)).status).toBe(303)
    expect(await tokenStatus()).toBe(200)
    // With the list as it was, the login of the second is nobody's to use.
    await broker.reload(configFor('ada.lovelace@example.com'))
    expect(await tokenStatus()).toBe(400)
  })

  it('says why Okta refused', async () => {
    const visitor = newVisitor()
    const state = (await visitor.begin()).searchParams.get('state') ?? ''
    const answer = new URLSearchParams({ state, error: 'access_denied', error_description: 'User is not assigned <b>' })
    const response = await visitor.get(`/login/callback?${answer}`)
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
    ['a body that is no form', 'text/plain', 'form_token=x'],
    ['a field that comes twice', 'application/x-www-form-urlencoded', 'form_token=x&form_token=y'],
  ])('answers 400, and logs no bug, when a page gets %s', async (_what, type, body) => {
    const headers = { 'content-type': type, origin: broker.url, 'sec-fetch-site': 'same-origin' }
    for (const path of ['/login/desk', '/logout']) {
      expect((await fetch(broker.url + path, { method: 'POST', headers, body })).status).toBe(400)
    }
    expect(broker.lines().filter(({ msg }) => msg === 'a bug')).toEqual([])
  })

  it('is there for connections of people alone', async () => {
    for (const path of ['/login/none', '/login/', '/login/__proto__']) {
      expect((await newVisitor().get(path)).status).toBe(404)
    }
  })
})

function configFor(who: string) {
  return {
    connections: { desk: connectionOf(okta, okta.client('spa'), { signIn: [who] }) },
    callers: { payroll: { secretSha256: digestFor('payroll'), connections: ['desk'] } },
  }
}
