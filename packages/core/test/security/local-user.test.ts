import { execFileSync } from 'node:child_process'
import {
  chmod,
  chown,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listProfiles } from '../../src/config/profiles/profiles.js'
import { connect, type Notice, resume } from '../../src/index.js'
import { listLogins } from '../../src/session/logins.js'
import { createFileStore } from '../../src/stores/file/file-store.js'
import type { TokenStore } from '../../src/stores/token-store.js'
import { runProgram, stores } from '../support/program.test.support.js'
import { type ServiceOrg, startServiceOrg } from '../support/service-app.test.support.js'

// Only root can give a folder to another user.
const isRoot = process.getuid?.() === 0

let org: ServiceOrg
let other: ServiceOrg
let directory: string
let store: TokenStore
const notices: Notice[] = []

beforeAll(async () => {
  ;[org, other] = await Promise.all([startServiceOrg(), startServiceOrg()])
})
afterAll(() => Promise.all([org.okta.close(), other.okta.close()]))
beforeEach(async () => {
  notices.length = 0
  directory = join(await mkdtemp(join(tmpdir(), 'attack-')), 'tokens')
  store = createFileStore({ directory, notify: notice => notices.push(notice) })
})

async function recordOf(one: ServiceOrg): Promise<string> {
  const before: readonly string[] = await readdir(directory).catch(() => [])
  await connect(one.options, { store })
  const found = (await readdir(directory)).find(name => /^[0-9a-f]{64}\.json$/.test(name) && !before.includes(name))
  return join(directory, found ?? 'none')
}

// What a POSIX system keeps apart; Windows has its own lists of who may what.
describe.skipIf(process.platform === 'win32')('who can write where the tokens are', () => {
  /** Cancels the wait for a token whose lock is replaced by something that is no lock. */
  async function cancelWait(plant: (lock: string) => unknown): Promise<void> {
    const record = await recordOf(org)
    await plant(record.replace(/json$/, 'lock'))
    const session = await connect(org.options, { store })
    const signal = AbortSignal.timeout(200)
    await expect(session.token({ forceRefresh: true, signal })).rejects.toMatchObject({ code: 'cancelled' })
  }

  it('and puts a link to nowhere in place of a lock does not stop a wait from being canceled', () =>
    cancelWait(lock => symlink(join(directory, 'nowhere'), lock)))

  it('and puts a pipe in place of a lock does not stop a wait from being canceled', () =>
    cancelWait(lock => execFileSync('mkfifo', [lock])))

  it('and puts the record of another org in place of ours gets it used for neither', async () => {
    const [ours, theirs] = [await recordOf(org), await recordOf(other)]
    await copyFile(theirs, ours)
    org.okta.clearRequests()
    other.okta.clearRequests()
    const session = await connect(org.options, { store })
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    expect(org.tokenAnswers()).toEqual([200])
    expect(other.okta.requests).toEqual([])
  })

  it('and puts a link in place of a record has nothing read or written behind it', async () => {
    const record = await recordOf(org)
    const elsewhere = join(directory, '..', 'elsewhere.json')
    await rename(record, elsewhere)
    await symlink(elsewhere, record)
    const before = await readFile(elsewhere, 'utf8')
    await connect(org.options, { store })
    expect(await readFile(elsewhere, 'utf8')).toBe(before)
    expect((await lstat(record)).isFile()).toBe(true)
    expect(notices).toContainEqual(expect.objectContaining({ code: 'record_ignored' }))
  })

  it('and puts a link where a record is written first has nothing written behind it', async () => {
    const record = await recordOf(org)
    const target = join(directory, '..', 'a-file-of-the-user')
    await writeFile(target, 'precious')
    await symlink(target, `${record}.tmp`)
    await connect({ ...org.options, forceLogin: true } as typeof org.options, { store })
    expect(await readFile(target, 'utf8')).toBe('precious')
  })

  it('and puts a pipe in place of a record holds up nobody', async () => {
    const record = await recordOf(org)
    await rename(record, `${record}.old`)
    execFileSync('mkfifo', [record])
    await connect(org.options, { store })
    expect((await lstat(record)).isFile()).toBe(true)
  })

  it('is not let in: a folder that others may write to is refused', async () => {
    await recordOf(org)
    for (const mode of [0o777, 0o770, 0o722]) {
      await chmod(directory, mode)
      const anew = { ...org.options, forceLogin: true } as typeof org.options
      await expect(connect(anew, { store })).rejects.toMatchObject({
        code: 'store_failed',
        hint: `Remove their permission: chmod go-w ${directory}`,
      })
    }
  })

  it('finds no file there that others may read', async () => {
    await recordOf(org)
    for (const name of ['', ...(await readdir(directory))]) {
      expect((await lstat(join(directory, name))).mode & 0o077).toBe(0)
    }
  })

  it.runIf(isRoot)('cannot have a folder of theirs used, nor a folder below one that others may write to', async () => {
    await recordOf(org)
    const parent = join(directory, '..')
    const refusals = [
      [() => chown(directory, 65534, 65534), () => chown(directory, 0, 0), 'belongs to another user (uid 65534)'],
      [() => chmod(parent, 0o777), () => chmod(parent, 0o700), `Others may write to ${parent}`],
    ] as const
    for (const [attack, undo, message] of refusals) {
      await attack()
      const refused = { code: 'store_failed', message: expect.stringContaining(message) }
      // Reading is refused too: what is there may have been put there.
      await expect(connect(org.options, { store })).rejects.toMatchObject(refused)
      await expect(listLogins({ store })).rejects.toMatchObject(refused)
      await expect(resume({}, { store })).rejects.toMatchObject(refused)
      await undo()
      expect((await connect(org.options, { store })).orgUrl.origin).toBe(org.okta.orgUrl.origin)
    }
  })

  it.runIf(isRoot)('cannot swap the folder of the state, of which that of the tokens is only a part', async () => {
    const state = join(directory, '..', 'state')
    const env = { HOME: tmpdir(), CONNECT_OKTA_STATE_DIR: state }
    await mkdir(state, { mode: 0o700 })
    expect(await readingIn(env)).toBe('undefined')
    await chmod(state, 0o777)
    expect(await readingIn(env)).toContain(`Others may write to ${state}`)
    await chmod(state, 0o1777)
    expect(await readingIn(env)).toContain(`Others may write to ${state}`)
    await chmod(state, 0o755)
    await chown(state, 65534, 65534)
    expect(await readingIn(env)).toContain('belongs to another user')
    // The same by a link, and by a link of theirs on the way to a folder of ours.
    const link = join(directory, '..', 'link')
    await symlink(state, link)
    expect(await readingIn({ ...env, CONNECT_OKTA_STATE_DIR: link })).toContain('belongs to another user')
    await chmod(join(directory, '..'), 0o755)
    const shared = join(directory, '..', 'shared')
    await mkdir(shared)
    await chmod(shared, 0o777)
    await mkdir(join(directory, '..', 'ours'), { mode: 0o700 })
    await symlink(join(directory, '..', 'ours'), join(shared, 'hop'))
    await symlink(join(shared, 'hop'), join(directory, '..', 'first'))
    expect(await readingIn({ ...env, CONNECT_OKTA_STATE_DIR: join(directory, '..', 'first') })).toContain(
      `Others may write to ${shared}`,
    )
  })

  it.runIf(isRoot)(
    'does not keep a user with a private group out, whose programs let it write (umask 002)',
    async () => {
      const home = join(directory, '..', 'home')
      const state = join(home, '.local', 'state')
      await mkdir(state, { recursive: true })
      const user = 54_321
      for (const place of [join(directory, '..'), home, join(home, '.local'), state]) {
        await chown(place, user, user)
        await chmod(place, 0o775)
      }
      const readingAs = (gid: number) => {
        const script = `
        process.setgid(${gid}); process.setuid(${user})
        const { openStore } = await import(${stores})
        console.log(await openStore('file').read('${'a'.repeat(64)}').catch(error => error.message))`
        return runProgram(script, { env: { HOME: home } })
      }
      expect(await readingAs(user)).toBe('undefined\n')
      // A group that others are in is another thing.
      for (const place of [join(directory, '..'), home, join(home, '.local'), state]) await chown(place, user, 100)
      expect(await readingAs(100)).toContain('Others may write to')
      // Unless they cannot enter the folder above.
      await chmod(join(directory, '..'), 0o700)
      expect(await readingAs(100)).toBe('undefined\n')
    },
  )

  it.runIf(isRoot)('cannot have their profiles read', async () => {
    const config = join(directory, '..', 'config')
    await mkdir(config, { mode: 0o700 })
    const profiles = join(config, 'profiles.yaml')
    await writeFile(profiles, 'profiles:\n  p: { tenant: evil.example }\n')
    const world = { variables: {}, home: undefined, configDirectory: config, stateDirectory: join(directory, '..') }
    expect(await listProfiles(world)).toHaveLength(1)
    const attacks = [
      () => chmod(config, 0o777),
      () => chown(config, 65534, 65534),
      () => chmod(profiles, 0o666),
      () => chown(profiles, 65534, 65534),
    ]
    for (const attack of attacks) {
      await attack()
      await expect(listProfiles(world)).rejects.toMatchObject({ code: 'store_failed' })
      await chown(config, 0, 0)
      await chown(profiles, 0, 0)
      await chmod(config, 0o700)
      await chmod(profiles, 0o600)
    }
    // A copy that somebody else has made is not read either.
    const copy = join(directory, '..', 'profiles.json')
    await writeFile(copy, (await readFile(copy, 'utf8')).replace('evil.example', 'more-evil.example'))
    await chown(copy, 65534, 65534)
    expect(await listProfiles(world)).toMatchObject([{ profile: { tenant: 'evil.example' } }])
  })

  async function readingIn(env: NodeJS.ProcessEnv): Promise<string> {
    const script = `
      import { openStore } from ${stores}
      console.log(await openStore('file').read('${'a'.repeat(64)}').catch(error => error.message))`
    return (await runProgram(script, { env })).trim()
  }
})
