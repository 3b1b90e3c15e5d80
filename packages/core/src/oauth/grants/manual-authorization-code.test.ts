import { createServer, type Server } from 'node:net'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  freeRedirectUri,
  startSignInOrg,
  TestUser,
  useSignInOrg,
} from '../../../test/support/sign-in-org.test.support.js'
import type { CallbackUrlPrompt } from '../../deps.js'
import { connect, type Deps } from '../../index.js'

const org = useSignInOrg()
let deps: Pick<Deps, 'store' | 'notify' | 'openBrowser'>
const prompts: CallbackUrlPrompt[] = []

beforeEach(() => {
  prompts.length = 0
  deps = { ...org.deps, openBrowser: async () => expect.unreachable('a browser was opened') }
})

/** Returns an `askCallbackUrl` that signs in on another machine and returns what `paste` makes of the callback URL. */
const signInElsewhere = (paste: (url: URL, attempt: number) => string) => async (prompt: CallbackUrlPrompt) => {
  prompts.push(prompt)
  return paste(await new TestUser(org.okta).signIn(prompt.authorizationUrl), prompts.length)
}

describe('connect with manual: true', () => {
  async function connectByPasting(paste: (url: URL) => string): Promise<void> {
    // A listener on this port would fail.
    await using _busy = await occupy(org.redirectUri)
    const options = org.app(0, { manual: true })
    const session = await connect(options, { ...deps, askCallbackUrl: signInElsewhere(paste) })
    expect((await session.fetch('/api/v1/users')).status).toBe(200)
    expect(prompts.map(({ redirectUri, problem }) => [redirectUri, problem])).toEqual([[org.redirectUri, undefined]])
  }

  it('accepts the callback URL without a listener', () => connectByPasting(url => url.href))

  it('accepts a callback URL with line breaks from a terminal', () =>
    connectByPasting(url => `  ${url.href.replace('&', '\r\n&')}\n`))

  it('accepts only the query of the callback URL', () => connectByPasting(url => url.search))

  it('accepts the query without its question mark', () => connectByPasting(url => url.search.slice(1)))

  it.each<[string, (url: URL) => string]>([
    ['without its scheme', url => url.href.replace('http://', '')],
    ['with https, which HSTS makes of it', url => url.href.replace('http:', 'https:')],
    ['in quotes', url => `"${url.href}"`],
    ['in angle brackets', url => `<${url.href}>`],
    ['with an empty fragment', url => `${url.href}#`],
    ['with the fragment of a social login', url => `${url.href}#_=_`],
    ['with another port', url => url.href.replace(url.host, 'localhost:9090')],
    ['with the address of the loopback interface', url => url.href.replace('localhost', '127.0.0.1')],
    ['with an upper-case host', url => url.href.replace('localhost', 'LOCALHOST')],
    ['with a line break in a value', url => url.href.replace('code=', 'co\nde=')],
    ['with HTML entities', url => url.href.replaceAll('&', '&amp;')],
    ['with the escapes of a shell', url => url.href.replace(/[?&=]/g, '\\$&')],
    ['in percent-encoding', url => encodeURIComponent(url.href)],
    ['with its query as the fragment', url => url.href.replace('?', '#')],
    ['without its first characters', url => url.href.slice(9)],
    ['twice', url => `${url.href}\n${url.href}`],
    ['as a link of Slack', url => `<${url.href}|localhost>`],
    ['as a link of Markdown', url => `[localhost](${url.href})`],
    ['at the end of a sentence', url => `It says: ${url.href}.`],
    ['in typographic quotes', url => `“${url.href}”`],
    ['in JSON', url => JSON.stringify({ url: url.href }).replaceAll('&', '\\u0026')],
    ['in the source of a mail', url => url.href.replaceAll('=', '=3D')],
    ['as a line of a server log', url => `"GET ${url.pathname}${url.search} HTTP/1.1" 200`],
    ['in the message of a browser', url => `This site can’t be reached. ${url.href} refused to connect.`],
    ['with semicolons', url => url.href.replaceAll('&', ';')],
  ])('accepts the callback URL %s', (_what, paste) => connectByPasting(paste))

  it('does not accept the address that was opened', async () => {
    const askCallbackUrl = async (prompt: CallbackUrlPrompt) => {
      prompts.push(prompt)
      return prompt.authorizationUrl.href
    }
    const attempt = connect(org.app(0, { manual: true }), { ...deps, askCallbackUrl })
    await expect(attempt).rejects.toMatchObject({ code: 'state_mismatch' })
    expect(prompts.at(-1)?.problem).toMatch(/not the URL that the browser was redirected to/)
  })

  it('prompts again with the reason when the pasted text is not the callback URL', async () => {
    const mistakes = ['', 'https://example.com/', 'http://localhost:1/?state=x']
    const askCallbackUrl = signInElsewhere((url, attempt) => (attempt < 3 ? (mistakes[attempt] ?? '') : url.href))
    await connect(org.app(0, { manual: true }), { ...deps, askCallbackUrl })
    expect(prompts.map(({ problem }) => problem)).toEqual([
      undefined,
      expect.stringContaining(`starts with ${org.redirectUri}?`),
      expect.stringContaining(`starts with ${org.redirectUri}?`),
    ])
  })

  it('rejects the callback URL of another sign-in after three attempts', async () => {
    const askCallbackUrl = signInElsewhere(url => {
      url.searchParams.set('state', 'another')
      return url.href
    })
    const attempt = connect(org.app(0, { manual: true }), { ...deps, askCallbackUrl })
    await expect(attempt).rejects.toMatchObject({ code: 'state_mismatch', message: expect.stringContaining('another') })
    expect(prompts).toHaveLength(3)
  })

  it('prompts again without offline_access when Okta rejects that scope', async () => {
    const askCallbackUrl = signInElsewhere(url => url.href)
    await connect(org.app(2, { manual: true }), { ...deps, askCallbackUrl })
    expect(prompts.map(({ authorizationUrl }) => authorizationUrl.searchParams.get('scope'))).toEqual([
      'openid profile offline_access okta.users.read',
      'openid profile okta.users.read',
    ])
    expect(org.notices).toMatchObject([{ code: 'offline_access_refused' }])
  })

  it('ends when the time limit passes or the signal aborts', async () => {
    let isAborted = false
    const askCallbackUrl = ({ signal }: CallbackUrlPrompt) => {
      signal.addEventListener('abort', () => {
        isAborted = true
      })
      return new Promise<string>(() => {})
    }
    // Long enough for the prompt to appear first, also on a busy machine.
    const timedOut = connect(org.app(0, { manual: true, timeoutMs: 2000 }), { ...deps, askCallbackUrl })
    await expect(timedOut).rejects.toMatchObject({ code: 'login_timeout' })
    expect(isAborted).toBe(true)
    const signal = AbortSignal.timeout(50)
    const cancelled = connect({ ...org.app(0, { manual: true }), signal }, { ...deps, askCallbackUrl })
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('rejects the options when askCallbackUrl is missing', async () => {
    const attempt = connect(org.app(0, { manual: true }), deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'options_invalid',
      hint: expect.stringContaining('askCallbackUrl'),
    })
  })
})

describe('connect with several redirect URIs', () => {
  it('uses the first one whose port is free', async () => {
    await using secondOrg = await startSignInOrg()
    const [busy, free] = [await freeRedirectUri(), secondOrg.redirectUri]
    await using _busy = await occupy(busy)
    const secondUser = new TestUser(secondOrg.okta)
    const options = secondOrg.app(0, { redirectUri: [busy, free] })
    const session = await connect(options, { ...deps, openBrowser: secondUser.openBrowser })
    expect(secondUser.openedUrls[0]?.searchParams.get('redirect_uri')).toBe(free)
    expect((await session.token()).type).toBe('Bearer')
  })

  it('names all of them in the error when every port is in use', async () => {
    const uris = [await freeRedirectUri(), await freeRedirectUri()]
    await using _one = await occupy(uris[0] ?? '')
    await using _two = await occupy(uris[1] ?? '')
    const attempt = connect(org.app(0, { redirectUri: uris }), deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'callback_port_in_use',
      message: expect.stringMatching(uris.map(uri => new URL(uri).port).join('.*')),
      hint: expect.stringContaining(uris.join(', ')),
    })
  })

  it.each([[[]], [['http://localhost:8080/a', 'https://example.com/b']]])('rejects %j', async redirectUri => {
    await expect(connect(org.app(0, { redirectUri }), deps)).rejects.toMatchObject({ code: 'options_invalid' })
  })
})

async function occupy(redirectUri: string): Promise<AsyncDisposable> {
  const server: Server = createServer()
  await new Promise<void>(resolve => server.listen(Number(new URL(redirectUri).port), '127.0.0.1', resolve))
  return { [Symbol.asyncDispose]: () => new Promise<void>(resolve => void server.close(() => resolve())) }
}
