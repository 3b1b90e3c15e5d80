import { randomUUID } from 'node:crypto'
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Notice } from '../../notice.js'
import { createFileStore } from './file-store.js'

const key = 'a'.repeat(64)
const current = { schema: 2, kind: 'current', recordKey: key } as const
const isPosix = process.platform !== 'win32'

let directory: string
const notices: Notice[] = []
const openFileStore = () => createFileStore({ directory, notify: notice => notices.push(notice) })

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'store-')), 'state', 'tokens')
  notices.length = 0
})

describe('the file store', () => {
  it.runIf(isPosix)('is readable by this user alone', async () => {
    await openFileStore().exclusive(key, slot => slot.write(current))
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    expect((await stat(join(directory, `${key}.json`))).mode & 0o777).toBe(0o600)
  })

  it.runIf(isPosix)('does not trust a folder to which others may write, nor change it', async () => {
    await mkdir(directory, { recursive: true })
    await chmod(directory, 0o777)
    const attempt = openFileStore().exclusive(key, slot => slot.write(current))
    await expect(attempt).rejects.toMatchObject({ code: 'store_failed', hint: expect.stringContaining('chmod') })
    expect((await stat(directory)).mode & 0o777).toBe(0o777)
  })

  it.runIf(isPosix)('does not follow a link, nor take a folder for a record; both are set aside', async () => {
    const store = openFileStore()
    await store.exclusive(key, slot => slot.write(current))
    const path = join(directory, `${key}.json`)
    const elsewhere = join(directory, '..', 'elsewhere')
    await rename(path, elsewhere)
    for (const plant of [() => symlink(elsewhere, path), () => mkdir(path)]) {
      await plant()
      notices.length = 0
      expect(await store.read(key)).toBeUndefined()
      expect(notices).toMatchObject([{ code: 'record_ignored', message: expect.stringContaining('not a file') }])
      await store.exclusive(key, slot => slot.write({ ...current, recordKey: 'another' }))
      expect(await store.read(key)).toMatchObject({ recordKey: 'another' })
      await rm(path)
      await rm(`${path}.unreadable`, { recursive: true })
    }
    expect(JSON.parse(await readFile(elsewhere, 'utf8'))).toEqual(current)
  })

  it('brings a record of the first schema up to date', async () => {
    const login = { orgUrl: 'https://a.okta.com', clientId: '0oa1', identity: { type: 'user' }, scopes: ['a'] }
    const token = {
      grant: 'authorization_code',
      generation: 'g',
      accessToken: 't',
      tokenType: 'Bearer',
      grantedScopes: ['a'],
    }
    const old = { schema: 1, kind: 'token', login, ...token, needsClientKey: true, obtainedAt: 1, expiresAt: 2 }
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeFile(join(directory, `${key}.json`), JSON.stringify(old))
    const { needsClientKey: _old, ...rest } = old
    expect(await openFileStore().read(key)).toEqual({ ...rest, schema: 2, needsCredential: true })
    expect(notices).toEqual([])
  })

  it('takes no key that leads out of its folder', async () => {
    const store = openFileStore()
    await expect(store.read('../../elsewhere')).rejects.toThrow(TypeError)
    await expect(store.exclusive('../../elsewhere', slot => slot.write(current))).rejects.toThrow(TypeError)
  })

  it('replaces and removes what a crash left half written', async () => {
    const store = openFileStore()
    await store.exclusive(key, slot => slot.write(current))
    const half = join(directory, `${key}.lock.${randomUUID()}.tmp`)
    await writeFile(half, 'half a sec')
    await store.exclusive(key, slot => slot.write(current))
    expect(await readdir(directory)).toEqual([`${key}.json`])
    await writeFile(half, 'half a sec')
    await store.exclusive(key, slot => slot.remove())
    expect(await readdir(directory)).toEqual([])
  })

  it('keeps what it cannot read when it writes a record of its own', async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeFile(join(directory, `${key}.json`), '{"schema":99}')
    const store = openFileStore()
    await store.exclusive(key, slot => slot.write(current))
    expect(await store.read(key)).toEqual(current)
    expect(await readFile(join(directory, `${key}.json.unreadable`), 'utf8')).toBe('{"schema":99}')
  })

  it('lists its own records, whatever else lies in the folder', async () => {
    const store = openFileStore()
    await store.exclusive(key, slot => slot.write(current))
    await writeFile(join(directory, 'Notes (1).json'), 'not a record')
    for await (const info of store.list()) expect.unreachable(`it listed ${info.recordKey}`)
    expect(notices).toEqual([])
  })

  it('lets other work go on while it lists many records', async () => {
    const store = openFileStore()
    await store.exclusive(key, slot => slot.write(current))
    for (let i = 0; i < 1000; i++) {
      await copyFile(join(directory, `${key}.json`), join(directory, `${String(i).padStart(64, '0')}.json`))
    }
    let turns = 0
    const otherWork = setInterval(() => turns++, 0)
    for await (const info of store.list()) expect.unreachable(`it listed ${info.recordKey}`)
    clearInterval(otherWork)
    expect(turns).toBeGreaterThan(2)
  })

  it('leaves neither locks nor temporary files behind', async () => {
    const store = openFileStore()
    await Promise.all([1, 2, 3].map(() => store.exclusive(key, slot => slot.write(current))))
    expect(await readdir(directory)).toEqual([`${key}.json`])
  })

  it.each([
    ['damaged', '{"schema":1,"kind":"tok', 'not complete JSON'],
    ['written by a newer version', '{"schema":99}', 'newer version'],
  ])('treats a record that is %s as a miss, says so, and leaves it alone', async (_what, text, reason) => {
    await mkdir(directory, { recursive: true })
    const path = join(directory, `${key}.json`)
    await writeFile(path, text)
    expect(await openFileStore().read(key)).toBeUndefined()
    expect(notices).toEqual([{ code: 'record_ignored', message: expect.stringContaining(reason) }])
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('names the folder that cannot be written, before anything is done inside', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'store-')), 'a-file')
    await writeFile(file, '')
    directory = join(file, 'tokens')
    let entered = false
    const attempt = openFileStore().exclusive(key, async () => {
      entered = true
    })
    await expect(attempt).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining(directory),
      hint: expect.stringContaining('CONNECT_OKTA_STATE_DIR'),
    })
    expect(entered).toBe(false)
  })
})
