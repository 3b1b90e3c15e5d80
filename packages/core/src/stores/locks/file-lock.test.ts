import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { runProgram, stores } from '../../../test/support/program.test.support.js'
import { createFileStore } from '../file/file-store.js'

const key = 'a'.repeat(64)
const record = (recordKey: string) => ({ schema: 2, kind: 'current', recordKey }) as const

let directory: string
const openFileStore = () => createFileStore({ directory })

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'lock-')), 'tokens')
})

describe('the lock of the file store', () => {
  const lockPath = () => join(directory, `${key}.lock`)
  const unrelatedPid = 2 ** 22 + 1 // above the largest that Linux gives

  it('is exclusive across processes', async () => {
    const script = `
      import { createFileStore } from ${stores}
      const store = createFileStore({ directory: ${JSON.stringify(directory)} })
      for (let i = 0; i < 10; i++) {
        await store.exclusive(${JSON.stringify(key)}, async slot => {
          const saved = await slot.read()
          await slot.write({ schema: 2, kind: 'current', recordKey: (saved?.recordKey ?? '') + 'x' })
        })
      }`
    await Promise.all([runProgram(script), runProgram(script), runProgram(script)])
    expect(await openFileStore().read(key)).toMatchObject({ recordKey: 'x'.repeat(30) })
  })

  it.each([
    ['of a process that is gone', { pid: unrelatedPid }],
    ['of a process whose id lives on in another one', { processStart: '1' }],
    ['of an earlier boot', { boot: randomUUID() }],
    ['of a living process without a start time that was silent for long', { processStart: null }],
    ['of another host that was silent for long', { host: `not-${hostname()}` }],
    ['without content, as a crash of the machine leaves it', undefined],
  ])('is taken over: a lock %s', async (_what, change) => {
    const owner = await ownerOfThisProcess()
    await writeFile(
      lockPath(),
      change === undefined ? '' : JSON.stringify({ ...owner, token: randomUUID(), ...change }),
    )
    await utimes(lockPath(), 0, 0)
    expect(await openFileStore().exclusive(key, async () => 'mine')).toBe('mine')
    expect(await readdir(directory)).toEqual([])
  })

  it('is taken over by one of many at a time', async () => {
    const owner = await ownerOfThisProcess()
    await writeFile(lockPath(), JSON.stringify({ ...owner, token: randomUUID(), pid: unrelatedPid }))
    let inside = 0
    // Each store stands for a process: they know nothing of each other but the files.
    await Promise.all(
      Array.from({ length: 8 }, () =>
        openFileStore().exclusive(key, async () => {
          expect(++inside).toBe(1)
          await new Promise(setImmediate)
          inside -= 1
        }),
      ),
    )
  })

  it('is swept of what the killed have left before they held it, also where nobody has died holding it', async () => {
    const owner = await ownerOfThisProcess()
    const leave = (name: string) => writeFile(join(directory, name), JSON.stringify({ ...owner, pid: unrelatedPid }))
    await leave(`${key}.lock.${randomUUID()}`)
    await leave(`${key}.lock.dead-${randomUUID()}`)
    const recent = `${key}.lock.dead-${randomUUID()}`
    await leave(recent)
    for (const name of await readdir(directory)) if (name !== recent) await utimes(join(directory, name), 0, 0)
    const store = openFileStore()
    for (let times = 0; times < 1000 && (await readdir(directory)).length > 1; times++) {
      await store.exclusive(key, async () => {})
    }
    expect(await readdir(directory)).toEqual([recent])
  })

  it('is not taken over while its owner lives, on this host or on another that was heard of lately', async () => {
    const owner = await ownerOfThisProcess()
    const others = [
      { host: `not-${hostname()}` },
      { pidNamespace: 'pid:[1]', pid: unrelatedPid },
      { processStart: null },
      // A machine that was cloned has the host name of its model.
      { boot: randomUUID(), machine: randomUUID().replaceAll('-', '') },
      { boot: randomUUID(), machine: null },
      { boot: randomUUID() },
    ]
    for (const change of [{}, ...others]) {
      await writeFile(lockPath(), JSON.stringify({ ...owner, token: randomUUID(), ...change }))
      const attempt = openFileStore().exclusive(key, async () => 'stolen', { signal: AbortSignal.timeout(150) })
      await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
    }
  })

  it('is not kept, nor written with, by an owner that was suspended until it was taken over', async () => {
    const store = openFileStore()
    await store.exclusive(key, slot => slot.write(record('first')))
    const [late, removal] = await Promise.all(
      ['write', 'remove'].map(async (what, index) => {
        const ownKey = index === 0 ? key : 'b'.repeat(64)
        const path = join(directory, `${ownKey}.lock`)
        return await store.exclusive(ownKey, async slot => {
          // As another process does when the heartbeat of this one has stopped.
          await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), token: randomUUID() }))
          await expect(slot.confirm()).rejects.toMatchObject({ message: expect.stringContaining('took over') })
          await expect(slot.announce('still here')).rejects.toMatchObject({ code: 'store_failed' })
          await (what === 'write' ? slot.write(record('late')) : slot.remove()).catch(error => error)
          return await readFile(path, 'utf8')
        })
      }),
    )
    expect(await store.read(key)).toEqual(record('first'))
    // The lock of the other one is where it was.
    expect(JSON.parse(await readFile(lockPath(), 'utf8'))).toEqual(JSON.parse(late ?? ''))
    expect(removal).toBeDefined()
  })

  it('leaves nothing behind on a full disk, and sweeps what is empty', async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const empty = join(directory, `${key}.lock.${randomUUID()}`)
    await writeFile(empty, '')
    await utimes(empty, 0, 0)
    const store = openFileStore()
    await store.exclusive(key, slot => slot.write(record('one')))
    expect(await readdir(directory)).toEqual([`${key}.json`])
  })

  // What a lock of this process looks like, read off a real one.
  async function ownerOfThisProcess(): Promise<Record<string, unknown>> {
    return await openFileStore().exclusive(key, async () => JSON.parse(await readFile(lockPath(), 'utf8')))
  }
})
