import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri, Person, type SignInOrg, startSignInOrg } from '../../../test/support/person.test.support.js'
import type { CallbackUrlPrompt } from '../../deps.js'
import { connect, type Deps, type Notice } from '../../index.js'
import { createMemoryStore } from '../../stores/memory-store.js'

let org: SignInOrg
let person: Person
let deps: Pick<Deps, 'store' | 'notify' | 'openBrowser'>
const notices: Notice[] = []
const prompts: CallbackUrlPrompt[] = []

beforeAll(async () => {
  org = await startSignInOrg()
})
afterAll(() => org.okta.close())
beforeEach(() => {
  notices.length = prompts.length = 0
  person = new Person(org.okta)
  const openBrowser = async () => expect.unreachable('a browser was opened here')
  deps = { store: createMemoryStore(), notify: notice => notices.push(notice), openBrowser }
})

/** Somebody who signs in on another machine, and pastes what `paste` makes of the address that the browser ends at. */
const elsewhere = (paste: (url: URL, tries: number) => string) => async (prompt: CallbackUrlPrompt) => {
  prompts.push(prompt)
  const { user } = person
  if (user === undefined) throw new Error('the org has nobody to sign in')
  return paste(await person.browser.signIn(prompt.authorizationUrl, user), prompts.length)
}

describe('a manual sign-in', () => {
  async function connectByPasting(paste: (url: URL) => string): Promise<void> {
    // The port is taken: a listener would say so.
    await using _busy = await occupy(org.redirectUri)
    const options = org.app(0, { manual: true })
    const session = await connect(options, { ...deps, askCallbackUrl: elsewhere(paste) })
    expect((await session.fetch('/api/v1/users')).status).toBe(200)
    expect(prompts.map(({ redirectUri, problem }) => [redirectUri, problem])).toEqual([[org.redirectUri, undefined]])
  }

  it('takes the whole URL, and listens nowhere', () => connectByPasting(url => url.href))

  it('takes a URL with the line breaks of a terminal', () =>
    connectByPasting(url => `  ${url.href.replace('&', '\r\n&')}\n`))

  it('takes only the query', () => connectByPasting(url => url.search))

  it('takes the query without its question mark', () => connectByPasting(url => url.search.slice(1)))

  it('says what was wrong with a paste, and asks again', async () => {
    const slips = ['', 'https://example.com/', 'http://localhost:1/?state=x']
    const askCallbackUrl = elsewhere((url, tries) => (tries < 3 ? (slips[tries] ?? '') : url.href))
    await connect(org.app(0, { manual: true }), { ...deps, askCallbackUrl })
    expect(prompts.map(({ problem }) => problem)).toEqual([
      undefined,
      expect.stringContaining(`starts with ${org.redirectUri}?`),
      expect.stringContaining(`starts with ${org.redirectUri}?`),
    ])
  })

  it('refuses the answer to another sign-in, however often', async () => {
    const askCallbackUrl = elsewhere(url => {
      url.searchParams.set('state', 'another')
      return url.href
    })
    const attempt = connect(org.app(0, { manual: true }), { ...deps, askCallbackUrl })
    await expect(attempt).rejects.toMatchObject({ code: 'state_mismatch', message: expect.stringContaining('another') })
    expect(prompts).toHaveLength(3)
  })

  it('asks once more without offline_access where Okta refuses that', async () => {
    const askCallbackUrl = elsewhere(url => url.href)
    await connect(org.app(2, { manual: true }), { ...deps, askCallbackUrl })
    expect(prompts.map(({ authorizationUrl }) => authorizationUrl.searchParams.get('scope'))).toEqual([
      'openid profile offline_access okta.users.read',
      'openid profile okta.users.read',
    ])
    expect(notices).toMatchObject([{ code: 'offline_access_refused' }])
  })

  it('ends when nobody brings the answer in time, or gives up', async () => {
    let fired = false
    const askCallbackUrl = ({ signal }: CallbackUrlPrompt) => {
      signal.addEventListener('abort', () => {
        fired = true
      })
      return new Promise<string>(() => {})
    }
    // Long enough that somebody is asked before, also on a busy machine.
    const late = connect(org.app(0, { manual: true, timeoutMs: 2000 }), { ...deps, askCallbackUrl })
    await expect(late).rejects.toMatchObject({ code: 'login_timeout' })
    expect(fired).toBe(true)
    const signal = AbortSignal.timeout(50)
    const given = connect({ ...org.app(0, { manual: true }), signal }, { ...deps, askCallbackUrl })
    await expect(given).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('says so where a program has nobody to ask', async () => {
    const attempt = connect(org.app(0, { manual: true }), deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'options_invalid',
      hint: expect.stringContaining('askCallbackUrl'),
    })
  })
})

describe('several redirect URIs', () => {
  it('are tried in order: the first whose port is free', async () => {
    await using okta = await startSignInOrg()
    const [busy, free] = [await freeRedirectUri(), okta.redirectUri]
    await using _busy = await occupy(busy)
    const visitor = new Person(okta.okta)
    const options = okta.app(0, { redirectUri: [busy, free] })
    const session = await connect(options, { ...deps, openBrowser: visitor.openBrowser })
    expect(visitor.opened[0]?.searchParams.get('redirect_uri')).toBe(free)
    expect((await session.token()).type).toBe('Bearer')
  })

  it('that are all taken are all named', async () => {
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

  it.each([[[]], [['http://localhost:8080/a', 'https://example.com/b']]])('%j are refused', async redirectUri => {
    await expect(connect(org.app(0, { redirectUri }), deps)).rejects.toMatchObject({ code: 'options_invalid' })
  })
})

async function occupy(redirectUri: string): Promise<AsyncDisposable> {
  const server: Server = createServer()
  await new Promise<void>(resolve => server.listen(Number(new URL(redirectUri).port), '127.0.0.1', resolve))
  return { [Symbol.asyncDispose]: () => new Promise<void>(resolve => void server.close(() => resolve())) }
}
