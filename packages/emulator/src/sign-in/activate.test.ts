import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { callApi, post, refresh } from '../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'
import { ScriptedBrowser } from '../testing/scripted-browser.js'

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const user = (index = 0) => okta.users[index] ?? { login: '', password: '' }

async function startDeviceFlow(scope = 'openid offline_access okta.users.read') {
  const { clientId: client_id } = okta.client('native')
  const { body } = await post(okta, '/oauth2/v1/device/authorize', { client_id, scope })
  const poll = () =>
    post(okta, '/oauth2/v1/token', { grant_type: DEVICE_CODE, client_id, device_code: String(body.device_code) })
  return { body, complete: String(body.verification_uri_complete), userCode: String(body.user_code), poll }
}

describe('the device flow', () => {
  it('returns a code that is valid for ten minutes, and the verification URI', async () => {
    const { body } = await startDeviceFlow()
    expect(body).toEqual({
      device_code: expect.any(String),
      user_code: expect.stringMatching(/^[B-Z]{8}$/),
      verification_uri: `${okta.orgUrl.origin}/activate`,
      verification_uri_complete: `${okta.orgUrl.origin}/activate?user_code=${body.user_code}`,
      expires_in: 600,
      interval: 5,
    })
  })

  it('returns tokens once after the user has allowed the request', async () => {
    const { complete, poll } = await startDeviceFlow()
    expect(await poll()).toMatchObject({
      status: 400,
      body: {
        error: 'authorization_pending',
        error_description: 'The device authorization is pending. Please try again later.',
      },
    })
    const page = await new ScriptedBrowser(okta).activate(complete, user())
    expect(page.text).toContain('Device activated')
    expect(page.text).toContain(`You are signed in as <code>${user().login}</code>`)
    vi.advanceTimersByTime(5000)
    const { body } = await poll()
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'openid offline_access okta.users.read' })
    expect(decodeJwt(String(body.id_token))).toMatchObject({ sub: okta.users[0]?.id })
    expect(await callApi(okta, '/api/v1/users/me', body.access_token)).toMatchObject({ status: 200 })
    expect(await refresh(okta, okta.client('native'), body.refresh_token)).toMatchObject({ status: 200 })
    vi.advanceTimersByTime(5000)
    expect(await poll()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('makes the interval five seconds longer for each poll that is too early', async () => {
    const { poll } = await startDeviceFlow()
    const errors: unknown[] = []
    for (const seconds of [0, 4, 9, 15, 14, 20]) {
      vi.advanceTimersByTime(seconds * 1000)
      errors.push((await poll()).body.error)
    }
    const pending = 'authorization_pending'
    expect(errors).toEqual([pending, 'slow_down', 'slow_down', pending, 'slow_down', pending])
  })

  it('returns access_denied when the user denies, and expired_token after ten minutes', async () => {
    const denied = await startDeviceFlow()
    const page = await new ScriptedBrowser(okta).activate(denied.complete, user(), { decision: 'deny' })
    expect(page.text).toContain('Access was denied.')
    expect(await denied.poll()).toMatchObject({
      status: 403,
      body: {
        error: 'access_denied',
        error_description: 'The resource owner or authorization server denied the request.',
      },
    })
    const late = await startDeviceFlow()
    vi.advanceTimersByTime(600_000)
    expect(await late.poll()).toMatchObject({ status: 400, body: { error: 'expired_token' } })
    const expired = await new ScriptedBrowser(okta).activate(late.complete, user())
    expect(expired).toMatchObject({ status: 400, text: expect.stringContaining('Invalid code.') })
  })

  it('rejects an unknown code, no code, and scopes that are not granted to the app', async () => {
    const { clientId: client_id } = okta.client('native')
    const sendRequest = (form: Record<string, string>) =>
      post(okta, '/oauth2/v1/token', { grant_type: DEVICE_CODE, client_id, ...form })
    expect(await sendRequest({ device_code: 'made-up' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    expect(await sendRequest({})).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    expect((await startDeviceFlow('openid okta.logs.read')).body).toMatchObject({ error: 'invalid_scope' })
  })

  it.each(['spa', 'web'] as const)('rejects a %s app', async kind => {
    const { clientId: client_id, clientSecret: client_secret } = okta.client(kind)
    const form = { client_id, client_secret, scope: 'openid' }
    expect(await post(okta, '/oauth2/v1/device/authorize', form)).toMatchObject({
      status: 400,
      body: {
        error: 'unauthorized_client',
        error_description: expect.stringContaining('The client is not authorized to use the provided grant type.'),
      },
    })
  })
})

describe('the device pages', () => {
  // A web page can resolve its own host name to this machine (DNS rebinding).
  it('list the passwords of the test users only at a loopback host or the host of the org URL', async () => {
    await using other = await startOktaEmulator({ orgUrl: 'https://okta.internal.example' })
    const isListedAt = async (host: string) => {
      const { hostname, port } = other.localUrl
      const outgoing = request({ host: hostname, port, path: '/activate', headers: { host } }).end()
      const [page] = (await once(outgoing, 'response')) as [IncomingMessage]
      return (await text(page)).includes(other.users[0]?.password ?? '')
    }
    for (const host of ['localhost', '127.0.0.1:80', '[::1]', 'okta.internal.example']) {
      expect(await isListedAt(host)).toBe(true)
    }
    expect(await isListedAt('rebound.example.com')).toBe(false)
  })

  it('ignore case, spaces and hyphens in the code', async () => {
    const { userCode } = await startDeviceFlow()
    const typedCode = ` ${userCode.slice(0, 4).toLowerCase()}-${userCode.slice(4)} `
    const page = await new ScriptedBrowser(okta).activate('/activate', user(), { userCode: typedCode })
    expect(page.text).toContain('Device activated')
  })

  it('show an error when the password or the code is wrong', async () => {
    const { complete } = await startDeviceFlow()
    const wrongPassword = { login: user().login, password: 'wrong' }
    const rejected = await new ScriptedBrowser(okta).activate(complete, wrongPassword)
    expect(rejected).toMatchObject({ status: 401, text: expect.stringContaining('role="alert">Unable to sign in.') })
    const wrong = await new ScriptedBrowser(okta).activate('/activate', user(), { userCode: 'WRONGONE' })
    expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('role="alert">Invalid code.') })
  })

  it('reject a user who is not assigned to the app', async () => {
    const { complete, poll } = await startDeviceFlow()
    const page = await new ScriptedBrowser(okta).activate(complete, user(2))
    expect(page.text).toContain('User is not assigned to the client application.')
    expect((await poll()).body.error).toBe('access_denied')
  })

  it('show the sign-in page when the user is not signed in', async () => {
    const { userCode, poll } = await startDeviceFlow()
    const form = { user_code: userCode, decision: 'allow' }
    expect((await post(okta, '/activate/decision', form)).text).toContain('<h1>Sign in</h1>')
    expect((await poll()).body.error).toBe('authorization_pending')
  })

  it('load no external resources and no scripts, and have a label for each field', async () => {
    const { complete } = await startDeviceFlow()
    const browser = new ScriptedBrowser(okta)
    const { login: username, password } = user()
    const signIn = { method: 'POST', body: new URLSearchParams({ username, password, user_code: '"><script>' }) }
    for (const page of [await browser.open(complete), await browser.open('/activate/sign-in', signIn)]) {
      const [, style = ''] = /<style>(.*)<\/style>/s.exec(page.text) ?? []
      const hash = createHash('sha256').update(style).digest('base64')
      const policy = page.headers.get('content-security-policy')
      expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'`)
      expect(page.text).not.toMatch(/<script|<img|<link/)
      expect(page.text).toMatch(/<label for="(username|user_code)">/)
    }
  })
})
