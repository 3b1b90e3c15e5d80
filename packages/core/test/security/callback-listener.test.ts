import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { freeRedirectUri, TestUser, useSignInOrg } from '../support/sign-in-org.test.support.js'

// Fewer on a developer's machine.
const connectionCount = process.env.CI === 'true' ? 10_000 : 1_000

const org = useSignInOrg()

/** Signs in after `attack` has run with the authorization URL. Returns the token. */
async function signInDuring(attack: (authorizationUrl: URL) => Promise<void>): Promise<string> {
  const testUser = new TestUser(org.okta)
  const attackErrors: unknown[] = []
  const openBrowser = async (url: URL) => {
    void attack(url)
      .catch(error => attackErrors.push(error))
      .then(() => testUser.openBrowser(url))
  }
  const session = await connect(org.app(0, { timeoutMs: 60_000 }), { ...org.deps, openBrowser })
  expect(attackErrors).toEqual([])
  return (await session.token()).value
}

/** Waits until the socket is closed, with or without an error. */
const closed = (socket: Socket) => new Promise(resolve => socket.on('error', () => {}).once('close', resolve))

const callbackWith = (parameters: Record<string, string>) => {
  const url = new URL(org.redirectUri)
  url.search = new URLSearchParams(parameters).toString()
  return url
}

describe('a local process that attacks the callback listener', () => {
  it(`cannot block the browser with ${connectionCount.toLocaleString('en')} idle connections`, async () => {
    const openSockets = new Set<Socket>()
    const token = await signInDuring(async () => {
      const { port } = new URL(org.redirectUri)
      for (let opened = 0; opened < connectionCount; opened += 500) {
        const sockets = Array.from({ length: 500 }, () => createConnection(Number(port), '127.0.0.1'))
        for (const socket of sockets) {
          openSockets.add(socket)
          socket.on('error', () => {}).once('close', () => openSockets.delete(socket))
        }
        await Promise.all(sockets.map(socket => once(socket, 'connect').catch(() => {})))
      }
    })
    for (const socket of openSockets) socket.destroy()
    expect(token).toMatch(/\w/)
    // Time for the sign-in and for the connections before it.
  }, 120_000)

  it('is disconnected when it sends an incomplete header', async () => {
    await signInDuring(async () => {
      const socket = createConnection(Number(new URL(org.redirectUri).port), '127.0.0.1')
      socket.write('GET /login/callback HTTP/1.1\r\nHost: ')
      await closed(socket.resume())
    })
  })

  it.each([
    ['a URL of 1 MiB', `/login/callback?code=${'x'.repeat(1024 * 1024)}`, 431],
    ['a URL just below the limit', `/login/callback?code=${'x'.repeat(15_000)}`, 400],
  ])('gets an error response for %s', async (_what, target, status) => {
    let response = ''
    await signInDuring(async () => {
      const { host, port } = new URL(org.redirectUri)
      const socket = createConnection(Number(port), '127.0.0.1')
      socket.setEncoding('utf8').on('data', chunk => {
        response += chunk
      })
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      await closed(socket)
    })
    expect(response).toContain(` ${status} `)
  })

  it('cannot complete the sign-in with a guessed state', async () => {
    const statuses: number[] = []
    await signInDuring(async () => {
      for (const state of ['', 'x', 'undefined', 'null', '*']) {
        statuses.push((await fetch(callbackWith({ code: 'injected', state }))).status)
      }
    })
    expect(statuses).toEqual([400, 400, 400, 400, 400])
  })

  it('cannot sign the user in to the account of the attacker', async () => {
    // The attacker signs in to their own account and sends that code to the listener of the victim.
    const attacker = new TestUser(org.okta, org.okta.users[1])
    const statuses: number[] = []
    await signInDuring(async url => {
      const attackerUrl = new URL(url)
      attackerUrl.searchParams.set('state', 'of-the-attacker')
      statuses.push((await fetch(await attacker.signIn(attackerUrl))).status)
    })
    expect(statuses).toEqual([400])
  })
})

describe('a web page in the browser of the user', () => {
  it.each<[string, RequestInit]>([
    ['posts a form', { method: 'POST', body: new URLSearchParams({ code: 'x' }) }],
    ['sends a CORS preflight request', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }],
    ['sends a HEAD request', { method: 'HEAD' }],
  ])('is rejected, even with the valid state, when it %s', async (_what, init) => {
    let response: Response | undefined
    await signInDuring(async url => {
      response = await fetch(callbackWith({ code: 'x', state: url.searchParams.get('state') ?? '' }), init)
    })
    expect(response?.status).toBe(405)
    expect(response?.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('is rejected when it reaches the listener by DNS rebinding', async () => {
    let response = ''
    await signInDuring(async url => {
      const { port } = new URL(org.redirectUri)
      const socket = createConnection(Number(port), '127.0.0.1').setEncoding('utf8')
      socket.on('data', chunk => {
        response += chunk
      })
      const target = `/login/callback?code=x&state=${url.searchParams.get('state')}`
      socket.write(`GET ${target} HTTP/1.1\r\nHost: evil.example:${port}\r\nConnection: close\r\n\r\n`)
      await closed(socket)
    })
    expect(response).toContain(' 400 ')
  })

  it('cannot frame, sniff or cache the final page of the sign-in', async () => {
    const testUser = new TestUser(org.okta)
    await connect(org.app(), { ...org.deps, openBrowser: testUser.openBrowser })
    const [page] = await Promise.all(testUser.pages)
    expect(Object.fromEntries(page?.headers ?? [])).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
  })
})

describe('another authorization server', () => {
  it('is detected by its issuer when it responds to the sign-in (mix-up attack)', async () => {
    const redirectUri = await freeRedirectUri()
    const clients = [{ kind: 'spa' as const, redirectUris: [redirectUri] }]
    await using honest = await startOktaEmulator({ clients, sendIssuer: true })
    await using evil = await startOktaEmulator({ clients, sendIssuer: true })
    const { clientId } = honest.client('spa')
    const openBrowser = async (url: URL) => {
      // The user is sent to the org of the attacker with the state of the pending sign-in.
      const attackerUrl = new URL(`${evil.orgUrl.origin}${url.pathname}${url.search}`)
      attackerUrl.searchParams.set('client_id', evil.client('spa').clientId)
      void new TestUser(evil).openBrowser(attackerUrl)
    }
    honest.clearRequests()
    const app = { tenant: honest.orgUrl.origin, clientId, scopes: ['okta.users.read'], redirectUri }
    await expect(connect(app, { store: createMemoryStore(), openBrowser })).rejects.toMatchObject({
      code: 'state_mismatch',
    })
    // The code of the attacker's org is not sent to the other org.
    expect(honest.requests.filter(({ path }) => path.endsWith('/token'))).toEqual([])
  })
})
