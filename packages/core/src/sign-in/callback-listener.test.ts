import { once } from 'node:events'
import { createServer } from 'node:http'
import { createConnection } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it } from 'vitest'
import {
  browserStub,
  forTokenRequests,
  rejectBrowser,
  TestUser,
  useSignInOrg,
} from '../../test/support/sign-in-org.test.support.js'
import { connect } from '../index.js'

const org = useSignInOrg()

describe('the callback listener', () => {
  const callback = (query: string, path = '/login/callback') => new URL(`${path}?${query}`, org.redirectUri)

  it('rejects unmatched requests and continues the sign-in', async () => {
    const testUser = new TestUser(org.okta)
    const statuses: number[] = []
    const openBrowser = browserStub(async url => {
      const state = url.searchParams.get('state') ?? ''
      const send = async (target: URL, init: RequestInit = {}) => {
        const { status, headers } = await fetch(target, init)
        statuses.push(status)
        // kubelogin#1113: a page that the browser caches is shown to the next program on the port.
        expect(headers.get('cache-control')).toBe('no-store')
      }
      await send(callback(`code=x&state=${state}`, '/wrong'))
      await send(new URL('/favicon.ico', org.redirectUri))
      await send(callback('code=stolen&state=wrong'))
      await send(callback('code=stolen'))
      await send(callback(`code=x&state=${state}`), { method: 'POST' })
      const rebound = callback(`code=x&state=${state}`)
      rebound.hostname = '127.0.0.1'
      await send(rebound)
      await testUser.openBrowser(url)
    })
    const session = await connect(org.app(), { ...org.deps, openBrowser })
    expect(statuses).toEqual([404, 404, 400, 400, 405, 400])
    expect((await session.token()).value).toMatch(/\w/)
  })

  it('reports a browser that comes to another address', async () => {
    const notices = org.notices
    const openBrowser = browserStub(async url => {
      const state = url.searchParams.get('state') ?? ''
      for (const [host, path] of [
        ['localhost:9090', '/login/callback'],
        [new URL(org.redirectUri).host, '/login/callback/'],
      ] as const) {
        const port = Number(new URL(org.redirectUri).port)
        expect(await rawRequest(port, `${path}?code=x&state=${state}`, host)).toContain('Wrong redirect URI')
      }
      await new TestUser(org.okta).openBrowser(url)
    })
    await connect(org.app(), { ...org.deps, openBrowser })
    expect(notices.map(({ code, message }) => [code, message])).toEqual([
      [
        'callback_misdirected',
        expect.stringContaining(`another host localhost:9090, but the redirect URI is ${org.redirectUri}`),
      ],
      ['callback_misdirected', expect.stringContaining('another path, but')],
    ])
  })

  it('reports nothing when a request at another address has another state', async () => {
    const openBrowser = browserStub(async url => {
      const port = Number(new URL(org.redirectUri).port)
      for (const host of ['evil.example', `localhost:${port}`]) {
        const response = await rawRequest(port, '/Your-account-is-locked?code=x&state=other', host)
        expect(response).not.toContain('Wrong redirect URI')
      }
      await new TestUser(org.okta).openBrowser(url)
    })
    await connect(org.app(), { ...org.deps, openBrowser })
    expect(org.notices).toEqual([])
  })

  it('reports a browser that uses https, and includes it in the time-out error', async () => {
    const port = Number(new URL(org.redirectUri).port)
    const openBrowser = browserStub(async () => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
      await once(socket, 'error')
    })
    const attempt = connect(org.app(0, { timeoutMs: 1_500 }), { ...org.deps, openBrowser })
    await expect(attempt).rejects.toMatchObject({
      code: 'login_timeout',
      message: expect.stringContaining('forces https'),
    })
    expect(org.notices).toMatchObject([{ code: 'callback_misdirected', message: expect.stringContaining('HSTS') }])
  })

  it('rejects malformed request targets', async () => {
    const port = Number(new URL(org.redirectUri).port)
    const openBrowser = browserStub(async url => {
      for (const target of ['//', '//[/', 'http://[', '*', '/\\evil.example']) await rawRequest(port, target)
      await new TestUser(org.okta).openBrowser(url)
    })
    await connect(org.app(), { ...org.deps, openBrowser })
  })

  it('completes the sign-in when the tab is closed before the final page', async () => {
    const tab = new AbortController()
    let isClosed = Promise.resolve()
    // The tab is closed during the code exchange, before the final page is sent.
    const closeTabDuringExchange: typeof fetch = async (...input) => {
      tab.abort()
      await isClosed
      return await fetch(...input)
    }
    const openBrowser = browserStub(async url => {
      const callbackUrl = await new TestUser(org.okta).signIn(url)
      isClosed = fetch(callbackUrl, { signal: tab.signal }).then(
        () => {},
        () => {},
      )
    })
    const session = await connect(org.app(), {
      ...org.deps,
      fetch: forTokenRequests(closeTabDuringExchange),
      openBrowser,
    })
    expect((await session.token()).value).toMatch(/\w/)
  })

  it('sends the code once, even when the server fails', async () => {
    let requests = 0
    const failingFetch: typeof fetch = async () => {
      requests += 1
      return new Response('{}', { status: 503 })
    }
    const openBrowser = new TestUser(org.okta).openBrowser
    await expect(
      connect(org.app(), { ...org.deps, fetch: forTokenRequests(failingFetch), openBrowser }),
    ).rejects.toMatchObject({
      code: 'server_failed',
    })
    expect(requests).toBe(1)
  })

  it('rejects a callback without a code', async () => {
    const openBrowser = browserStub(url => fetch(callback(`state=${url.searchParams.get('state')}`)))
    await expect(connect(org.app(), { ...org.deps, openBrowser })).rejects.toMatchObject({ code: 'state_mismatch' })
  })

  it('accepts the first valid callback and rejects repeated ones', async () => {
    let repeated: Response | undefined
    let callbackUrl = ''
    const openBrowser = browserStub(url => {
      callbackUrl = callback(`code=first&state=${url.searchParams.get('state')}`).href
      fetch(callbackUrl).catch(() => {})
    })
    // The second request comes during the code exchange.
    const repeatDuringExchange: typeof fetch = async (...input) => {
      repeated = await fetch(callbackUrl)
      return await fetch(...input)
    }
    // Okta did not issue this code.
    await expect(
      connect(org.app(), { ...org.deps, fetch: forTokenRequests(repeatDuringExchange), openBrowser }),
    ).rejects.toMatchObject({
      code: 'grant_rejected',
    })
    expect(repeated?.status).toBe(400)
    expect(await repeated?.text()).toContain('This response is not for the current sign-in')
  })

  it('escapes the error description of the callback URL in the page', async () => {
    const openBrowser = browserStub(url => {
      const parameters = { error: 'access_denied', error_description: '<script>alert(1)</script>\u001b[2J' }
      const state = url.searchParams.get('state') ?? ''
      page = fetch(callback(new URLSearchParams({ ...parameters, state }).toString())).then(response => response.text())
    })
    let page: Promise<string> | undefined
    const failure = await connect(org.app(), { ...org.deps, openBrowser }).catch(error => error)
    expect(failure.code).toBe('login_denied')
    expect(failure.message).not.toContain('\u001b')
    expect(await page).toContain('&#60;script&#62;')
    expect(await page).not.toContain('<script>alert')
  })

  it.each(['127.0.0.1', '::1'])('reports callback_port_in_use when another process listens on %s', async host => {
    const otherServer = createServer()
    const port = Number(new URL(org.redirectUri).port)
    await new Promise<void>(resolve => otherServer.listen(port, host, resolve))
    try {
      await expect(connect(org.app(), { ...org.deps, openBrowser: rejectBrowser })).rejects.toMatchObject({
        code: 'callback_port_in_use',
        message: expect.stringContaining(String(port)),
        remedy: { id: 'change_redirect_uri', redirectUri: org.redirectUri },
      })
    } finally {
      otherServer.close()
    }
  })

  it('stops and frees its port when the session is disconnected', async () => {
    const testUser = new TestUser(org.okta)
    let canSignIn = true
    let openCount = 0
    const openBrowser = async (url: URL) => {
      openCount += 1
      if (canSignIn) await testUser.openBrowser(url)
    }
    const session = await connect(org.app(2), { ...org.deps, openBrowser })
    canSignIn = false
    // There is no refresh token, so this opens the browser again, where no user signs in.
    const pending = session.token({ forceRefresh: true }).catch(error => error.code)
    await expect.poll(() => openCount).toBe(2)
    await session.disconnect()
    expect(await pending).toBe('login_required')
    canSignIn = true
    await connect(org.app(2), { ...org.deps, openBrowser })
  })

  it('frees its port when the sign-in fails', async () => {
    const throwError = () => {
      throw new Error('no browser')
    }
    const attempts = [
      connect(org.app(), { ...org.deps, openBrowser: () => Promise.reject(new Error('no browser')) }),
      connect(org.app(0, { timeoutMs: 100 }), { ...org.deps, openBrowser: throwError }),
      connect(org.app(0, { timeoutMs: 50 }), { ...org.deps, openBrowser: async () => {} }),
    ]
    for (const attempt of attempts) await attempt.catch(() => {})
    const session = await connect(org.app(), { ...org.deps, openBrowser: new TestUser(org.okta).openBrowser })
    expect((await session.token()).value).toMatch(/\w/)
  })

  it('listens on both loopback addresses', async () => {
    const statuses: number[] = []
    const openBrowser = browserStub(async url => {
      for (const host of ['127.0.0.1', '[::1]']) {
        const target = new URL('/other-path', org.redirectUri)
        target.hostname = host
        statuses.push((await fetch(target)).status)
      }
      await new TestUser(org.okta).openBrowser(url)
    })
    await connect(org.app(), { ...org.deps, openBrowser })
    // 400: neither address is the host of the redirect URI.
    expect(statuses).toEqual([400, 400])
  })
})

async function rawRequest(port: number, target: string, host = `localhost:${port}`): Promise<string> {
  const socket = createConnection(port, '127.0.0.1')
  socket.end(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  const response = Buffer.concat(await socket.toArray()).toString()
  expect(response).toMatch(/^HTTP\/1.1 4\d\d /)
  return response
}
