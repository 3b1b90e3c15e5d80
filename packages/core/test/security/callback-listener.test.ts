import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { freeRedirectUri, Person, type SignInOrg, startSignInOrg } from '../support/person.test.support.js'

// Fewer where somebody waits.
const flood = process.env.CI === 'true' ? 10_000 : 1_000

let org: SignInOrg
beforeAll(async () => {
  org = await startSignInOrg()
})
afterAll(() => org.okta.close())

/** Signs in while `attack` has the address that the browser was sent to, and the person comes after it. */
async function signInDuring(attack: (authorizationUrl: URL) => Promise<void>): Promise<string> {
  const person = new Person(org.okta)
  const failures: unknown[] = []
  const openBrowser = async (url: URL) => {
    void attack(url)
      .catch(error => failures.push(error))
      .then(() => person.openBrowser(url))
  }
  const session = await connect(org.app(0, { timeoutMs: 60_000 }), { store: createMemoryStore(), openBrowser })
  expect(failures).toEqual([])
  return (await session.token()).value
}

/** Waits until it is closed, politely or not. */
const closed = (socket: Socket) => new Promise(resolve => socket.on('error', () => {}).once('close', resolve))

const callbackWith = (parameters: Record<string, string>) => {
  const url = new URL(org.redirectUri)
  url.search = new URLSearchParams(parameters).toString()
  return url
}

describe('who attacks the callback listener from this machine', () => {
  it(`with ${flood.toLocaleString('en')} connections that say nothing does not keep the browser out`, async () => {
    const open = new Set<Socket>()
    const token = await signInDuring(async () => {
      const { port } = new URL(org.redirectUri)
      for (let opened = 0; opened < flood; opened += 500) {
        const sockets = Array.from({ length: 500 }, () => createConnection(Number(port), '127.0.0.1'))
        for (const socket of sockets) {
          open.add(socket)
          socket.on('error', () => {}).once('close', () => open.delete(socket))
        }
        await Promise.all(sockets.map(socket => once(socket, 'connect').catch(() => {})))
      }
    })
    for (const socket of open) socket.destroy()
    expect(token).toMatch(/\w/)
    // As long as the sign-in has, and the connections before it.
  }, 120_000)

  it('with a header that never ends is let go while the sign-in waits', async () => {
    await signInDuring(async () => {
      const socket = createConnection(Number(new URL(org.redirectUri).port), '127.0.0.1')
      socket.write('GET /login/callback HTTP/1.1\r\nHost: ')
      await closed(socket.resume())
    })
  })

  it.each([
    ['a URL of 1 MiB', `/login/callback?code=${'x'.repeat(1024 * 1024)}`, 431],
    ['a URL of the longest kind', `/login/callback?code=${'x'.repeat(15_000)}`, 400],
  ])('with %s gets an error', async (_what, target, status) => {
    let answer = ''
    await signInDuring(async () => {
      const { host, port } = new URL(org.redirectUri)
      const socket = createConnection(Number(port), '127.0.0.1')
      socket.setEncoding('utf8').on('data', chunk => {
        answer += chunk
      })
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      await closed(socket)
    })
    expect(answer).toContain(` ${status} `)
  })

  it('with a callback before the browser has been anywhere is not listened to', async () => {
    const statuses: number[] = []
    await signInDuring(async () => {
      for (const state of ['', 'x', 'undefined', 'null', '*']) {
        statuses.push((await fetch(callbackWith({ code: 'injected', state }))).status)
      }
    })
    expect(statuses).toEqual([400, 400, 400, 400, 400])
  })

  it('with the answer of another sign-in of theirs gives nobody their account', async () => {
    // The code of the attacker, who has signed in as themselves: the victim would work in their account.
    const attacker = new Person(org.okta, org.okta.users[1])
    const statuses: number[] = []
    await signInDuring(async url => {
      const theirs = new URL(url)
      theirs.searchParams.set('state', 'of-the-attacker')
      const answer = await attacker.browser.signIn(theirs, attacker.user)
      statuses.push((await fetch(answer)).status)
    })
    expect(statuses).toEqual([400])
  })
})

describe('a web page in the browser of the user', () => {
  it.each<[string, RequestInit]>([
    ['posts a form', { method: 'POST', body: new URLSearchParams({ code: 'x' }) }],
    ['asks by CORS', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }],
    ['asks for the headers', { method: 'HEAD' }],
  ])('that %s gets nothing, not even with the right state', async (_what, init) => {
    let answer: Response | undefined
    await signInDuring(async url => {
      answer = await fetch(callbackWith({ code: 'x', state: url.searchParams.get('state') ?? '' }), init)
    })
    expect(answer?.status).toBe(405)
    expect(answer?.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('that has its own name lead to this machine gets nothing', async () => {
    let answer = ''
    await signInDuring(async url => {
      const { port } = new URL(org.redirectUri)
      const socket = createConnection(Number(port), '127.0.0.1').setEncoding('utf8')
      socket.on('data', chunk => {
        answer += chunk
      })
      const target = `/login/callback?code=x&state=${url.searchParams.get('state')}`
      socket.write(`GET ${target} HTTP/1.1\r\nHost: evil.example:${port}\r\nConnection: close\r\n\r\n`)
      await closed(socket)
    })
    expect(answer).toContain(' 400 ')
  })

  it('cannot frame, sniff or keep the page that ends the sign-in', async () => {
    const person = new Person(org.okta)
    await connect(org.app(), { store: createMemoryStore(), openBrowser: person.openBrowser })
    const [page] = await Promise.all(person.pages)
    expect(Object.fromEntries(page?.headers ?? [])).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
  })
})

describe('another org', () => {
  it('that answers in place of the one that was asked is told by its issuer', async () => {
    const redirectUri = await freeRedirectUri()
    const clients = [{ kind: 'spa' as const, redirectUris: [redirectUri] }]
    await using honest = await startOktaEmulator({ clients, sendIssuer: true })
    await using evil = await startOktaEmulator({ clients, sendIssuer: true })
    const { clientId } = honest.client('spa')
    const openBrowser = async (url: URL) => {
      // The person is led to the org of the attacker, with the state of the sign-in that waits.
      const elsewhere = new URL(`${evil.orgUrl.origin}${url.pathname}${url.search}`)
      elsewhere.searchParams.set('client_id', evil.client('spa').clientId)
      void new Person(evil).openBrowser(elsewhere)
    }
    honest.clearRequests()
    const app = { tenant: honest.orgUrl.origin, clientId, scopes: ['okta.users.read'], redirectUri }
    await expect(connect(app, { store: createMemoryStore(), openBrowser })).rejects.toMatchObject({
      code: 'state_mismatch',
    })
    // The code of the one is not shown to the other.
    expect(honest.requests.filter(({ path }) => path.endsWith('/token'))).toEqual([])
  })
})
