import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect, openSession, resume } from '../../src/index.js'
import { generateClientKey } from '../../src/keys/generate-client-key.js'
import type { ManagedKeys } from '../../src/keys/managed/managed-keys.js'
import { openManagedKeys } from '../../src/oauth/managed-keys/open-managed-keys.js'
import { listLogins } from '../../src/session/logins.js'
import { openManagedKeyStore } from '../../src/stores/managed-keys/managed-key-store.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { sealText } from '../../src/stores/sealed/record-seal.js'
import { startServer } from '../support/fake-broker.test.support.js'
import { core, runProgram } from '../support/run-program.test.support.js'
import { allTextOf, useTestHome } from '../support/test-home.test.support.js'

const home = useTestHome()
const hourMs = 60 * 60_000
const dayMs = 24 * hourMs
const storeKey = Buffer.alloc(32, 9)
const variables = { CONNECT_OKTA_STORE_KEY: storeKey.toString('base64') }

let okta: OktaEmulator
let server: { url: string; stop(): Promise<void> }
let now: number
let published: () => Promise<unknown>

beforeEach(async () => {
  now = Date.now()
  server = await startServer(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await published()))
  })
  okta = await startOktaEmulator({
    clock: { fixedAt: new Date(now) },
    jwksCache: { maxAgeSeconds: 3600 },
    clients: [{ kind: 'service', jwksUri: `${server.url}/jwks.json` }],
  })
})
afterEach(async () => {
  await okta.close()
  await server.stop()
})

const openStore = (more: Record<string, string> = variables) =>
  openManagedKeyStore('auto', { environment: home.environment(more) })

let elapsedMs = 0
/** Opens the keys, and publishes them. */
function open(store = openStore()): ManagedKeys {
  const keys = openManagedKeys(
    { name: 'users', store, type: 'P-256' },
    { now: () => now, monotonicNow: () => elapsedMs },
  )
  published = () => keys.jwks()
  return keys
}

const options = (managedKeys: ManagedKeys) => ({
  tenant: okta.orgUrl.origin,
  clientId: okta.client('service').clientId,
  scopes: ['okta.users.read'],
  managedKeys,
})
const deps = () => ({ store: createMemoryStore(), now: () => now })

function pass(ms: number): void {
  now += ms
  elapsedMs += ms
  okta.advanceClock(ms)
}

const kidsTried = () => okta.requests.filter(({ path }) => path.endsWith('/token')).map(({ error }) => error ?? 'ok')
const folder = () => join(home.path, 'state', 'managed-keys')
const recordPath = async () => join(folder(), (await readdir(folder())).find(name => name.endsWith('.json')) ?? '')

describe('a session with managed keys', () => {
  it('gets a token with the first key at once', async () => {
    const keys = open()
    const session = await connect(options(keys), deps())
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    expect(session.grant).toBe('client_credentials')
    const state = await keys.state()
    expect(state.keys).toMatchObject([{ acceptedAt: new Date(now), rejectedAt: undefined, isTriedFirst: true }])
    expect(state.nextKeyAt).toEqual(new Date(now + 29 * dayMs))
  })

  it('never fails and keeps its record in three months of rotations', async () => {
    const keys = open()
    const allDeps = deps()
    const session = await connect(options(keys), allDeps)
    const kids = new Set<string>()
    for (let hour = 0; hour < 91 * 24; hour += 6) {
      pass(6 * hourMs)
      const state = await keys.rotateIfDue()
      kids.add(state.keys[0]?.kid ?? '')
      expect((await session.token({ forceRefresh: true })).source).toBe('grant')
    }
    expect(kids.size).toBe(4)
    expect(new Set(kidsTried())).toEqual(new Set(['ok']))
    expect(await listLogins(allDeps)).toHaveLength(1)
    expect((await keys.jwks()).keys).toHaveLength(2)
    const resumed = await resume({ managedKeys: keys }, allDeps)
    expect((await resumed.token({ forceRefresh: true })).source).toBe('grant')
  }, 30_000)

  it('uses the key before while Okta does not know the new one, and the new one later', async () => {
    const keys = open()
    const session = await connect(options(keys), deps())
    const old = await keys.jwks()
    published = async () => old
    pass(29 * dayMs)
    await session.token({ forceRefresh: true })
    pass(dayMs)
    okta.clearRequests()
    await session.token({ forceRefresh: true })
    expect(kidsTried()).toEqual(['invalid_client', 'ok'])
    expect((await keys.state()).keys).toMatchObject([
      { acceptedAt: undefined, rejectedAt: new Date(now), isTriedFirst: false },
      { isTriedFirst: true, lastAcceptedAt: new Date(now) },
    ])

    // Within the hour, only the known key is used.
    pass(10 * 60_000)
    await session.token({ forceRefresh: true })
    expect(kidsTried()).toEqual(['invalid_client', 'ok', 'ok'])
    published = () => keys.jwks()
    pass(2 * hourMs)
    await session.token({ forceRefresh: true })
    expect(kidsTried().slice(3)).toEqual(['ok'])
    expect((await keys.state()).keys).toMatchObject([{ acceptedAt: new Date(now), rejectedAt: undefined }, {}])
    expect(((await keys.jwks()).keys as readonly unknown[]).length).toBe(2)
  })

  it('explains a rejection when Okta knows no key', async () => {
    const keys = open()
    const { publicJwk } = await generateClientKey({ type: 'P-256' })
    published = async () => ({ keys: [publicJwk] })
    await expect(connect(options(keys), deps())).rejects.toMatchObject({
      code: 'client_rejected',
      hint: expect.stringContaining('Use a URL to fetch keys dynamically'),
    })
    pass(90 * dayMs)
    await keys.rotateIfDue()
    expect((await keys.state()).keys).toHaveLength(1)
  })

  it('revokes the token with a key that Okta knows', async () => {
    const session = await connect(options(open()), deps())
    await session.disconnect()
    expect(okta.requests.at(-1)).toMatchObject({ path: '/oauth2/v1/revoke', status: 200 })
  })

  it('opens without a request and without a key', async () => {
    const session = await openSession(options(open()), deps())
    expect(await readdir(home.path)).toEqual([])
    expect((await session.token()).source).toBe('grant')
  })

  it('replaces a key at once, and drops the old one as soon as Okta accepts the new one', async () => {
    const keys = open()
    const session = await connect(options(keys), deps())
    const [old] = (await keys.state()).keys
    const before = await keys.jwks()
    published = async () => before
    pass(hourMs)
    const [replacement] = (await keys.replaceNow()).keys
    expect(replacement).toMatchObject({ usableFrom: new Date(now), isTriedFirst: true })
    okta.clearRequests()
    await session.token({ forceRefresh: true })
    expect(kidsTried()).toEqual(['invalid_client', 'ok'])
    expect((await keys.jwks()).keys).toHaveLength(2)

    published = () => keys.jwks()
    pass(hourMs)
    await session.token({ forceRefresh: true })
    expect(kidsTried().slice(2)).toEqual(['ok'])
    pass(60_000)
    expect((await keys.jwks()).keys.map(({ kid }) => kid)).toEqual([replacement?.kid])
    expect((await keys.state()).keys).toMatchObject([{ kid: replacement?.kid, acceptedAt: expect.any(Date) }])
    expect((await open().candidates()).map(({ keyId }) => keyId)).not.toContain(old?.kid)
  })

  it('replaces a key that Okta never accepted, and keeps the one that it accepted', async () => {
    const keys = open()
    const first = await connect(options(keys), deps())
    pass(29 * dayMs)
    await keys.rotateIfDue()
    const { keys: after } = await keys.replaceNow()
    expect(after).toMatchObject([{ isTriedFirst: true }, { acceptedAt: expect.any(Date) }])
    await first.token({ forceRefresh: true })
  })

  it('excludes another key or secret', async () => {
    await expect(connect({ ...options(open()), clientSecret: 'a-secret' }, deps())).rejects.toMatchObject({
      code: 'options_invalid',
    })
  })
})

describe('the store of managed keys', () => {
  it('contains no private key in plain text, and neither does what can be printed', async () => {
    const keys = open()
    await keys.rotateIfDue()
    const [key] = await keys.candidates()
    const text = await readFile(await recordPath(), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ kind: 'sealed' })
    const printed = [
      text,
      JSON.stringify(keys),
      inspect(keys, { depth: 9, showHidden: true }),
      inspect(key),
      await keys.jwks(),
    ]
    for (const one of printed) expect(JSON.stringify(one)).not.toMatch(/\bd\\?["']?:/)
    expect(JSON.stringify(keys)).toBe('{"name":"users"}')
  })

  it('has one key when several processes start at once', async () => {
    const keysModule = core.replace('index.js', 'keys.js')
    const script = `
      import { openManagedKeys, openManagedKeyStore } from ${keysModule}
      const keys = openManagedKeys({ name: 'users', store: openManagedKeyStore('auto'), type: 'P-256' })
      const state = await keys.rotateIfDue()
      process.stdout.write(state.keys.map(({ kid }) => kid).join())`
    const env = { ...variables, HOME: home.path, CONNECT_OKTA_STATE_DIR: join(home.path, 'state') }
    const kids = await Promise.all(Array.from({ length: 4 }, () => runProgram(script, { env })))
    expect(new Set(kids).size).toBe(1)
    expect(kids[0]).toMatch(/^[\w-]{20,}$/)
  })

  it.each(['memory', 'file', 'nonsense'])('cannot be %s', address => {
    expect(() => openManagedKeyStore(address, { environment: home.environment() })).toThrow(
      expect.objectContaining({ code: 'options_invalid', hint: expect.stringContaining('CONNECT_OKTA_STORE_KEY') }),
    )
  })

  it('cannot be files without a keyring and without a key', async () => {
    await expect(open(openStore({})).rotateIfDue()).rejects.toMatchObject({
      code: 'options_invalid',
      hint: expect.stringContaining('CONNECT_OKTA_STORE_KEY'),
    })
  })

  it('cannot be a store of tokens', () => {
    expect(() => open(createMemoryStore())).toThrow(expect.objectContaining({ code: 'options_invalid' }))
  })

  it('is not replaced when its encryption key is lost', async () => {
    await open().rotateIfDue()
    const before = await readFile(await recordPath(), 'utf8')
    const keys = open(openStore({ CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 1).toString('base64') }))
    const calls = [
      () => keys.rotateIfDue(),
      () => keys.jwks(),
      () => keys.state(),
      () => connect(options(keys), deps()),
    ]
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringContaining('another key'),
      })
    }
    expect(await readFile(await recordPath(), 'utf8')).toBe(before)
  })

  it.each([
    [
      'of a newer version',
      (key: string) => sealText(key, '{"schema":3,"kind":"managed_keys"}', storeKey),
      'newer version',
    ],
    [
      'of another kind',
      (key: string) => sealText(key, '{"schema":2,"kind":"client","isRequired":true}', storeKey),
      'another kind',
    ],
    ['that is not encrypted', () => JSON.stringify({ schema: 2, kind: 'client', isRequired: true }), 'not encrypted'],
    ['that is damaged', () => '{', 'incomplete'],
  ])('is not replaced when it has a record %s', async (_what, text, reason) => {
    await open().rotateIfDue()
    const path = await recordPath()
    const content = text(path.replace(/^.*[\\/]|\.json$/g, ''))
    await writeFile(path, content)
    const error = await open()
      .rotateIfDue()
      .catch(caught => caught)
    expect(error).toMatchObject({ code: 'store_failed', message: expect.stringContaining(reason) })
    expect(allTextOf(error)).not.toContain('"d"')
    expect(await readFile(path, 'utf8')).toBe(content)
  })

  it('may be away for a while: tokens are signed with the keys in memory', async () => {
    const keys = open()
    const session = await connect(options(keys), deps())
    await rename(folder(), `${folder()}-away`)
    await writeFile(folder(), '')
    pass(20 * 60_000)
    await session.token({ forceRefresh: true })
    expect((await keys.jwks()).keys).toHaveLength(1)
    await expect(keys.state()).rejects.toMatchObject({ code: 'store_failed' })
    await rm(folder())
    await rename(`${folder()}-away`, folder())
    expect((await keys.state()).keys).toHaveLength(1)
  })

  it('gets the keys in memory again after it lost them', async () => {
    const keys = open()
    const [before] = (await keys.rotateIfDue()).keys
    await rm(folder(), { recursive: true })
    await mkdir(folder(), { mode: 0o700 })
    expect((await keys.rotateIfDue()).keys[0]?.kid).toBe(before?.kid)
    expect((await open().state()).keys[0]?.kid).toBe(before?.kid)
  })

  it('does not replace newer keys by those of a copy', async () => {
    const notices: unknown[] = []
    const keys = openManagedKeys(
      { name: 'users', store: openStore(), type: 'P-256' },
      { now: () => now, monotonicNow: () => elapsedMs, notify: notice => void notices.push(notice) },
    )
    published = () => keys.jwks()
    const session = await connect(options(keys), deps())
    const copy = await readFile(await recordPath(), 'utf8')
    for (let day = 0; day < 62; day++) {
      pass(dayMs)
      await session.token({ forceRefresh: true })
    }
    const before = (await keys.jwks()).keys.map(({ kid }) => kid)
    await writeFile(await recordPath(), copy)
    await session.token({ forceRefresh: true })
    expect((await keys.rotateIfDue()).keys.map(({ kid }) => kid).reverse()).toEqual(before)
    expect((await open().state()).keys.map(({ kid }) => kid).reverse()).toEqual(before)
    expect(notices).toEqual([
      { code: 'record_ignored', message: expect.stringContaining('older managed keys (users)') },
    ])
  })

  it('can get a new encryption key: the old one decrypts until the keys are encrypted again', async () => {
    const [kid] = (await open().rotateIfDue()).keys
    const newKey = Buffer.alloc(32, 3).toString('base64')
    const both = openStore({ CONNECT_OKTA_STORE_KEY: `${newKey}\n${variables.CONNECT_OKTA_STORE_KEY}` })
    expect((await open(both).rotateIfDue()).keys).toEqual([kid])
    expect((await open(openStore({ CONNECT_OKTA_STORE_KEY: newKey })).state()).keys).toEqual([kid])
    await expect(open().state()).rejects.toMatchObject({ code: 'store_failed' })
  })

  it('names the connection and the place in its errors', async () => {
    await open().rotateIfDue()
    const other = open(openStore({ CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 1).toString('base64') }))
    const error = await other.state().catch(caught => caught)
    expect(error.message).toContain(await recordPath())
    expect(error.message).toContain('keys-users-')
  })

  it.each([
    [{ name: '' }, 'no name'],
    [{ publishBeforeMs: 10 }, 'publishBefore'],
    [{ rotateEveryMs: 30 * hourMs }, 'rotateEvery'],
    [{ rotateEveryMs: Number.NaN }, 'rotateEvery'],
  ])('is not opened with %j', (settings, reason) => {
    expect(() => openManagedKeys({ name: 'users', store: openStore(), ...settings })).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringContaining(reason) }),
    )
  })
})
