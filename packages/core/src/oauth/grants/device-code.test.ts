import { type OktaEmulator, ScriptedBrowser, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { jsonResponse, startFakeServer, stopFakeServers } from '../../../test/support/fake-server.test.support.js'
import { rejectBrowser } from '../../../test/support/sign-in-org.test.support.js'
import type { DeviceCodePrompt } from '../../deps.js'
import { connect, type Deps, type Notice, resume } from '../../index.js'
import { createMemoryStore } from '../../stores/memory-store.js'

const notices: Notice[] = []
let deps: Partial<Deps>
beforeEach(() => {
  notices.length = 0
  deps = { store: createMemoryStore(), notify: notice => notices.push(notice) }
})

describe('connect with the device code grant', () => {
  let okta: OktaEmulator
  beforeAll(async () => {
    okta = await startOktaEmulator()
  })
  afterAll(() => okta.close())

  const app = (kind: 'native' | 'spa' = 'native') => ({
    grant: 'device_code' as const,
    tenant: okta.orgUrl.origin,
    clientId: okta.client(kind).clientId,
    scopes: ['okta.users.read'],
  })

  /** Shortens the polling interval of the emulator, which is five seconds. */
  const fetchWithShortInterval: typeof fetch = async (...input) => {
    const response = await fetch(...input)
    if (!String(input[0]).endsWith('/device/authorize') || !response.ok) return response
    return Response.json({ ...((await response.json()) as object), interval: 0.05 })
  }

  /** Signs in at the verification URL as the user and approves or denies the request. */
  const decide = async ({ verificationUriComplete = '' }: DeviceCodePrompt, decision: 'allow' | 'deny') => {
    const user = okta.users[0] ?? { login: '', password: '' }
    await new ScriptedBrowser(okta).activate(verificationUriComplete, user, { decision })
  }

  it('returns a session after the user approves, and shares the sign-in with the authorization code grant', async () => {
    const showDeviceCode = async (prompt: DeviceCodePrompt) => {
      expect(prompt.userCode).toMatch(/^\w{4}-?\w{4}$/)
      expect(prompt.expiresAt.getTime()).toBeGreaterThan(Date.now() + 9 * 60_000)
      await decide(prompt, 'allow')
    }
    const session = await connect(app(), { ...deps, fetch: fetchWithShortInterval, showDeviceCode })
    expect(session.grant).toBe('device_code')
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    okta.clearRequests()

    const { grant: _grant, ...browserOptions } = app()
    const other = await connect(browserOptions, { ...deps, openBrowser: rejectBrowser })
    expect((await other.token()).value).toBe((await session.token()).value)
    expect(okta.requests).toEqual([])
    expect(await (await resume({}, deps)).token({ forceRefresh: true })).toMatchObject({ source: 'refresh' })
  })

  it('keeps polling when the system clock is set forward', async () => {
    let hours = 0
    const now = () => Date.now() + hours * 3600_000
    const showDeviceCode = async (prompt: DeviceCodePrompt) => {
      hours = 1
      await decide(prompt, 'allow')
    }
    const session = await connect(app(), { ...deps, fetch: fetchWithShortInterval, now, showDeviceCode })
    expect(session.grant).toBe('device_code')
  })

  it('reports login_denied when the user denies the request', async () => {
    const showDeviceCode = (prompt: DeviceCodePrompt) => decide(prompt, 'deny')
    await expect(connect(app(), { ...deps, fetch: fetchWithShortInterval, showDeviceCode })).rejects.toMatchObject({
      code: 'login_denied',
    })
  })

  it('reports grant_rejected when the app does not allow the grant', async () => {
    await expect(connect(app('spa'), deps)).rejects.toMatchObject({
      code: 'grant_rejected',
      hint: expect.stringContaining('Grant type'),
    })
  })

  it('reports the code in a notice without showDeviceCode, and ends when the signal aborts', async () => {
    const abort = new AbortController()
    const notify = (notice: Notice) => {
      notices.push(notice)
      abort.abort()
    }
    const attempt = connect({ ...app(), signal: abort.signal }, { ...deps, notify })
    await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
    expect(notices).toEqual([{ code: 'device_code', message: expect.stringMatching(/go to http.* enter the code \w/) }])
  })
})

describe('device code polling', () => {
  afterEach(stopFakeServers)

  async function poll(responses: readonly (readonly [number, object])[], lifetimeSeconds = 600, more: object = {}) {
    let polls = 0
    const times: number[] = []
    const tenant = await startFakeServer((request, response) => {
      request.resume()
      if (request.url === '/oauth2/v1/device/authorize') {
        const device = { device_code: 'd', user_code: 'ABCDEFGH', verification_uri: 'https://x.example/activate' }
        return jsonResponse(200, { ...device, expires_in: lifetimeSeconds, interval: 0.05 })(request, response)
      }
      times.push(Date.now())
      const [status, body] = responses[polls++] ?? [400, { error: 'authorization_pending' }]
      return jsonResponse(status, body)(request, response)
    })
    const options = { grant: 'device_code', tenant, clientId: '0oa1', scopes: ['s'], ...more } as const
    const outcome = await connect(options, deps).then(
      async session => (await session.token()).value,
      error => error.code,
    )
    return { outcome, polls, times }
  }

  const token = { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, scope: 's' }

  it('continues while the authorization is pending', async () => {
    const pending = [400, { error: 'authorization_pending' }] as const
    expect(await poll([pending, pending, [200, token]])).toMatchObject({ outcome: 'a-token', polls: 3 })
  })

  it('slows down when the server responds with slow_down', async () => {
    const { outcome, times } = await poll([
      [400, { error: 'slow_down' }],
      [200, token],
    ])
    expect(outcome).toBe('a-token')
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(5000)
  })

  it.each([
    ['expired_token', 'login_timeout'],
    ['access_denied', 'login_denied'],
    ['invalid_grant', 'grant_rejected'],
  ])('ends when the server responds with %s', async (error, code) => {
    expect(await poll([[400, { error }]])).toMatchObject({ outcome: code, polls: 1 })
  })

  it('ends when the code has expired', async () => {
    expect(await poll([], 0.2)).toMatchObject({ outcome: 'login_timeout' })
  })

  it('ends when timeoutMs has passed', async () => {
    expect(await poll([], 600, { timeoutMs: 200 })).toMatchObject({ outcome: 'login_timeout' })
  })
})
