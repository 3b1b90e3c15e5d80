import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../support/broker.test.support.js'
import { TestBrowser } from '../support/browser.test.support.js'

let okta: OktaEmulator
let broker: TestBroker
let folder: string

beforeAll(async () => {
  const port = await freePort()
  okta = await startOktaEmulator({
    clients: [{ kind: 'service' }, { kind: 'spa', redirectUris: [`http://localhost:${port}/login/callback`] }],
    users: [{ login: 'ada@example.com' }, { login: '\u212aate@example.com' }],
  })
  folder = await mkdtemp(join(tmpdir(), 'pages-and-clients-'))
  vi.stubEnv('CONNECT_OKTA_STATE_DIR', join(folder, 'state'))
  const desk = connectionOf(okta, okta.client('spa'), { signIn: ['ada@example.com', 'kate@example.com'] })
  const config = {
    store: 'file',
    connections: { desk, users: connectionOf(okta, okta.client('service')), constructor: desk },
    clients: { ledger: { secretSha256: digestFor('ledger'), connections: ['desk', 'users'] } },
  }
  broker = await startBroker(config, { port, files: filesOf(okta) })
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
  vi.unstubAllEnvs()
})

async function ask(headers: Record<string, string> = {}, connection = 'users') {
  const body = new URLSearchParams({ grant_type: 'client_credentials', connection })
  return await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
}

// Replaces the folder of the store by a file. A read-only folder is not enough, because root can write to it.
async function withoutStore(work: () => Promise<void>): Promise<void> {
  await rm(join(folder, 'state'), { recursive: true, force: true })
  await writeFile(join(folder, 'state'), '')
  await work()
  await rm(join(folder, 'state'))
}

describe('pages', () => {
  it('show the commands of a client and the error of Okta when only this machine can read them', async () => {
    const page = await (await fetch(broker.url)).text()
    expect(page).toContain(`connect-okta token --broker ${broker.url} --client ledger --connection users`)
    expect(page).toContain(okta.client('service').clientId)
    // Through a proxy that is not in the configuration, other machines can read them.
    const headers = { 'x-forwarded-for': '203.0.113.7' }
    expect(await (await fetch(broker.url, { headers })).text()).not.toContain('ledger')
  })

  it('do not name the clients, the app and the error of Okta when other machines can read them', async () => {
    const { clientId, ...app } = okta.client('service')
    await using other = await startBroker(
      {
        behindProxy: ['127.0.0.1', '::1'],
        connections: {
          users: connectionOf(okta, { ...app, clientId }),
          failing: connectionOf(okta, { ...app, clientId }, { clientId: '0oaUnknownApp0000001' }),
        },
        clients: { ledger: { secretSha256: digestFor('ledger'), connections: ['users', 'failing'] } },
      },
      { files: filesOf(okta) },
    )
    const page = await (await fetch(other.url)).text()
    expect(page).toContain('--client CLIENT_ID')
    expect(page).toContain('client_rejected')
    expect(page).not.toMatch(/ledger|0oa/)
    expect(page).not.toContain(clientId)
  })

  it('show a connection when its name is a property of every object', async () => {
    const page = await (await fetch(broker.url)).text()
    expect(page).toContain('href="/login/constructor"')
    expect(page).not.toContain('Sign out')
  })

  it('do not count requests for the callback without a sign-in in progress', async () => {
    for (let index = 0; index < 110; index++) {
      expect((await fetch(`${broker.url}/login/callback?state=x`, { headers: { accept: 'text/html' } })).status).toBe(
        400,
      )
    }
    const browser = new TestBrowser(broker, okta)
    expect((await browser.get(await browser.signIn())).status).toBe(303)
    await browser.signOut()
  })

  it('reject an account when its username differs only by Unicode lower case', async () => {
    const browser = new TestBrowser(broker, okta)
    expect((await browser.get(await browser.signIn(okta.users[1]))).status).toBe(403)
  })

  it('answer 503 without a path of the server when the token store fails at a sign-out', async () => {
    const browser = new TestBrowser(broker, okta)
    await browser.get(await browser.signIn())
    await withoutStore(async () => {
      const response = await browser.signOut()
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('5')
      expect(await response.text()).not.toContain(folder)
    })
    expect(broker.lines().filter(({ msg }) => msg === 'unexpected error')).toEqual([])
  })
})

describe('routes of clients', () => {
  it('answer JSON with all headers when a client accepts HTML', async () => {
    const accept = 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2'
    const unknown = await ask({ accept })
    expect(unknown.status).toBe(401)
    expect(unknown.headers.get('www-authenticate')).toContain('Basic')
    expect(await unknown.json()).toMatchObject({ error: 'invalid_client' })
    expect((await fetch(`${broker.url}/nothing`, { headers: { accept } })).headers.get('content-type')).toContain(
      'json',
    )
  })

  it.each([
    ['without a body', 'DELETE', undefined],
    ['with a short body', 'POST', '{"profile":{}}'],
  ])('send a request %s again when Okta answers 401 to the token', async (_what, method, body) => {
    const path = '/api/v1/users/no-such-user'
    using _rejected = okta.fault({ endpoint: path, status: 401, times: 1 })
    okta.clearRequests()
    const headers = { authorization: basic('ledger'), 'content-type': 'application/json' }
    const { status } = await fetch(`${broker.url}/proxy/users${path}`, { method, headers, ...(body && { body }) })
    expect(status).not.toBe(401)
    expect(okta.requests.filter(request => request.path === path)).toHaveLength(2)
  })

  it('reject requests that pages of other sites send', async () => {
    const from = (site: string) => ask({ authorization: basic('ledger'), 'sec-fetch-site': site })
    expect((await from('cross-site')).status).toBe(403)
    expect((await from('same-origin')).status).toBe(200)
  })

  it('answer 503 with Retry-After and without a path of the server when the token store fails', async () => {
    await withoutStore(async () => {
      const response = await ask({ authorization: basic('ledger') }, 'desk')
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('5')
      const text = await response.text()
      expect(text).toContain('temporarily_unavailable')
      expect(text).not.toContain(folder)
    })
    expect(broker.lines().some(({ reason }) => String(reason).includes(folder))).toBe(true)
  })
})
