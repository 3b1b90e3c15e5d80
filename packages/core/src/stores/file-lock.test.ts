import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { createFileStore } from './file-store.js'

const key = 'a'.repeat(64)

let directory: string
const openFileStore = () => createFileStore({ directory })

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'lock-')), 'tokens')
})

describe('the lock of the file store', () => {
  const lockPath = () => join(directory, `${key}.lock`)
  const unrelatedPid = 2 ** 22 + 1 // above the largest that Linux gives

  it('is exclusive across processes', async () => {
    const module = new URL('../../dist/bundle/index.js', import.meta.url).href
    const script = `
      import { createFileStore } from ${JSON.stringify(module)}
      const store = createFileStore({ directory: ${JSON.stringify(directory)} })
      for (let i = 0; i < 10; i++) {
        await store.exclusive(${JSON.stringify(key)}, async slot => {
          const saved = await slot.read()
          await slot.write({ schema: 2, kind: 'current', recordKey: (saved?.recordKey ?? '') + 'x' })
        })
      }`
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    await Promise.all([run(), run(), run()])
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
    ]
    for (const change of [{}, ...others]) {
      await writeFile(lockPath(), JSON.stringify({ ...owner, token: randomUUID(), ...change }))
      const attempt = openFileStore().exclusive(key, async () => 'stolen', { signal: AbortSignal.timeout(150) })
      await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
    }
  })

  // What a lock of this process looks like, read off a real one.
  async function ownerOfThisProcess(): Promise<Record<string, unknown>> {
    return await openFileStore().exclusive(key, async () => JSON.parse(await readFile(lockPath(), 'utf8')))
  }
})
