import { execFileSync } from 'node:child_process'
import { chmod, chown, copyFile, lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listProfiles } from '../../src/config/profiles/profiles.js'
import { connect, type Notice, resume } from '../../src/index.js'
import { listLogins } from '../../src/session/logins.js'
import { createFileStore } from '../../src/stores/file/file-store.js'
import type { TokenStore } from '../../src/stores/token-store.js'
import { newFolder } from '../support/new-folder.test.support.js'
import { runProgram, stores } from '../support/run-program.test.support.js'
import { type ServiceOrg, startServiceOrg } from '../support/service-org.test.support.js'

// Only root can give a folder to another user.
const isRoot = process.getuid?.() === 0

let org: ServiceOrg
let otherOrg: ServiceOrg
let directory: string
let store: TokenStore
const notices: Notice[] = []

beforeAll(async () => {
  ;[org, otherOrg] = await Promise.all([startServiceOrg(), startServiceOrg()])
})
afterAll(() => Promise.all([org.okta.close(), otherOrg.okta.close()]))
beforeEach(async () => {
  notices.length = 0
  directory = join(await newFolder(), 'tokens')
  store = createFileStore({ directory, notify: notice => notices.push(notice) })
})

async function recordPathOf(serviceOrg: ServiceOrg): Promise<string> {
  const before: readonly string[] = await readdir(directory).catch(() => [])
  await connect(serviceOrg.options, { store })
  const recordName = (await readdir(directory)).find(
    name => /^[0-9a-f]{64}\.json$/.test(name) && !before.includes(name),
  )
  return join(directory, recordName ?? 'none')
}

// POSIX permissions. Windows uses access control lists.
describe.skipIf(process.platform === 'win32')('a local user with write access to the token directory', () => {
  /** Replaces the lock file and expects that waiting for a token can be canceled. */
  async function cancelWait(plant: (lock: string) => unknown): Promise<void> {
    const record = await recordPathOf(org)
    await plant(record.replace(/json$/, 'lock'))
    const session = await connect(org.options, { store })
    const signal = AbortSignal.timeout(200)
    await expect(session.token({ forceRefresh: true, signal })).rejects.toMatchObject({ code: 'cancelled' })
  }

  it('cannot block cancellation by replacing a lock with a dangling link', () =>
    cancelWait(lock => symlink(join(directory, 'nowhere'), lock)))

  it('cannot block cancellation by replacing a lock with a pipe', () =>
    cancelWait(lock => execFileSync('mkfifo', [lock])))

  it('cannot make the core use the record of another org by replacing a record', async () => {
    const [recordPath, otherPath] = [await recordPathOf(org), await recordPathOf(otherOrg)]
    await copyFile(otherPath, recordPath)
    org.okta.clearRequests()
    otherOrg.okta.clearRequests()
    const session = await connect(org.options, { store })
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    expect(org.tokenResponses()).toEqual([200])
    expect(otherOrg.okta.requests).toEqual([])
  })

  it('cannot make the core read or write another file by replacing a record with a link', async () => {
    const record = await recordPathOf(org)
    const linkTarget = join(directory, '..', 'link-target.json')
    await rename(record, linkTarget)
    await symlink(linkTarget, record)
    const before = await readFile(linkTarget, 'utf8')
    await connect(org.options, { store })
    expect(await readFile(linkTarget, 'utf8')).toBe(before)
    expect((await lstat(record)).isFile()).toBe(true)
    expect(notices).toContainEqual(expect.objectContaining({ code: 'record_ignored' }))
  })

  it('cannot make the core write another file by placing a link at a temporary file name', async () => {
    const record = await recordPathOf(org)
    const target = join(directory, '..', 'user-file')
    await writeFile(target, 'unchanged')
    await symlink(target, `${record}.tmp`)
    await connect({ ...org.options, forceLogin: true } as typeof org.options, { store })
    expect(await readFile(target, 'utf8')).toBe('unchanged')
  })

  it('cannot block a reader by replacing a record with a pipe', async () => {
    const record = await recordPathOf(org)
    await rename(record, `${record}.old`)
    execFileSync('mkfifo', [record])
    await connect(org.options, { store })
    expect((await lstat(record)).isFile()).toBe(true)
  })

  it('has no effect: a directory that others can write to is rejected', async () => {
    await recordPathOf(org)
    for (const mode of [0o777, 0o770, 0o722]) {
      await chmod(directory, mode)
      const attempt = connect({ ...org.options, forceLogin: true } as typeof org.options, { store })
      await expect(attempt).rejects.toMatchObject({
        code: 'store_failed',
        hint: `Remove the permission: chmod go-w ${directory}`,
      })
    }
  })

  it('cannot read any file in the directory', async () => {
    await recordPathOf(org)
    for (const name of ['', ...(await readdir(directory))]) {
      expect((await lstat(join(directory, name))).mode & 0o077).toBe(0)
    }
  })

  it.runIf(isRoot)(
    'cannot make the core use a directory that they own, or whose parent others can write to',
    async () => {
      await recordPathOf(org)
      const parent = join(directory, '..')
      const attacks = [
        [() => chown(directory, 65534, 65534), () => chown(directory, 0, 0), 'belongs to another user (uid 65534)'],
        [() => chmod(parent, 0o777), () => chmod(parent, 0o700), `Other users can write to ${parent}`],
      ] as const
      for (const [attack, undo, message] of attacks) {
        await attack()
        const rejection = { code: 'store_failed', message: expect.stringContaining(message) }
        // Reading is rejected too: the records may be forged.
        await expect(connect(org.options, { store })).rejects.toMatchObject(rejection)
        await expect(listLogins({ store })).rejects.toMatchObject(rejection)
        await expect(resume({}, { store })).rejects.toMatchObject(rejection)
        await undo()
        expect((await connect(org.options, { store })).orgUrl.origin).toBe(org.okta.orgUrl.origin)
      }
    },
  )

  it.runIf(isRoot)('cannot replace the state directory that contains the token directory', async () => {
    const state = join(directory, '..', 'state')
    const env = { HOME: tmpdir(), CONNECT_OKTA_STATE_DIR: state }
    await mkdir(state, { mode: 0o700 })
    expect(await readResultIn(env)).toBe('undefined')
    await chmod(state, 0o777)
    expect(await readResultIn(env)).toContain(`Other users can write to ${state}`)
    await chmod(state, 0o1777)
    expect(await readResultIn(env)).toContain(`Other users can write to ${state}`)
    await chmod(state, 0o755)
    await chown(state, 65534, 65534)
    expect(await readResultIn(env)).toContain('belongs to another user')
    // A link to that directory, and a chain of links through a shared directory.
    const link = join(directory, '..', 'link')
    await symlink(state, link)
    expect(await readResultIn({ ...env, CONNECT_OKTA_STATE_DIR: link })).toContain('belongs to another user')
    await chmod(join(directory, '..'), 0o755)
    const shared = join(directory, '..', 'shared')
    await mkdir(shared)
    await chmod(shared, 0o777)
    await mkdir(join(directory, '..', 'private'), { mode: 0o700 })
    await symlink(join(directory, '..', 'private'), join(shared, 'link'))
    await symlink(join(shared, 'link'), join(directory, '..', 'first'))
    expect(await readResultIn({ ...env, CONNECT_OKTA_STATE_DIR: join(directory, '..', 'first') })).toContain(
      `Other users can write to ${shared}`,
    )
  })

  it.runIf(isRoot)(
    'is not assumed when a directory is writable for the private group of the user (umask 002)',
    async () => {
      const home = join(directory, '..', 'home')
      const state = join(home, '.local', 'state')
      await mkdir(state, { recursive: true })
      const user = 54_321
      for (const place of [join(directory, '..'), home, join(home, '.local'), state]) {
        await chown(place, user, user)
        await chmod(place, 0o775)
      }
      const readResultAs = (gid: number) => {
        const script = `
        process.setgid(${gid}); process.setuid(${user})
        const { openStore } = await import(${stores})
        console.log(await openStore('file').read('${'a'.repeat(64)}').catch(error => error.message))`
        return runProgram(script, { env: { HOME: home } })
      }
      expect(await readResultAs(user)).toBe('undefined\n')
      // A shared group is rejected …
      for (const place of [join(directory, '..'), home, join(home, '.local'), state]) await chown(place, user, 100)
      expect(await readResultAs(100)).toContain('Other users can write to')
      // … unless its members cannot enter the parent directory.
      await chmod(join(directory, '..'), 0o700)
      expect(await readResultAs(100)).toBe('undefined\n')
    },
  )

  it.runIf(isRoot)('cannot make the core read a profiles file that they can write to', async () => {
    const config = join(directory, '..', 'config')
    await mkdir(config, { mode: 0o700 })
    const profiles = join(config, 'profiles.yaml')
    await writeFile(profiles, 'profiles:\n  p: { tenant: evil.example }\n')
    const environment = {
      variables: {},
      home: undefined,
      configDirectory: config,
      stateDirectory: join(directory, '..'),
    }
    expect(await listProfiles(environment)).toHaveLength(1)
    const attacks = [
      () => chmod(config, 0o777),
      () => chown(config, 65534, 65534),
      () => chmod(profiles, 0o666),
      () => chown(profiles, 65534, 65534),
    ]
    for (const attack of attacks) {
      await attack()
      await expect(listProfiles(environment)).rejects.toMatchObject({ code: 'store_failed' })
      await chown(config, 0, 0)
      await chown(profiles, 0, 0)
      await chmod(config, 0o700)
      await chmod(profiles, 0o600)
    }
    // The cached copy is not read either when another user owns it.
    const copy = join(directory, '..', 'profiles.json')
    await writeFile(copy, (await readFile(copy, 'utf8')).replace('evil.example', 'more-evil.example'))
    await chown(copy, 65534, 65534)
    expect(await listProfiles(environment)).toMatchObject([{ profile: { tenant: 'evil.example' } }])
  })

  async function readResultIn(env: NodeJS.ProcessEnv): Promise<string> {
    const script = `
      import { openStore } from ${stores}
      console.log(await openStore('file').read('${'a'.repeat(64)}').catch(error => error.message))`
    return (await runProgram(script, { env })).trim()
  }
})
