import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort, type OktaEmulator, ScriptedBrowser, startOktaEmulator } from '@connect-okta/emulator'
import { SignJWT } from 'jose'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { basic, connectionOf, digestFor, filesOf } from './support/broker.test.support.js'
import { type BrokerProcess, startProcess } from './support/process.test.support.js'
import { startRedis, type TestRedis } from './support/redis.test.support.js'

const redisServer = inject('systemNeeds').redisServer
const issuer = 'http://localhost:1'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

describe.skipIf(redisServer === undefined)('several processes on one Redis', () => {
  let okta: OktaEmulator
  let redis: TestRedis
  let folder: string
  let nodes: readonly Node[]

  interface Node {
    readonly url: string
    readonly process: BrokerProcess
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brokers-'))
    okta = await startOktaEmulator({
      clients: [{ kind: 'service' }, { kind: 'spa', redirectUris: [`${issuer}/login/callback`] }],
    })
    for (const [name, text] of Object.entries(filesOf(okta))) await writeFile(join(folder, name), text)
    redis = await startRedis(redisServer ?? '')
    const key = randomBytes(32).toString('base64')
    nodes = await Promise.all([1, 2, 3].map(number => startNode(number, key)))
  })
  afterAll(async () => {
    for (const { process } of nodes) process.child.kill('SIGKILL')
    await Promise.all(nodes.map(({ process }) => process.ended))
    await redis.kill()
    await okta.close()
  })

  async function startNode(number: number, key: string): Promise<Node> {
    const port = await freePort()
    const path = join(folder, `broker-${number}.yaml`)
    const config = {
      listen: `127.0.0.1:${port}`,
      // The same for all processes, as behind a load balancer.
      issuer,
      store: redis.url,
      connections: {
        users: connectionOf(okta, okta.client('service'), { scopes: ['okta.users.read', 'okta.groups.read'] }),
        desk: connectionOf(okta, okta.client('spa'), { signIn: ['*'] }),
      },
      clients: {
        payroll: { secretSha256: digestFor('payroll'), connections: ['users', 'desk'], mayRevoke: true },
        slow: { secretSha256: digestFor('slow'), connections: ['users'], ratePerMinute: 5 },
        signer: { jwks: { keys: [publicKey.export({ format: 'jwk' })] }, connections: ['users'] },
      },
    }
    await writeFile(path, stringify(config))
    const process = startProcess(['--config', path], { CONNECT_OKTA_STORE_KEY: key })
    await process.printed('listening')
    return { url: `http://127.0.0.1:${port}`, process }
  }

  const node = (index: number): Node => {
    const found = nodes[index]
    if (found === undefined) throw new Error('there are three')
    return found
  }
  const upstream = () => okta.requests.filter(({ path, status }) => path.endsWith('/token') && status === 200).length
  const form = (more: object = {}) =>
    new URLSearchParams({ grant_type: 'client_credentials', connection: 'users', ...more })

  /** A form with an assertion of the client `signer`, which is accepted once. */
  async function signedForm() {
    const now = Date.now() / 1000
    const claims = { iss: 'signer', sub: 'signer', aud: issuer, jti: randomUUID(), iat: now, exp: now + 60 }
    const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
    return form({ client_assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' })
  }

  async function ask(index: number, name = 'payroll', body = form()) {
    const headers = { authorization: basic(name) }
    const response = await fetch(`${node(index).url}/oauth2/token`, { method: 'POST', headers, body })
    const answer = (await response.json()) as { access_token?: string; error?: string }
    return { status: response.status, ...answer }
  }

  it('send one token request to Okta for all clients', async () => {
    const answers = await Promise.all(Array.from({ length: 90 }, (_one, index) => ask(index % 3)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ access_token }) => access_token)).size).toBe(1)
    expect(upstream()).toBe(1)
  })

  it('share rates and used assertions', async () => {
    const statuses = []
    for (let index = 0; index < 7; index++) statuses.push((await ask(index % 3, 'slow')).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429])

    const body = await signedForm()
    const send = (index: number) => fetch(`${node(index).url}/oauth2/token`, { method: 'POST', body })
    const answers = await Promise.all([0, 1, 2].map(async index => (await send(index)).status))
    expect(answers.sort()).toEqual([200, 401, 401])
  })

  it('share sign-ins and sign-outs', async () => {
    const accept = { accept: 'text/html', host: new URL(issuer).host }
    const page = await visit(0, '/login/desk', accept)
    const cookie = cookieOf(page)
    const form_token = /name="form_token" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const formHeaders = { ...accept, cookie, origin: issuer, 'sec-fetch-site': 'same-origin' }
    const begun = await visit(1, '/login/desk', formHeaders, new URLSearchParams({ form_token }))
    const [person] = okta.users
    if (person === undefined) throw new Error('the org has no users')
    const callback = await new ScriptedBrowser(okta).signIn(new URL(begun.location), person)
    // The cookie of the second process contains the sign-in in progress.
    const done = await visit(2, callback.pathname + callback.search, { ...accept, cookie: cookieOf(begun) })
    expect(done.status).toBe(303)
    const desk = form({ connection: 'desk' })
    const { access_token, status } = await ask(0, 'payroll', desk)
    expect(status).toBe(200)
    expect((await ask(1, 'payroll', desk)).access_token).toBe(access_token)

    const mine = { ...formHeaders, cookie: cookieOf(done) }
    const home = await visit(1, '/', mine)
    const token = /name="form_token" value="([^"]+)"/.exec(home.body)?.[1] ?? ''
    const out = new URLSearchParams({ form_token: token, connection: 'desk' })
    expect((await visit(1, '/logout', mine, out)).status).toBe(303)
    // The other processes notice it within a second.
    await expect.poll(() => ask(0, 'payroll', desk)).toMatchObject({ status: 400, error: 'invalid_grant' })
  })

  it('serve tokens from memory when the Redis stops', async () => {
    expect((await ask(0)).status).toBe(200)
    await redis.kill()
    expect((await ask(0)).status).toBe(200)
    expect((await ask(0, 'slow')).status).toBe(200)
    // The second process has no token with this scope in memory.
    const other = form({ scope: 'okta.groups.read' })
    expect((await ask(1, 'payroll', other)).status).toBe(503)
    const body = await signedForm()
    const rejected = await fetch(`${node(0).url}/oauth2/token`, { method: 'POST', body })
    expect(rejected.status).toBe(503)
    const ready = await fetch(`${node(0).url}/readyz`)
    expect(ready.status).toBe(200)
    expect(((await ready.json()) as { degraded: string[] }).degraded).toContain('shared state: unavailable')
    await redis.start()
    await expect.poll(async () => (await ask(1, 'payroll', other)).status).toBe(200)
  })

  // The last test, because it kills a process.
  it('lose only the requests on its own sockets when one is killed under load', async () => {
    // The first process sends the token request for all. The others log a notice when they wait for it.
    using _slow = okta.fault({ endpoint: '/oauth2/v1/token', delayMs: 3_000, times: 1 })
    const [lost, given, tokens] = [[0, 0, 0], [0, 0, 0], new Set<unknown>()]
    let isOver = false
    const client = async (to: number) => {
      while (!isOver) {
        // No token with this scope is stored yet.
        const answer = await ask(to, 'payroll', form({ scope: 'okta.users.read' })).catch(() => undefined)
        const counts = answer === undefined ? lost : given
        counts[to] = (counts[to] ?? 0) + 1
        if (answer === undefined) return
        if (answer.status !== 200) throw new Error(`${answer.status} of ${to}`)
        tokens.add(answer.access_token)
      }
    }
    const loadClients = (to: number) => Array.from({ length: 10 }, () => client(to))
    const first = loadClients(0)
    await expect.poll(lockOwners).toBeGreaterThan(0)
    const all = [...first, ...loadClients(1), ...loadClients(2)]
    await Promise.all([1, 2].map(index => node(index).process.printed('"notice":"waiting"')))
    node(0).process.child.kill('SIGKILL')
    await Promise.race([Promise.all(all), untilGiven(given, 200)])
    isOver = true
    await Promise.all(all)
    expect(lost).toEqual([10, 0, 0])
    expect(given[0]).toBe(0)
    expect(tokens.size).toBe(1)
  })

  // Sends the request as a load balancer does, with the Host header of the issuer.
  async function visit(index: number, path: string, headers: Record<string, string>, body?: URLSearchParams) {
    const type = body && { 'content-type': 'application/x-www-form-urlencoded' }
    const method = body === undefined ? 'GET' : 'POST'
    const outgoing = request(node(index).url + path, { method, headers: { ...headers, ...type } })
    outgoing.end(body?.toString())
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    const { statusCode: status, headers: answered } = response
    const { location = '', 'set-cookie': cookies = [] } = answered
    return { status, body: await text(response), location, cookies }
  }

  async function lockOwners(): Promise<number> {
    const client = createClient({ url: redis.url })
    await client.connect()
    const locks = (await client.keys('connect-okta:lock:*')).filter(name => !name.endsWith(':count'))
    client.destroy()
    return locks.length
  }

  async function untilGiven(given: readonly number[], many: number): Promise<void> {
    await vi.waitUntil(() => given.slice(1).every(one => one >= many), { timeout: 30_000, interval: 20 })
  }
  const cookieOf = ({ cookies }: { readonly cookies: readonly string[] }) => cookies[0]?.split(';', 1)[0] ?? ''
})
