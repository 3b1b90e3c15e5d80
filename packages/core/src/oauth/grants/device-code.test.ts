import { type OktaEmulator, ScriptedBrowser, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { json, startServer, stopServers } from '../../../test/support/hostile-server.test.support.js'
import type { DeviceCodePrompt } from '../../deps.js'
import { connect, type Deps, type Notice, resume } from '../../index.js'
import { createMemoryStore } from '../../stores/memory-store.js'

const notices: Notice[] = []
let deps: Partial<Deps>
beforeEach(() => {
  notices.length = 0
  deps = { store: createMemoryStore(), notify: notice => notices.push(notice) }
})

describe('the device code grant, against the emulator', () => {
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

  /** The emulator asks for five seconds between two polls; the first may come sooner. */
  const impatient: typeof fetch = async (...input) => {
    const response = await fetch(...input)
    if (!String(input[0]).endsWith('/device/authorize') || !response.ok) return response
    return Response.json({ ...((await response.json()) as object), interval: 0.05 })
  }

  /** A person who goes to the address on another device, signs in, and decides. */
  const decide = async ({ verificationUriComplete = '' }: DeviceCodePrompt, decision: 'allow' | 'deny') => {
    const user = okta.users[0] ?? { login: '', password: '' }
    await new ScriptedBrowser(okta).activate(verificationUriComplete, user, { decision })
  }

  it('ends with a token that works, once the person has allowed it; a hit for every other grant', async () => {
    const showDeviceCode = async (prompt: DeviceCodePrompt) => {
      expect(prompt.userCode).toMatch(/^\w{4}-?\w{4}$/)
      expect(prompt.expiresAt.getTime()).toBeGreaterThan(Date.now() + 9 * 60_000)
      await decide(prompt, 'allow')
    }
    const session = await connect(app(), { ...deps, fetch: impatient, showDeviceCode })
    expect(session.grant).toBe('device_code')
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    okta.clearRequests()

    const { grant: _grant, ...inBrowser } = app()
    const openBrowser = () => Promise.reject(new Error('the browser was opened'))
    const other = await connect(inBrowser, { ...deps, openBrowser })
    expect((await other.token()).value).toBe((await session.token()).value)
    expect(okta.requests).toEqual([])
    expect(await (await resume({}, deps)).token({ forceRefresh: true })).toMatchObject({ source: 'refresh' })
  })

  it('waits as long as it should when the clock of the machine is set forward meanwhile', async () => {
    let hours = 0
    const now = () => Date.now() + hours * 3600_000
    const showDeviceCode = async (prompt: DeviceCodePrompt) => {
      hours = 1
      await decide(prompt, 'allow')
    }
    const session = await connect(app(), { ...deps, fetch: impatient, now, showDeviceCode })
    expect(session.grant).toBe('device_code')
  })

  it('ends when the person refuses', async () => {
    const showDeviceCode = (prompt: DeviceCodePrompt) => decide(prompt, 'deny')
    await expect(connect(app(), { ...deps, fetch: impatient, showDeviceCode })).rejects.toMatchObject({
      code: 'login_denied',
    })
  })

  it('is for native apps only', async () => {
    await expect(connect(app('spa'), deps)).rejects.toMatchObject({
      code: 'grant_rejected',
      hint: expect.stringContaining('Grant type'),
    })
  })

  it('shows the code in a notice where nothing else is said, and ends when the caller gives up', async () => {
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

describe('polling', () => {
  afterEach(stopServers)

  async function poll(answers: readonly (readonly [number, object])[], lifetimeSeconds = 600, more: object = {}) {
    let polls = 0
    const times: number[] = []
    const tenant = await startServer((request, response) => {
      request.resume()
      if (request.url === '/oauth2/v1/device/authorize') {
        const device = { device_code: 'd', user_code: 'ABCDEFGH', verification_uri: 'https://x.example/activate' }
        return json(200, { ...device, expires_in: lifetimeSeconds, interval: 0.05 })(request, response)
      }
      times.push(Date.now())
      const [status, body] = answers[polls++] ?? [400, { error: 'authorization_pending' }]
      return json(status, body)(request, response)
    })
    const options = { grant: 'device_code', tenant, clientId: '0oa1', scopes: ['s'], ...more } as const
    const outcome = await connect(options, deps).then(
      async session => (await session.token()).value,
      error => error.code,
    )
    return { outcome, polls, times }
  }

  const token = { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, scope: 's' }

  it('goes on while the person is not done', async () => {
    const pending = [400, { error: 'authorization_pending' }] as const
    expect(await poll([pending, pending, [200, token]])).toMatchObject({ outcome: 'a-token', polls: 3 })
  })

  it('slows down where the server asks to', async () => {
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
  ])('ends at %s', async (error, code) => {
    expect(await poll([[400, { error }]])).toMatchObject({ outcome: code, polls: 1 })
  })

  it('ends when the code has run out', async () => {
    expect(await poll([], 0.2)).toMatchObject({ outcome: 'login_timeout' })
  })

  it('ends when the time is up that the caller gives', async () => {
    expect(await poll([], 600, { timeoutMs: 200 })).toMatchObject({ outcome: 'login_timeout' })
  })
})
