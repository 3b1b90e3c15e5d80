import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { managementClient } from '../../../test/support/management.test.support.js'
import { authorizeUrl, send, serviceToken } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../testing/scripted-browser.js'

interface Event {
  readonly eventType: string
  readonly actor: { readonly alternateId: string; readonly type: string }
  readonly target: readonly { readonly displayName: string }[]
  readonly outcome: { readonly result: string; readonly reason: string | null }
}

let okta: OktaEmulator
let call: ReturnType<typeof managementClient>
beforeEach(async () => {
  okta = await startOktaEmulator({ people: 0 })
  call = managementClient(okta)
})
afterEach(() => okta.close())

const events = async (query = '') => JSON.parse((await call('GET', `/api/v1/logs?${query}`)).text) as Event[]

describe('GET /api/v1/logs', () => {
  it('lists what happened, with actors and targets', async () => {
    await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('spa')), okta.users[0])
    const wrong = { login: okta.users[0]?.login ?? '', password: 'wrong' }
    await expect(new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('spa')), wrong)).rejects.toThrow()
    await serviceToken(okta)
    await call('POST', '/api/v1/groups', { profile: { name: 'Sales' } })
    expect((await events()).map(({ eventType, outcome }) => [eventType, outcome.reason ?? outcome.result])).toEqual([
      ['user.session.start', 'SUCCESS'],
      ['user.authentication.sso', 'SUCCESS'],
      ['app.oauth2.authorize.code', 'SUCCESS'],
      ['user.session.start', 'INVALID_CREDENTIALS'],
      ['app.oauth2.token.grant.access_token', 'SUCCESS'],
      ['group.lifecycle.create', 'SUCCESS'],
    ])
    expect(await events('filter=eventType eq "group.lifecycle.create"')).toMatchObject([
      { actor: { type: 'User', alternateId: okta.users[0]?.login }, target: [{ displayName: 'Sales' }] },
    ])
  })

  it('lists a token request that is rejected, without any secret', async () => {
    const token = await serviceToken(okta, okta.client('service'), 'okta.nonsense')
    expect(token).toBe('undefined')
    const [event] = await events()
    expect(event).toMatchObject({
      eventType: 'app.oauth2.token.grant',
      outcome: { result: 'FAILURE', reason: 'invalid_scope' },
      actor: { type: 'PublicClientApp', alternateId: okta.client('service').clientId },
    })
  })

  it('has the request ID of the response', async () => {
    const { headers } = await call('POST', '/api/v1/groups', { profile: { name: 'Sales' } })
    const [event] = await events()
    expect(event).toMatchObject({ transaction: { id: headers.get('x-okta-request-id') } })
  })

  it('continues at the next link', async () => {
    await call('POST', '/api/v1/groups', { profile: { name: 'One' } })
    const { headers } = await call('GET', '/api/v1/logs')
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''
    await call('POST', '/api/v1/groups', { profile: { name: 'Two' } })
    expect(JSON.parse((await call('GET', next)).text)).toMatchObject([{ target: [{ displayName: 'Two' }] }])
  })
})

describe('GET /api/v1/org', () => {
  it('describes the org', async () => {
    expect((await call('GET', '/api/v1/org')).body).toMatchObject({
      id: expect.stringMatching(/^00o/),
      status: 'ACTIVE',
      _links: { contacts: { href: expect.any(String) } },
    })
  })
})

describe('sessions', () => {
  it('are found and ended by their cookie, as auth-js does', async () => {
    const browser = new ScriptedBrowser(okta)
    const url = new URL('/api/v1/sessions/me', okta.orgUrl)
    expect(await send(url)).toMatchObject({
      status: 404,
      body: { errorSummary: 'Not found: Resource not found: me (AppSession)' },
    })
    await browser.signIn(authorizeUrl(okta, okta.client('spa')), okta.users[0])
    const { status, text } = await browser.open(url)
    const session = JSON.parse(text)
    expect([status, session]).toEqual([200, expect.objectContaining({ login: okta.users[0]?.login, status: 'ACTIVE' })])
    expect((await call('GET', `/api/v1/sessions/${session.id}`)).body).toMatchObject({ id: session.id })
    expect(await call('POST', `/api/v1/sessions/${session.id}/lifecycle/refresh`)).toMatchObject({ status: 200 })
    expect((await browser.open(url, { method: 'DELETE' })).status).toBe(204)
    expect((await browser.open(url)).status).toBe(404)
    expect(await call('DELETE', `/api/v1/sessions/${session.id}`)).toMatchObject({ status: 404 })
  })
})

describe('trusted origins', () => {
  it('let pages call the org while they are active', async () => {
    const origin = 'https://app.example.com'
    const isAllowed = async () => {
      const { headers } = await send(new URL('/oauth2/v1/keys', okta.orgUrl), { headers: { origin } })
      return headers.get('access-control-allow-origin') === origin
    }
    expect(await isAllowed()).toBe(false)
    const created = await call('POST', '/api/v1/trustedOrigins', { name: 'App', origin, scopes: [{ type: 'CORS' }] })
    expect(created).toMatchObject({ status: 200, body: { id: expect.stringMatching(/^tos/), status: 'ACTIVE' } })
    expect(await isAllowed()).toBe(true)
    const path = `/api/v1/trustedOrigins/${created.body.id}`
    expect(await call('POST', `${path}/lifecycle/deactivate`)).toMatchObject({ body: { status: 'INACTIVE' } })
    expect(await isAllowed()).toBe(false)
    await call('POST', `${path}/lifecycle/activate`)
    await call('PUT', path, { name: 'App', origin, scopes: [{ type: 'REDIRECT' }] })
    expect(await isAllowed()).toBe(false)
    expect(
      await call('POST', '/api/v1/trustedOrigins', { name: 'Other', origin, scopes: [{ type: 'CORS' }] }),
    ).toMatchObject({ status: 400 })
    expect(await call('DELETE', path)).toMatchObject({ status: 204 })
    expect(await call('GET', path)).toMatchObject({ status: 404 })
  })
})
