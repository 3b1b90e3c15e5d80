import { once } from 'node:events'
import { createServer } from 'node:http'
import { createConnection } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { browserThat, inSignInOrg, Person, type SignInSetting } from '../../test/support/person.test.support.js'
import { connect, type Notice } from '../index.js'

const notices: Notice[] = []
let { okta, app, redirectUri, deps } = {} as SignInSetting
inSignInOrg(notices, setting => {
  ;({ okta, app, redirectUri, deps } = setting)
})

const fails = (code: string, more = {}) => ({ code, ...more })

describe('the callback listener', () => {
  const callback = (query: string, path = '/login/callback') => new URL(`${path}?${query}`, redirectUri)

  it('leaves strange visits alone, and the login goes on', async () => {
    const person = new Person(okta)
    const statuses: number[] = []
    const openBrowser = browserThat(async url => {
      const state = url.searchParams.get('state') ?? ''
      const visit = async (target: URL, init: RequestInit = {}) => {
        const { status, headers } = await fetch(target, init)
        statuses.push(status)
        // kubelogin#1113: a page that the browser caches is shown to the next program on the port.
        expect(headers.get('cache-control')).toBe('no-store')
      }
      await visit(callback(`code=x&state=${state}`, '/wrong'))
      await visit(new URL('/favicon.ico', redirectUri))
      await visit(callback('code=stolen&state=wrong'))
      await visit(callback('code=stolen'))
      await visit(callback(`code=x&state=${state}`), { method: 'POST' })
      const rebound = callback(`code=x&state=${state}`)
      rebound.hostname = '127.0.0.1'
      await visit(rebound)
      await person.openBrowser(url)
    })
    const session = await connect(app(), { ...deps, openBrowser })
    expect(statuses).toEqual([404, 404, 400, 400, 405, 400])
    expect((await session.token()).value).toMatch(/\w/)
  })

  it('survives paths that no browser asks for', async () => {
    const port = Number(new URL(redirectUri).port)
    const openBrowser = browserThat(async url => {
      for (const target of ['//', '//[/', 'http://[', '*', '/\\evil.example']) await rawRequest(port, target)
      await new Person(okta).openBrowser(url)
    })
    await connect(app(), { ...deps, openBrowser })
  })

  it('does not wait for a tab that is closed before the page', async () => {
    const tab = new AbortController()
    let isClosed = Promise.resolve()
    // They close it while the code is exchanged: the page comes after that.
    const closing: typeof fetch = async (...input) => {
      tab.abort()
      await isClosed
      return await fetch(...input)
    }
    const openBrowser = browserThat(async url => {
      const callbackUrl = await new Person(okta).browser.signIn(url, okta.users[0])
      isClosed = fetch(callbackUrl, { signal: tab.signal }).then(
        () => {},
        () => {},
      )
    })
    const session = await connect(app(), { ...deps, fetch: closing, openBrowser })
    expect((await session.token()).value).toMatch(/\w/)
  })

  it('never sends a code twice, not even to a server at fault', async () => {
    let requests = 0
    const faulty: typeof fetch = async () => {
      requests += 1
      return new Response('{}', { status: 503 })
    }
    const openBrowser = new Person(okta).openBrowser
    await expect(connect(app(), { ...deps, fetch: faulty, openBrowser })).rejects.toMatchObject(fails('server_failed'))
    expect(requests).toBe(1)
  })

  it('refuses an answer without a code', async () => {
    const openBrowser = browserThat(url => fetch(callback(`state=${url.searchParams.get('state')}`)))
    await expect(connect(app(), { ...deps, openBrowser })).rejects.toMatchObject(fails('state_mismatch'))
  })

  it('takes the first valid answer, and tells whoever repeats it', async () => {
    let again: Response | undefined
    let callbackUrl = ''
    const openBrowser = browserThat(url => {
      callbackUrl = callback(`code=first&state=${url.searchParams.get('state')}`).href
      fetch(callbackUrl).catch(() => {})
    })
    // The second visit comes while the code is exchanged.
    const exchanging: typeof fetch = async (...input) => {
      again = await fetch(callbackUrl)
      return await fetch(...input)
    }
    // The code was made up.
    await expect(connect(app(), { ...deps, fetch: exchanging, openBrowser })).rejects.toMatchObject(
      fails('grant_rejected'),
    )
    expect(again?.status).toBe(400)
    expect(await again?.text()).toContain('does not belong to the current sign-in')
  })

  it('does not run what a stranger puts into the URL', async () => {
    const openBrowser = browserThat(url => {
      const parameters = { error: 'access_denied', error_description: '<script>alert(1)</script>\u001b[2J' }
      const state = url.searchParams.get('state') ?? ''
      page = fetch(callback(new URLSearchParams({ ...parameters, state }).toString())).then(answer => answer.text())
    })
    let page: Promise<string> | undefined
    const failure = await connect(app(), { ...deps, openBrowser }).catch(error => error)
    expect(failure.code).toBe('login_denied')
    expect(failure.message).not.toContain('\u001b')
    expect(await page).toContain('&#60;script&#62;')
    expect(await page).not.toContain('<script>')
  })

  it.each(['127.0.0.1', '::1'])('does not share its port with a stranger on %s', async host => {
    const stranger = createServer()
    const port = Number(new URL(redirectUri).port)
    await new Promise<void>(resolve => stranger.listen(port, host, resolve))
    try {
      const openBrowser = () => Promise.reject(new Error('the browser was opened'))
      await expect(connect(app(), { ...deps, openBrowser })).rejects.toMatchObject(
        fails('callback_port_in_use', {
          message: expect.stringContaining(String(port)),
          remedy: { id: 'change_redirect_uri', redirectUri },
        }),
      )
    } finally {
      stranger.close()
    }
  })

  it('ends when the session is disconnected, and frees its port', async () => {
    const person = new Person(okta)
    let mayAnswer = true
    let opened = 0
    const openBrowser = async (url: URL) => {
      opened += 1
      if (mayAnswer) await person.openBrowser(url)
    }
    const session = await connect(app(2), { ...deps, openBrowser })
    mayAnswer = false
    // There is no refresh token, so this asks the person, who does not come.
    const stuck = session.token({ forceRefresh: true }).catch(error => error.code)
    await expect.poll(() => opened).toBe(2)
    await session.disconnect()
    expect(await stuck).toBe('login_required')
    mayAnswer = true
    await connect(app(2), { ...deps, openBrowser })
  })

  it('frees its port, however the login ends', async () => {
    const throwing = () => {
      throw new Error('no browser')
    }
    const attempts = [
      connect(app(), { ...deps, openBrowser: () => Promise.reject(new Error('no browser')) }),
      connect(app(0, { timeoutMs: 100 }), { ...deps, openBrowser: throwing }),
      connect(app(0, { timeoutMs: 50 }), { ...deps, openBrowser: async () => {} }),
    ]
    for (const attempt of attempts) await attempt.catch(() => {})
    const session = await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser })
    expect((await session.token()).value).toMatch(/\w/)
  })

  it('answers on both address families', async () => {
    const seen: number[] = []
    const openBrowser = browserThat(async url => {
      for (const host of ['127.0.0.1', '[::1]']) {
        const target = new URL('/elsewhere', redirectUri)
        target.hostname = host
        seen.push((await fetch(target)).status)
      }
      await new Person(okta).openBrowser(url)
    })
    await connect(app(), { ...deps, openBrowser })
    // Neither is the host of the redirect URI: both listen, both refuse the name.
    expect(seen).toEqual([400, 400])
  })
})

// microsoft-authentication-library-for-js#5466
it('listens only where this machine can connect to', async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find(one => one?.internal === false && one.family === 'IPv4')?.address
  let failure: unknown
  const openBrowser = browserThat(async url => {
    const socket = createConnection(Number(new URL(redirectUri).port), outside ?? '127.0.0.2')
    failure = await once(socket, 'connect').catch(error => error)
    await new Person(okta).openBrowser(url)
  })
  await connect(app(), { ...deps, openBrowser })
  expect(failure).toMatchObject({ code: 'ECONNREFUSED' })
})

async function rawRequest(port: number, target: string): Promise<void> {
  const socket = createConnection(port, '127.0.0.1')
  socket.end(`GET ${target} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`)
  const chunks = await socket.toArray()
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 4\d\d /)
}

describe('nobody signs in', () => {
  it('ends with login_timeout', async () => {
    const attempt = connect(app(0, { timeoutMs: 100 }), { ...deps, openBrowser: async () => {} })
    await expect(attempt).rejects.toMatchObject(fails('login_timeout'))
  })

  it('but an old tab comes back: state_mismatch, when the time is up', async () => {
    const openBrowser = browserThat(() => fetch(new URL('?code=x&state=of-yesterday', redirectUri)))
    const attempt = connect(app(0, { timeoutMs: 2000 }), { ...deps, openBrowser })
    await expect(attempt).rejects.toMatchObject(fails('state_mismatch', { hint: expect.stringContaining('tabs') }))
  })

  it('because the caller gives up: cancelled, at once', async () => {
    const abort = new AbortController()
    const openBrowser = browserThat(() => abort.abort())
    const attempt = connect({ ...app(), signal: abort.signal }, { ...deps, openBrowser })
    await expect(attempt).rejects.toMatchObject(fails('cancelled'))
  })
})
