import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Person, startSignInOrg } from '../../../test/support/person.test.support.js'
import { core, runProgram, stores } from '../../../test/support/program.test.support.js'
import { type ServiceOrg, startServiceOrg } from '../../../test/support/service-app.test.support.js'
import { connect, resume } from '../../index.js'
import { createMemoryStore } from '../memory-store.js'
import type { TokenStore } from '../token-store.js'
import { createFileStore } from './file-store.js'

let org: ServiceOrg
beforeAll(async () => {
  org = await startServiceOrg()
})
afterAll(() => org.okta.close())

const anew = { forceLogin: true }

// A disk of its own: only root may make one, and root is not kept out by permissions.
describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a disk', () => {
  let disk: string
  let store: TokenStore
  const mount = (...args: string[]) => execFileSync('mount', args)

  beforeEach(async () => {
    disk = await mkdtemp(join(tmpdir(), 'disk-'))
    mount('-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk)
    store = createFileStore({ directory: join(disk, 'tokens') })
    await connect(org.options, { store })
  })
  afterEach(() => {
    execFileSync('umount', [disk])
  })

  it('that is full is an error that says so; what was there stays, and all goes on once there is room', async () => {
    const before = await (await connect(org.options, { store })).token()
    await writeFile(join(disk, 'filler'), Buffer.alloc(1024 * 1024)).catch(() => {})
    await expect(connect({ ...org.options, ...anew }, { store })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('ENOSPC'),
    })
    expect((await (await connect(org.options, { store })).token()).value).toBe(before.value)
    await rm(join(disk, 'filler'))
    expect((await (await connect({ ...org.options, ...anew }, { store })).token()).value).not.toBe(before.value)
  })

  it('that is full spends no refresh token, so that the sign-in is there once there is room', async () => {
    await using people = await startSignInOrg()
    const { okta } = people
    await connect(people.app(), { store, openBrowser: new Person(okta).openBrowser })
    // Enough for a lock, not for a record.
    await fillUpTo(8 * 1024)
    okta.clearRequests()
    const session = await resume({}, { store })
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('ENOSPC'),
    })
    expect(okta.requests).toEqual([])
    for (const name of await readdir(disk)) if (name.startsWith('filler')) await rm(join(disk, name))
    expect((await (await resume({}, { store })).token({ forceRefresh: true })).source).toBe('refresh')
  })

  it('that fills up during a refresh loses neither the old token nor the new one', async () => {
    await using people = await startSignInOrg()
    await connect(people.app(), { store, openBrowser: new Person(people.okta).openBrowser })
    const filling: typeof fetch = async (...request) => {
      const response = await fetch(...request)
      await fillUpTo(0)
      return response
    }
    const renewed = await (await resume({}, { store, fetch: filling })).token({ forceRefresh: true })
    expect(renewed.source).toBe('refresh')
    const stored = await (await resume({}, { store: createFileStore({ directory: join(disk, 'tokens') }) })).token()
    expect(stored.value).toBe(renewed.value)
  })

  // Leaves so many bytes free.
  async function fillUpTo(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(disk)
    const free = Number(bavail) * Number(bsize) - bytes
    if (free > 0) await writeFile(join(disk, `filler-${free}`), Buffer.alloc(free)).catch(() => {})
  }

  it('that cannot be written gives the tokens that it has, and says why it takes no new one', async () => {
    mount('-o', 'remount,ro', disk)
    org.okta.clearRequests()
    expect((await (await connect(org.options, { store })).token()).type).toBe('Bearer')
    expect(org.okta.requests).toEqual([])
    await expect(connect({ ...org.options, ...anew }, { store })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('EROFS'),
    })
    // Nobody was asked for a token that could not be kept.
    expect(org.okta.requests).toEqual([])
  })
})

describe('a process', () => {
  /** Runs a program that connects and says what the files of its store look like. */
  async function connectIn(home: string, before = ''): Promise<{ modes: string[]; requests: number }> {
    const keyPath = join(home, 'key.json')
    await mkdir(home, { recursive: true })
    await writeFile(keyPath, JSON.stringify(org.options.jsonWebKey))
    const { jsonWebKey: _key, ...options } = org.options
    const script = `
      import { readFile } from 'node:fs/promises'
      import { connect } from ${core}
      import { openStore } from ${stores}
      ${before}
      const jsonWebKey = await readFile(${JSON.stringify(keyPath)}, 'utf8')
      let requests = 0
      const counting = (...args) => { requests += 1; return fetch(...args) }
      await connect({ ...${JSON.stringify(options)}, jsonWebKey }, { store: openStore('file'), fetch: counting })
      console.log(requests)`
    const requests = Number(await runProgram(script, { env: { HOME: home } }))
    const folder = join(home, '.local/state/connect-okta/tokens')
    const paths = [folder, ...(await readdir(folder)).map(name => join(folder, name))]
    const modes = await Promise.all(paths.map(async path => ((await stat(path)).mode & 0o777).toString(8)))
    return { modes: [...new Set(modes)].sort(), requests }
  }

  it('that lets everybody write what it makes still keeps its tokens to itself', async () => {
    const home = await mkdtemp(join(tmpdir(), 'home-'))
    expect((await connectIn(home, 'process.umask(0)')).modes).toEqual(['600', '700'])
  })

  it('with another HOME has other logins', async () => {
    const [one, two] = [await mkdtemp(join(tmpdir(), 'home-')), await mkdtemp(join(tmpdir(), 'home-'))]
    expect((await connectIn(one)).requests).toBe(1)
    expect((await connectIn(one)).requests).toBe(0)
    expect((await connectIn(two)).requests).toBe(1)
  })
})

describe('a clock', () => {
  it('that is put back by an hour costs one renewal, and no token that has run out', async () => {
    const store = createMemoryStore()
    const hourMs = 3600_000
    await connect(org.options, { store, now: () => Date.now() + hourMs })
    org.okta.clearRequests()
    for (let times = 0; times < 3; times++) await connect(org.options, { store })
    expect(org.tokenAnswers()).toEqual([200])
  })
})

describe('memory', () => {
  it('per record stays under 2 KiB', async () => {
    const script = `
      import { createMemoryStore } from ${stores}
      import { randomBytes } from 'node:crypto'
      const store = createMemoryStore()
      const put = async index => {
        const login = { orgUrl: 'https://example.okta.com', clientId: '0oa' + index, identity: { type: 'user' }, scopes: ['okta.users.read'] }
        const record = { schema: 2, kind: 'token', login, grant: 'client_credentials', generation: randomBytes(16).toString('hex'),
          accessToken: randomBytes(500).toString('base64url'), tokenType: 'Bearer', grantedScopes: ['okta.users.read'], obtainedAt: 1, expiresAt: 2 }
        await store.exclusive(randomBytes(32).toString('hex'), slot => slot.write(record))
      }
      const used = () => { gc(); return process.memoryUsage().heapUsed }
      for (let i = 0; i < 1000; i++) await put(i)
      const before = used()
      for (let i = 0; i < 5000; i++) await put(i)
      console.log((used() - before) / 5000)`
    const bytes = Number(await runProgram(script, { nodeFlags: ['--expose-gc'] }))
    expect(bytes).toBeGreaterThan(500)
    expect(bytes).toBeLessThan(2048)
  })
})
