import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newFolder } from '../../../test/support/new-folder.test.support.js'
import { core, runProgram, stores } from '../../../test/support/run-program.test.support.js'
import { type ServiceOrg, startServiceOrg } from '../../../test/support/service-org.test.support.js'
import { startSignInOrg, TestUser } from '../../../test/support/sign-in-org.test.support.js'
import { connect, resume } from '../../index.js'
import { SupersededError } from '../locks/superseded-error.js'
import { createMemoryStore } from '../memory-store.js'
import type { TokenStore } from '../token-store.js'
import { DurableFile } from './durable-file.js'
import { createFileStore } from './file-store.js'

let org: ServiceOrg
beforeAll(async () => {
  org = await startServiceOrg()
})
afterAll(() => org.okta.close())

const forceLogin = { forceLogin: true }

// A tmpfs, which only root can mount. File permissions do not restrict root.
describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('the file store', () => {
  let disk: string
  let store: TokenStore
  const mount = (...args: string[]) => execFileSync('mount', args)

  beforeEach(async () => {
    disk = await newFolder()
    mount('-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk)
    store = createFileStore({ directory: join(disk, 'tokens') })
    await connect(org.options, { store })
  })
  afterEach(() => {
    execFileSync('umount', [disk])
  })

  it('reports an error, keeps its records and recovers when the disk is full', async () => {
    const before = await (await connect(org.options, { store })).token()
    await writeFile(join(disk, 'filler'), Buffer.alloc(1024 * 1024)).catch(() => {})
    await expect(connect({ ...org.options, ...forceLogin }, { store })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('ENOSPC'),
    })
    expect((await (await connect(org.options, { store })).token()).value).toBe(before.value)
    await rm(join(disk, 'filler'))
    expect((await (await connect({ ...org.options, ...forceLogin }, { store })).token()).value).not.toBe(before.value)
  })

  it('sends no refresh token when the disk is full, so that the sign-in is kept', async () => {
    await using signInOrg = await startSignInOrg()
    const { okta } = signInOrg
    await connect(signInOrg.app(), { store, openBrowser: new TestUser(okta).openBrowser })
    // Enough space for a lock, but not for a record.
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

  it('does not overwrite the record of a process that took over the lock', async () => {
    const record = join(disk, 'record')
    await writeFile(record, 'the old record')
    await writeFile(join(disk, 'filler'), Buffer.alloc(1024 ** 2)).catch(() => {})
    let isOwner = true
    // The other process takes over as soon as this one lets it run.
    const confirm = () => {
      if (!isOwner) throw new SupersededError()
      setImmediate(() => {
        isOwner = false
        writeFileSync(record, 'the newer record')
      })
    }
    const file = new DurableFile(record, { temporaryPath: join(disk, 'temporary'), confirm })
    await file.write('x'.repeat(10)).catch(() => {})
    await new Promise(setImmediate)
    expect(await readFile(record, 'utf8')).toBe('the newer record')
  })

  it('stores the new token when the disk becomes full during a refresh', async () => {
    await using signInOrg = await startSignInOrg()
    await connect(signInOrg.app(), { store, openBrowser: new TestUser(signInOrg.okta).openBrowser })
    const fillDiskAfterResponse: typeof fetch = async (...request) => {
      const response = await fetch(...request)
      await fillUpTo(0)
      return response
    }
    const renewed = await (await resume({}, { store, fetch: fillDiskAfterResponse })).token({ forceRefresh: true })
    expect(renewed.source).toBe('refresh')
    const stored = await (await resume({}, { store: createFileStore({ directory: join(disk, 'tokens') }) })).token()
    expect(stored.value).toBe(renewed.value)
  })

  // Fills the disk up to this number of free bytes.
  async function fillUpTo(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(disk)
    const free = Number(bavail) * Number(bsize) - bytes
    if (free > 0) await writeFile(join(disk, `filler-${free}`), Buffer.alloc(free)).catch(() => {})
  }

  it('returns stored tokens and reports an error for new ones when the disk is read-only', async () => {
    mount('-o', 'remount,ro', disk)
    org.okta.clearRequests()
    expect((await (await connect(org.options, { store })).token()).type).toBe('Bearer')
    expect(org.okta.requests).toEqual([])
    await expect(connect({ ...org.options, ...forceLogin }, { store })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('EROFS'),
    })
    // No token was requested that could not be stored.
    expect(org.okta.requests).toEqual([])
  })
})

describe('the file store of a process', () => {
  /** Connects in a child process. Returns the modes of its files and the number of its requests. */
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

  it('creates private files when the umask is 0', async () => {
    const home = await newFolder()
    expect((await connectIn(home, 'process.umask(0)')).modes).toEqual(['600', '700'])
  })

  it('stores separate sign-ins for each HOME', async () => {
    const [first, second] = [await newFolder(), await newFolder()]
    expect((await connectIn(first)).requests).toBe(1)
    expect((await connectIn(first)).requests).toBe(0)
    expect((await connectIn(second)).requests).toBe(1)
  })
})

describe('connect', () => {
  it('renews the token once when the system clock is set back by an hour', async () => {
    const store = createMemoryStore()
    const hourMs = 3600_000
    await connect(org.options, { store, now: () => Date.now() + hourMs })
    org.okta.clearRequests()
    for (let round = 0; round < 3; round++) await connect(org.options, { store })
    expect(org.tokenResponses()).toEqual([200])
  })
})

describe('the memory store', () => {
  it('uses less than 2 KiB of memory for each record', async () => {
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
