import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { jsonResponse, startFakeServer, stopFakeServers } from '../../../test/support/fake-server.test.support.js'
import { browserStub, TestUser, useSignInOrg } from '../../../test/support/sign-in-org.test.support.js'
import { type ConnectOptions, connect, type Deps, type OktaSession } from '../../index.js'

const org = useSignInOrg()
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  vi.useRealTimers()
  org.okta.reset()
  stopFakeServers()
})

let passedMs: number

/** Connects while the time passes quickly. */
async function connectQuickly(options: ConnectOptions, deps: Partial<Deps>): Promise<OktaSession> {
  let isSettled = false
  // Responses take the real time.
  const attempt = connect({ requestTimeoutMs: 300_000, ...options }, { ...org.deps, ...deps }).finally(() => {
    isSettled = true
  })
  attempt.catch(() => {})
  for (passedMs = 0; !isSettled; passedMs += 100) {
    vi.advanceTimersByTime(100)
    await sleep(2)
  }
  return await attempt
}

/** A browser that shows an error page of Okta, so that the user does not return. */
const lostBrowser: Partial<Deps> = { openBrowser: async () => {} }
/** A user without a URL to paste. */
const lostUser: Partial<Deps> = { askCallbackUrl: () => new Promise(() => {}) }
const authorizeRequests = () => org.okta.requests.filter(({ path }) => path.endsWith('/authorize'))

describe.each([
  ['a browser', {}, lostBrowser],
  ['a pasted URL', { manual: true }, lostUser],
])('a sign-in with %s that Okta rejects on a page', (_what, more, deps) => {
  it('ends when the client ID is wrong', async () => {
    await expect(connectQuickly({ ...org.app(0, more), clientId: '0oaNone' }, deps)).rejects.toMatchObject({
      code: 'client_rejected',
      message: "Okta rejected the sign-in: Invalid value for 'client_id' parameter.",
      hint: expect.stringContaining('0oaNone'),
    })
    expect(passedMs).toBeGreaterThanOrEqual(10_000)
    expect(authorizeRequests()).toHaveLength(1)
  })

  it('ends when the redirect URI is not registered', async () => {
    const redirectUri = org.redirectUri.replace('/login', '/other')
    await expect(connectQuickly(org.app(0, { ...more, redirectUri }), deps)).rejects.toMatchObject({
      code: 'client_rejected',
      hint: expect.stringContaining(`register exactly ${redirectUri} at`),
    })
  })

  it('ends when a scope is not granted and the browser does not reach this machine', async () => {
    const options = { ...org.app(0, more), scopes: ['okta.apps.manage'] }
    await expect(connectQuickly(options, deps)).rejects.toMatchObject({
      code: 'scope_rejected',
      hint: expect.stringContaining('Okta API Scopes'),
    })
  })

  it('ends when there is no such authorization server', async () => {
    const options = { ...org.app(0, more), scopes: ['orders:read'], authorizationServer: 'ausNone' }
    await expect(connectQuickly(options, deps)).rejects.toMatchObject({
      code: 'oauth_failed',
      message: expect.stringContaining('/oauth2/ausNone'),
      hint: expect.stringContaining('Authorization Servers'),
    })
  })
})

describe('a sign-in at a tenant that is no org', () => {
  // The time does not pass here.
  const connectAtOnce = (deps: Partial<Deps>, tenant = org.okta.orgUrl.origin) =>
    connect({ ...org.app(), tenant }, { ...org.deps, ...lostBrowser, ...deps })

  it.each([
    ['ENOTFOUND', 'network_failed', 'spelling'],
    ['ECONNREFUSED', 'network_failed', 'No program listens on 127.0.0.1'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted', 'CA certificate'],
  ])('ends at once after %s', async (reason, code, hint) => {
    const fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: reason }) }))
    await expect(connectAtOnce({ fetch })).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) })
  })

  it('ends when its name cannot be resolved, after a second attempt', async () => {
    let attempts = 0
    const fetch = () => {
      attempts++
      return Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'EAI_AGAIN' }) }))
    }
    await expect(connectQuickly(org.app(), { ...lostBrowser, fetch })).rejects.toMatchObject({
      code: 'network_failed',
      message: expect.stringContaining('cannot be reached (EAI_AGAIN)'),
    })
    expect(attempts).toBe(2)
    expect(passedMs).toBeGreaterThanOrEqual(10_000)
  })

  it('ends at once for a server that is not Okta', async () => {
    const tenant = await startFakeServer((_request, response) => response.writeHead(404).end('<h1>Not found</h1>'))
    await expect(connectAtOnce({}, tenant)).rejects.toMatchObject({
      code: 'token_response_invalid',
      message: expect.stringContaining('not from an Okta org (HTTP 404)'),
    })
  })
})

describe('a sign-in that Okta does not reject', () => {
  /** Signs in after the check, when `respond` has answered it. */
  async function signInAfterCheck(respond?: (url: URL) => Response | Promise<Response>): Promise<void> {
    const testUser = new TestUser(org.okta)
    let checks = 0
    const fetchOrRespond: typeof fetch = async (input, init) => {
      const url = new URL(String(input))
      const isCheck = url.searchParams.get('prompt') === 'none'
      checks += Number(isCheck)
      return isCheck && respond !== undefined ? await respond(url) : await fetch(input, init)
    }
    const openBrowser = browserStub(async url => {
      await vi.waitUntil(() => checks === 1, { timeout: 20_000 })
      await testUser.openBrowser(url)
    })
    await connectQuickly(org.app(), { openBrowser, fetch: fetchOrRespond })
    expect(passedMs).toBeGreaterThanOrEqual(10_000)
    expect(checks).toBe(1)
  }

  it('continues when the request is valid', () => signInAfterCheck())

  const redirectWith = (url: URL, parameters: string) =>
    new Response(null, { status: 302, headers: { location: `${url.searchParams.get('redirect_uri')}?${parameters}` } })

  it.each<[string, (url: URL) => Response | Promise<Response>]>([
    ['a page of the network', () => new Response('<h1>Accept the terms</h1>')],
    ['a rejection of the network', () => new Response('<h1>Bad request</h1>', { status: 400 })],
    ['a redirect of the network', () => new Response(null, { status: 302, headers: { location: 'https://portal/' } })],
    ['a server error', () => new Response(null, { status: 503 })],
    ['a rate limit', () => new Response(null, { status: 429 })],
    ['a network error', () => Promise.reject(new TypeError('fetch failed'))],
    [
      'a network error that the first request did not have',
      () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'EAI_AGAIN' }) })),
    ],
    ['the response to another request', url => redirectWith(url, 'error=invalid_scope&state=other')],
    [
      'an error that depends on the user',
      url => redirectWith(url, `error=access_denied&state=${url.searchParams.get('state')}`),
    ],
    ['a temporary error', url => redirectWith(url, `error=server_error&state=${url.searchParams.get('state')}`)],
  ])('continues after %s', (_what, respond) => signInAfterCheck(respond))

  it('continues when only the request that identifies the org fails', async () => {
    const testUser = new TestUser(org.okta)
    using _fault = org.okta.fault({ endpoint: '/.well-known/okta-organization', status: 404 })
    const openBrowser = browserStub(async url => {
      await vi.waitUntil(() => authorizeRequests().length === 1, { timeout: 20_000 })
      await testUser.openBrowser(url)
    })
    await connectQuickly(org.app(), { openBrowser })
  })

  it('asks for the sign-in only once when the browser returns in time', async () => {
    await connectQuickly(org.app(), { openBrowser: new TestUser(org.okta).openBrowser })
    expect(org.okta.requests.filter(({ query }) => query.prompt === 'none')).toEqual([])
  })
})

describe('a page of Okta in another language', () => {
  it('ends the sign-in', async () => {
    const tenant = await startFakeServer((request, response) => {
      if (request.url?.startsWith('/.well-known')) return jsonResponse(200, { id: '00o1' })(request, response)
      response.writeHead(400, { 'x-okta-request-id': 'aB1' }).end('<h1>400 Ungültige Anfrage</h1>')
    })
    await expect(connectQuickly({ ...org.app(), tenant }, lostBrowser)).rejects.toMatchObject({
      code: 'client_rejected',
      hint: expect.stringContaining(org.redirectUri),
    })
  })
})
