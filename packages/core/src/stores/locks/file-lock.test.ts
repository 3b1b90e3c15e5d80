import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { newFolder } from '../../../test/support/new-folder.test.support.js'
import { currentRecord, recordKey } from '../../../test/support/records.test.support.js'
import { runProgram, stores } from '../../../test/support/run-program.test.support.js'
import { createFileStore } from '../file/file-store.js'

let directory: string
const openFileStore = () => createFileStore({ directory })

beforeEach(async () => {
  directory = join(await newFolder(), 'tokens')
})

describe('the lock of the file store', () => {
  const lockPath = () => join(directory, `${recordKey}.lock`)
  const unusedPid = 2 ** 22 + 1 // greater than the maximum on Linux

  it('is exclusive between processes', async () => {
    const script = `
      import { createFileStore } from ${stores}
      const store = createFileStore({ directory: ${JSON.stringify(directory)} })
      for (let i = 0; i < 10; i++) {
        await store.exclusive(${JSON.stringify(recordKey)}, async slot => {
          const saved = await slot.read()
          await slot.write({ schema: 2, kind: 'current', recordKey: (saved?.recordKey ?? '') + 'x' })
        })
      }`
    await Promise.all([runProgram(script), runProgram(script), runProgram(script)])
    expect(await openFileStore().read(recordKey)).toMatchObject({ recordKey: 'x'.repeat(30) })
  })

  it.each([
    ['of a process that has ended', { pid: unusedPid }],
    ['of a process whose id was reused', { processStart: '1' }],
    ['of an earlier boot', { boot: randomUUID() }],
    ['of a running process without a start time and with an old heartbeat', { processStart: null }],
    ['of another host with an old heartbeat', { host: `not-${hostname()}` }],
    ['without content, which a system crash can leave behind', undefined],
  ])('is taken over: a lock %s', async (_what, change) => {
    const owner = await ownerOfThisProcess()
    await writeFile(
      lockPath(),
      change === undefined ? '' : JSON.stringify({ ...owner, token: randomUUID(), ...change }),
    )
    await utimes(lockPath(), 0, 0)
    expect(await openFileStore().exclusive(recordKey, async () => 'acquired')).toBe('acquired')
    expect(await readdir(directory)).toEqual([])
  })

  it('is taken over by one process at a time', async () => {
    const owner = await ownerOfThisProcess()
    await writeFile(lockPath(), JSON.stringify({ ...owner, token: randomUUID(), pid: unusedPid }))
    let running = 0
    // Each store represents a process: the stores share only the files.
    await Promise.all(
      Array.from({ length: 8 }, () =>
        openFileStore().exclusive(recordKey, async () => {
          expect(++running).toBe(1)
          await new Promise(setImmediate)
          running -= 1
        }),
      ),
    )
  })

  it('removes old files that killed processes left behind before they held it', async () => {
    const owner = await ownerOfThisProcess()
    const leaveFile = (name: string) => writeFile(join(directory, name), JSON.stringify({ ...owner, pid: unusedPid }))
    await leaveFile(`${recordKey}.lock.${randomUUID()}`)
    await leaveFile(`${recordKey}.lock.dead-${randomUUID()}`)
    const recent = `${recordKey}.lock.dead-${randomUUID()}`
    await leaveFile(recent)
    for (const name of await readdir(directory)) if (name !== recent) await utimes(join(directory, name), 0, 0)
    const store = openFileStore()
    for (let round = 0; round < 1000 && (await readdir(directory)).length > 1; round++) {
      await store.exclusive(recordKey, async () => {})
    }
    expect(await readdir(directory)).toEqual([recent])
  })

  it('is not taken over while its owner runs or its heartbeat on another host is recent', async () => {
    const owner = await ownerOfThisProcess()
    const others = [
      { host: `not-${hostname()}` },
      { pidNamespace: 'pid:[1]', pid: unusedPid },
      { processStart: null },
      // A cloned machine has the same host name.
      { boot: randomUUID(), machine: randomUUID().replaceAll('-', '') },
      { boot: randomUUID(), machine: null },
      { boot: randomUUID() },
    ]
    for (const change of [{}, ...others]) {
      await writeFile(lockPath(), JSON.stringify({ ...owner, token: randomUUID(), ...change }))
      const attempt = openFileStore().exclusive(recordKey, async () => 'stolen', { signal: AbortSignal.timeout(150) })
      await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
    }
  })

  it('rejects writes of an owner that was suspended until another process took it over', async () => {
    const store = openFileStore()
    await store.exclusive(recordKey, slot => slot.write(currentRecord('first')))
    const [late, removal] = await Promise.all(
      ['write', 'remove'].map(async (what, index) => {
        const ownKey = index === 0 ? recordKey : 'b'.repeat(64)
        const path = join(directory, `${ownKey}.lock`)
        return await store.exclusive(ownKey, async slot => {
          // Take over the lock, as another process does when the heartbeat has stopped.
          await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), token: randomUUID() }))
          await expect(slot.confirm()).rejects.toMatchObject({ message: expect.stringContaining('took over') })
          await expect(slot.announce('a message')).rejects.toMatchObject({ code: 'store_failed' })
          await (what === 'write' ? slot.write(currentRecord('late')) : slot.remove()).catch(error => error)
          return await readFile(path, 'utf8')
        })
      }),
    )
    expect(await store.read(recordKey)).toEqual(currentRecord('first'))
    // The lock of the other process is unchanged.
    expect(JSON.parse(await readFile(lockPath(), 'utf8'))).toEqual(JSON.parse(late ?? ''))
    expect(removal).toBeDefined()
  })

  it('removes empty lock files, which a full disk can leave behind', async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const empty = join(directory, `${recordKey}.lock.${randomUUID()}`)
    await writeFile(empty, '')
    await utimes(empty, 0, 0)
    const store = openFileStore()
    await store.exclusive(recordKey, slot => slot.write(currentRecord('one')))
    expect(await readdir(directory)).toEqual([`${recordKey}.json`])
  })

  // The content of a lock of this process.
  async function ownerOfThisProcess(): Promise<Record<string, unknown>> {
    return await openFileStore().exclusive(recordKey, async () => JSON.parse(await readFile(lockPath(), 'utf8')))
  }
})
