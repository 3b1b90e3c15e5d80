import { randomUUID } from 'node:crypto'
import { chmod, copyFile, mkdir, open, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { newFolder } from '../../../test/support/new-folder.test.support.js'
import { currentRecord, recordKey } from '../../../test/support/records.test.support.js'
import type { Notice } from '../../notice.js'
import { createFileStore } from './file-store.js'

const current = currentRecord(recordKey)
const isPosix = process.platform !== 'win32'

let directory: string
const notices: Notice[] = []
const openFileStore = () => createFileStore({ directory, notify: notice => notices.push(notice) })

beforeEach(async () => {
  directory = join(await newFolder(), 'state', 'tokens')
  notices.length = 0
})

describe('the file store', () => {
  it.runIf(isPosix)('creates files that only this user can read', async () => {
    await openFileStore().exclusive(recordKey, slot => slot.write(current))
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    expect((await stat(join(directory, `${recordKey}.json`))).mode & 0o777).toBe(0o600)
  })

  it.skipIf(isPosix)('writes a record that another process is reading, which Windows rejects at first', async () => {
    const store = openFileStore()
    await store.exclusive(recordKey, slot => slot.write(current))
    const reader = await open(join(directory, `${recordKey}.json`), 'r')
    setTimeout(() => void reader.close(), 200)
    await store.exclusive(recordKey, slot => slot.write(current))
    expect(await store.read(recordKey)).toEqual(current)
  })

  it.skipIf(isPosix)('writes a record that another process keeps open, which Windows does not replace', async () => {
    const store = openFileStore()
    await store.exclusive(recordKey, slot => slot.write(current))
    await using _reader = await open(join(directory, `${recordKey}.json`), 'r')
    await store.exclusive(recordKey, slot => slot.write(current))
    expect(await store.read(recordKey)).toEqual(current)
  })

  it.runIf(isPosix)('rejects a directory that others can write to and does not change it', async () => {
    await mkdir(directory, { recursive: true })
    await chmod(directory, 0o777)
    const attempt = openFileStore().exclusive(recordKey, slot => slot.write(current))
    await expect(attempt).rejects.toMatchObject({ code: 'store_failed', hint: expect.stringContaining('chmod') })
    expect((await stat(directory)).mode & 0o777).toBe(0o777)
  })

  it.runIf(isPosix)('does not follow a link or read a directory as a record, and renames both', async () => {
    const store = openFileStore()
    await store.exclusive(recordKey, slot => slot.write(current))
    const path = join(directory, `${recordKey}.json`)
    const linkTarget = join(directory, '..', 'link-target')
    await rename(path, linkTarget)
    for (const replaceRecord of [() => symlink(linkTarget, path), () => mkdir(path)]) {
      await replaceRecord()
      notices.length = 0
      expect(await store.read(recordKey)).toBeUndefined()
      expect(notices).toMatchObject([{ code: 'record_ignored', message: expect.stringContaining('not a file') }])
      await store.exclusive(recordKey, slot => slot.write(currentRecord('another')))
      expect(await store.read(recordKey)).toMatchObject({ recordKey: 'another' })
      await rm(path)
      await rm(`${path}.unreadable`, { recursive: true })
    }
    expect(JSON.parse(await readFile(linkTarget, 'utf8'))).toEqual(current)
  })

  it('migrates a record of the first schema', async () => {
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
    await writeFile(join(directory, `${recordKey}.json`), JSON.stringify(old))
    const { needsClientKey: _old, ...rest } = old
    expect(await openFileStore().read(recordKey)).toEqual({ ...rest, schema: 2, needsCredential: true })
    expect(notices).toEqual([])
  })

  it('rejects a key that contains a path', async () => {
    const store = openFileStore()
    await expect(store.read('../../elsewhere')).rejects.toThrow(TypeError)
    await expect(store.exclusive('../../elsewhere', slot => slot.write(current))).rejects.toThrow(TypeError)
  })

  it('removes temporary files that a crash left behind', async () => {
    const store = openFileStore()
    await store.exclusive(recordKey, slot => slot.write(current))
    const temporaryFile = join(directory, `${recordKey}.lock.${randomUUID()}.tmp`)
    await writeFile(temporaryFile, 'an incomplete rec')
    await store.exclusive(recordKey, slot => slot.write(current))
    expect(await readdir(directory)).toEqual([`${recordKey}.json`])
    await writeFile(temporaryFile, 'an incomplete rec')
    await store.exclusive(recordKey, slot => slot.remove())
    expect(await readdir(directory)).toEqual([])
  })

  it('renames an unreadable record before it writes a new one', async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeFile(join(directory, `${recordKey}.json`), '{"schema":99}')
    const store = openFileStore()
    await store.exclusive(recordKey, slot => slot.write(current))
    expect(await store.read(recordKey)).toEqual(current)
    expect(await readFile(join(directory, `${recordKey}.json.unreadable`), 'utf8')).toBe('{"schema":99}')
  })

  it('lists only its own records', async () => {
    const store = openFileStore()
    await store.exclusive(recordKey, slot => slot.write(current))
    await writeFile(join(directory, 'Notes (1).json'), 'not a record')
    for await (const info of store.list()) expect.unreachable(`it listed ${info.recordKey}`)
    expect(notices).toEqual([])
  })

  it('does not block the event loop while it lists many records', async () => {
    const store = openFileStore()
    await store.exclusive(recordKey, slot => slot.write(current))
    for (let i = 0; i < 1000; i++) {
      await copyFile(join(directory, `${recordKey}.json`), join(directory, `${String(i).padStart(64, '0')}.json`))
    }
    let timerCalls = 0
    const interval = setInterval(() => timerCalls++, 0)
    for await (const info of store.list()) expect.unreachable(`it listed ${info.recordKey}`)
    clearInterval(interval)
    expect(timerCalls).toBeGreaterThan(2)
  })

  it('leaves neither locks nor temporary files behind', async () => {
    const store = openFileStore()
    await Promise.all([1, 2, 3].map(() => store.exclusive(recordKey, slot => slot.write(current))))
    expect(await readdir(directory)).toEqual([`${recordKey}.json`])
  })

  it.each([
    ['damaged', '{"schema":1,"kind":"tok', 'incomplete JSON'],
    ['written by a newer version', '{"schema":99}', 'newer version'],
  ])('reports a record that is %s in a notice and does not change it', async (_what, text, reason) => {
    await mkdir(directory, { recursive: true })
    const path = join(directory, `${recordKey}.json`)
    await writeFile(path, text)
    expect(await openFileStore().read(recordKey)).toBeUndefined()
    expect(notices).toEqual([{ code: 'record_ignored', message: expect.stringContaining(reason) }])
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('names a directory that is not writable and does not run the callback', async () => {
    const file = join(await newFolder(), 'a-file')
    await writeFile(file, '')
    directory = join(file, 'tokens')
    let hasRun = false
    const attempt = openFileStore().exclusive(recordKey, async () => {
      hasRun = true
    })
    await expect(attempt).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining(directory),
      hint: expect.stringContaining('CONNECT_OKTA_STATE_DIR'),
    })
    expect(hasRun).toBe(false)
  })
})
