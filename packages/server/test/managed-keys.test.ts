import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { replaceKey } from '../src/operations/replace-key.js'
import { basic, digestFor, startBroker, type TestBroker } from './support/broker.test.support.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
let okta: OktaEmulator
let port: number
let stateDirectory: string

beforeEach(async () => {
  port = await freePort()
  stateDirectory = await mkdtemp(join(tmpdir(), 'managed-keys-'))
  vi.stubEnv('CONNECT_OKTA_STATE_DIR', stateDirectory)
  vi.stubEnv('CONNECT_OKTA_STORE_KEY', randomBytes(32).toString('base64'))
  okta = await startOktaEmulator({
    clients: [{ kind: 'service', jwksUri: `http://localhost:${port}/connections/users/jwks.json` }],
    jwksCache: { maxAgeSeconds: 3600 },
  })
})
afterEach(async () => {
  vi.useRealTimers()
  await okta.close()
  vi.unstubAllEnvs()
  await rm(stateDirectory, { recursive: true, force: true })
})

const config = (managed: object = {}, users: object = {}, more: object = {}) => ({
  store: 'auto',
  connections: {
    users: {
      tenant: okta.orgUrl.origin,
      clientId: okta.client('service').clientId,
      scopes: ['okta.users.read'],
      key: { managed },
      ...users,
    },
  },
  clients: { payroll: { secretSha256: digestFor('payroll'), connections: 'users' } },
  ...more,
})
const start = (managed: object = {}, users: object = {}, more: object = {}) =>
  startBroker(config(managed, users, more), { port })

async function token({ url }: TestBroker): Promise<number> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: basic('payroll') }
  return (await fetch(`${url}/oauth2/token`, { method: 'POST', headers, body })).status
}
const published = ({ url }: TestBroker, headers: Record<string, string> = {}) =>
  fetch(`${url}/connections/users/jwks.json`, { headers })
async function kids(broker: TestBroker): Promise<string[]> {
  return ((await (await published(broker)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
}
async function keysIn({ url }: TestBroker) {
  return ((await (await fetch(`${url}/readyz`)).json()) as { keys: Record<string, unknown>[] }).keys
}
/** Runs `--replace-key`. Returns what it prints. */
async function replace(name = 'users'): Promise<string> {
  const path = join(stateDirectory, 'broker.yaml')
  await writeFile(path, stringify({ listen: `localhost:${port}`, ...config() }))
  let printed = ''
  await replaceKey(name, { config: path }, text => {
    printed += text
  })
  return printed
}
function pass(broker: TestBroker, ms: number): void {
  broker.advance(ms)
  okta.advanceClock(ms)
}

describe('a managed key', () => {
  it('is created, published without its private half, and accepted by Okta', async () => {
    await using broker = await start()
    const response = await published(broker)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    const text = await response.text()
    const { keys } = JSON.parse(text)
    expect(keys).toEqual([
      { kty: 'RSA', kid: expect.any(String), alg: 'RS256', use: 'sig', e: 'AQAB', n: expect.any(String) },
    ])
    const etag = response.headers.get('etag') ?? ''
    expect((await published(broker, { 'if-none-match': etag })).status).toBe(304)
    expect(await token(broker)).toBe(200)
    const [{ kid }] = keys
    pass(broker, 6_000)
    expect(await keysIn(broker)).toEqual([{ connection: 'users', kid, createdAt: expect.any(String), accepted: true }])
    const page = await (await fetch(broker.url)).text()
    expect(page).toContain(`${kid}, created`)
    expect(page).toContain('accepted by Okta since')
    expect(broker.lines()).toContainEqual(
      expect.objectContaining({
        ...{ msg: 'created the first key of a connection: Okta has to fetch it from `url`', kid },
        url: `${broker.url}/connections/users/jwks.json`,
      }),
    )
    const folder = join(stateDirectory, 'managed-keys')
    for (const name of await readdir(folder)) expect(await readFile(join(folder, name), 'utf8')).not.toContain(kid)
  })

  it('is replaced by itself, published before its first use, and kept over a restart and a reload', async () => {
    const managed = { rotateEvery: '30d', publishBefore: '24h' }
    const broker = await start(managed)
    expect(await token(broker)).toBe(200)
    const [first] = await kids(broker)
    pass(broker, 29 * day)
    expect(await token(broker)).toBe(200)
    const [again, second, ...others] = await kids(broker)
    expect([again, others]).toEqual([first, []])
    expect(second).not.toBe(first)
    pass(broker, 6_000)
    expect(await keysIn(broker)).toMatchObject([{ kid: second, accepted: null }])
    await broker.reload(config({ rotateEvery: '60d', publishBefore: '24h' }))
    pass(broker, day + hour)
    expect(await token(broker)).toBe(200)
    pass(broker, 6_000)
    expect(await keysIn(broker)).toMatchObject([{ kid: second, accepted: true }])
    expect(await kids(broker)).toEqual([first, second])
    await broker.stop()
    await using restarted = await start(managed)
    expect(await kids(restarted)).toEqual([first, second])
  })

  it('is replaced at once by --replace-key, and the old one is removed when Okta has accepted it', async () => {
    await using broker = await start()
    expect(await token(broker)).toBe(200)
    const [first] = await kids(broker)
    const printed = await replace()
    pass(broker, 2 * hour)
    expect(await token(broker)).toBe(200)
    pass(broker, 11_000)
    const [second, ...others] = await kids(broker)
    expect(others).toEqual([])
    expect(second).not.toBe(first)
    expect(printed).toContain(
      `Created the key ${second} of users in ${join(stateDirectory, 'managed-keys')}. Okta fetches it from ${broker.url}/connections/users/jwks.json`,
    )
    expect(printed).toContain(`It replaces ${first}.`)
    await expect(replace('desk')).rejects.toMatchObject({ message: expect.stringContaining('Those with one: users.') })
  })

  it('is tried by itself until Okta has accepted it, so that a replaced key is removed without a request of a client', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    okta.setJwksCache({ maxAgeSeconds: 12 * 3600, refreshOnUnknownKid: false })
    await using broker = await start()
    expect(await token(broker)).toBe(200)
    const [first] = await kids(broker)
    await replace()
    pass(broker, 11_000)
    const second = (await kids(broker)).find(kid => kid !== first)
    const logged = (msg: string) => broker.lines().filter(line => line.msg === msg && line.kid === second).length
    const rejections = () => logged('Okta has not accepted the newest key of a connection yet')
    const check = async (ms: number) => {
      pass(broker, ms)
      vi.advanceTimersByTime(minute)
    }

    await check(minute)
    await expect.poll(rejections).toBe(1)
    const requests = okta.requests.length
    await check(minute)
    await check(minute)
    pass(broker, 11_000)
    expect(await kids(broker)).toEqual([first, second])
    expect(okta.requests).toHaveLength(requests)

    okta.setJwksCache({ refreshOnUnknownKid: true })
    await check(3 * minute)
    await expect.poll(() => logged('Okta has accepted the newest key of a connection')).toBe(1)
    pass(broker, 11_000)
    expect(await kids(broker)).toEqual([second])
    expect(await keysIn(broker)).toMatchObject([{ kid: second, accepted: true }])
    expect(rejections()).toBe(1)
  })

  it('is not replaced by --replace-key when the command uses another store than the broker', async () => {
    await using broker = await start()
    const before = await kids(broker)
    const otherDirectory = join(stateDirectory, 'other')
    vi.stubEnv('CONNECT_OKTA_STATE_DIR', otherDirectory)
    await expect(replace()).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(`No managed key of this connection is stored in ${otherDirectory}`),
      hint: expect.stringContaining('HOME, CONNECT_OKTA_STATE_DIR, CONNECT_OKTA_STORE_KEY'),
    })
    pass(broker, 11_000)
    expect(await kids(broker)).toEqual(before)
  })

  it('is reported as degraded when it cannot be read', async () => {
    await (await start()).stop()
    vi.stubEnv('CONNECT_OKTA_STORE_KEY', randomBytes(32).toString('base64'))
    await using broker = await start()
    const { degraded, ...rest } = (await (await fetch(`${broker.url}/readyz`)).json()) as { degraded: string[] }
    expect(degraded).toContain('users: the managed keys cannot be read')
    expect(rest).toMatchObject({ keys: [] })
    expect((await published(broker)).status).toBe(503)
    expect(await (await fetch(broker.url)).text()).toContain('Cannot be read. See the log.')
    expect(broker.lines().map(({ msg }) => msg)).toContain('the key of a connection cannot be replaced')
  })

  it('answers 404 for other connections, and 405 for other methods', async () => {
    await using broker = await start()
    for (const name of ['none', 'constructor', 'Users']) {
      expect((await fetch(`${broker.url}/connections/${name}/jwks.json`)).status).toBe(404)
    }
    const post = await fetch(`${broker.url}/connections/users/jwks.json`, { method: 'POST' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it.each<[string, object, object, object, string]>([
    ['the store is memory', {}, {}, { store: 'memory' }, 'The store memory cannot hold managed keys'],
    ['there is another key', {}, { keyId: 'one' }, {}, 'keyId has no effect on a connection with a managed key'],
    ['there is a secret', {}, { clientSecret: { file: 'x' } }, {}, 'clientSecret'],
    [
      'rotateEvery is too short',
      { rotateEvery: '1d' },
      {},
      {},
      'key.managed.rotateEvery: must be at least twice publishBefore',
    ],
    ['publishBefore is too short', { publishBefore: '1s' }, {}, {}, 'key.managed.publishBefore: must be at least 1m'],
    ['a duration has no unit', { rotateEvery: 30 }, {}, {}, 'key.managed.rotateEvery: must be a duration'],
    ['a setting is unknown', { rotateevery: '30d' }, {}, {}, 'unknown setting: rotateevery. Did you mean rotateEvery?'],
    [
      'there is a reference too',
      {},
      { key: { managed: {}, file: 'x' } },
      {},
      'key: must have one of file, keyring, sshAgent, command or managed',
    ],
  ])('is rejected at the start when %s', async (_what, managed, users, more, message) => {
    await expect(start(managed, users, more)).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(message),
    })
  })

  it('is rejected at the start when the files of the store are not encrypted', async () => {
    vi.stubEnv('CONNECT_OKTA_STORE_KEY', undefined)
    await expect(start({}, {}, { store: 'file' })).rejects.toMatchObject({
      message: expect.stringContaining('The store file cannot hold managed keys'),
    })
  })
})
