import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/index.js'
import { openManagedKeys } from '../../src/oauth/managed-keys/open-managed-keys.js'
import { openManagedKeyStore } from '../../src/stores/managed-keys/managed-key-store.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { sealText } from '../../src/stores/sealed/record-seal.js'
import { core, runProgram } from '../support/run-program.test.support.js'
import { allTextOf } from '../support/test-home.test.support.js'
import { dayMs, hourMs, storeKey, useManagedKeys, variables } from './use-managed-keys.test.support.js'

const shared = useManagedKeys()

describe('the store of managed keys', () => {
  it('contains no private key in plain text, and neither does what can be printed', async () => {
    const keys = shared.open()
    await keys.rotateIfDue()
    const [key] = await keys.candidates()
    const text = await readFile(await shared.recordPath(), 'utf8')
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
    const env = { ...variables, HOME: shared.home.path, CONNECT_OKTA_STATE_DIR: join(shared.home.path, 'state') }
    const kids = await Promise.all(Array.from({ length: 4 }, () => runProgram(script, { env })))
    expect(new Set(kids).size).toBe(1)
    expect(kids[0]).toMatch(/^[\w-]{20,}$/)
  })

  it.each(['memory', 'file', 'nonsense'])('cannot be %s', address => {
    expect(() => openManagedKeyStore(address, { environment: shared.home.environment() })).toThrow(
      expect.objectContaining({ code: 'options_invalid', hint: expect.stringContaining('CONNECT_OKTA_STORE_KEY') }),
    )
  })

  // Windows and macOS always have one.
  it.runIf(process.platform === 'linux')('cannot be files without a keyring and without a key', async () => {
    await expect(shared.open(shared.openStore({})).rotateIfDue()).rejects.toMatchObject({
      code: 'options_invalid',
      hint: expect.stringContaining('CONNECT_OKTA_STORE_KEY'),
    })
  })

  it('cannot be a store of tokens', () => {
    expect(() => shared.open(createMemoryStore())).toThrow(expect.objectContaining({ code: 'options_invalid' }))
  })

  it('is not replaced when its encryption key is lost', async () => {
    await shared.open().rotateIfDue()
    const before = await readFile(await shared.recordPath(), 'utf8')
    const keys = shared.open(shared.openStore({ CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 1).toString('base64') }))
    const calls = [
      () => keys.rotateIfDue(),
      () => keys.jwks(),
      () => keys.state(),
      () => connect(shared.options(keys), shared.deps()),
    ]
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringContaining('another key'),
      })
    }
    expect(await readFile(await shared.recordPath(), 'utf8')).toBe(before)
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
    await shared.open().rotateIfDue()
    const path = await shared.recordPath()
    const content = text(path.replace(/^.*[\\/]|\.json$/g, ''))
    await writeFile(path, content)
    const error = await shared
      .open()
      .rotateIfDue()
      .catch(caught => caught)
    expect(error).toMatchObject({ code: 'store_failed', message: expect.stringContaining(reason) })
    expect(allTextOf(error)).not.toContain('"d"')
    expect(await readFile(path, 'utf8')).toBe(content)
  })

  // For a file in place of the folder, Windows reports that there is no record.
  it.skipIf(process.platform === 'win32')(
    'may be unavailable for a while: tokens are signed with the keys in memory',
    async () => {
      const keys = shared.open()
      const session = await connect(shared.options(keys), shared.deps())
      await rename(shared.folder(), `${shared.folder()}-away`)
      await writeFile(shared.folder(), '')
      shared.pass(20 * 60_000)
      await session.token({ forceRefresh: true })
      expect((await keys.jwks()).keys).toHaveLength(1)
      await expect(keys.state()).rejects.toMatchObject({ code: 'store_failed' })
      await rm(shared.folder())
      await rename(`${shared.folder()}-away`, shared.folder())
      expect((await keys.state()).keys).toHaveLength(1)
    },
  )

  it('gets the keys in memory again after it lost them', async () => {
    const keys = shared.open()
    const [before] = (await keys.rotateIfDue()).keys
    await rm(shared.folder(), { recursive: true })
    await mkdir(shared.folder(), { mode: 0o700 })
    expect((await keys.rotateIfDue()).keys[0]?.kid).toBe(before?.kid)
    expect((await shared.open().state()).keys[0]?.kid).toBe(before?.kid)
  })

  it('does not replace newer keys by those of a copy', async () => {
    const notices: unknown[] = []
    const keys = shared.open(shared.openStore(), notice => void notices.push(notice))
    const session = await connect(shared.options(keys), shared.deps())
    const copy = await readFile(await shared.recordPath(), 'utf8')
    for (let day = 0; day < 62; day++) {
      shared.pass(dayMs)
      await session.token({ forceRefresh: true })
    }
    const before = (await keys.jwks()).keys.map(({ kid }) => kid)
    await writeFile(await shared.recordPath(), copy)
    await session.token({ forceRefresh: true })
    expect((await keys.rotateIfDue()).keys.map(({ kid }) => kid).reverse()).toEqual(before)
    expect((await shared.open().state()).keys.map(({ kid }) => kid).reverse()).toEqual(before)
    expect(notices).toEqual([
      { code: 'record_ignored', message: expect.stringContaining('older managed keys (users)') },
    ])
  })

  it('keeps a replacement when a process with a clock that is ahead created the key before it', async () => {
    const ahead = shared.open(shared.openStore(), undefined, 4 * 60_000)
    await connect(shared.options(ahead), shared.deps())
    const other = shared.open()
    const [replacement] = (await other.replaceNow()).keys
    shared.pass(hourMs)
    await connect(shared.options(other), shared.deps())
    shared.pass(20_000)
    const kids = [replacement?.kid]
    expect((await ahead.jwks()).keys.map(({ kid }) => kid)).toEqual(kids)
    expect((await ahead.rotateIfDue()).keys.map(({ kid }) => kid)).toEqual(kids)
    expect((await shared.open().state()).keys.map(({ kid }) => kid)).toEqual(kids)
  })

  it('can get a new encryption key: the old one decrypts until the keys are encrypted again', async () => {
    const [kid] = (await shared.open().rotateIfDue()).keys
    const newKey = Buffer.alloc(32, 3).toString('base64')
    const both = shared.openStore({ CONNECT_OKTA_STORE_KEY: `${newKey}\n${variables.CONNECT_OKTA_STORE_KEY}` })
    expect((await shared.open(both).rotateIfDue()).keys).toEqual([kid])
    expect((await shared.open(shared.openStore({ CONNECT_OKTA_STORE_KEY: newKey })).state()).keys).toEqual([kid])
    await expect(shared.open().state()).rejects.toMatchObject({ code: 'store_failed' })
  })

  it('names the connection and the place in its errors', async () => {
    await shared.open().rotateIfDue()
    const other = shared.open(shared.openStore({ CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 1).toString('base64') }))
    const error = await other.state().catch(caught => caught)
    expect(error.message).toContain(await shared.recordPath())
    expect(error.message).toContain('keys-users-')
  })

  it.each([
    [{ name: '' }, 'no name'],
    [{ publishBeforeMs: 10 }, 'publishBefore'],
    [{ rotateEveryMs: 30 * hourMs }, 'rotateEvery'],
    [{ rotateEveryMs: Number.NaN }, 'rotateEvery'],
  ])('is not opened with %j', (settings, reason) => {
    expect(() => openManagedKeys({ name: 'users', store: shared.openStore(), ...settings })).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringContaining(reason) }),
    )
  })
})
