import { randomBytes } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { holdToContract, recordOf } from './contract.test.support.js'
import { createFileStore, openFileStore } from './file/file-store.js'
import { createMemoryStore } from './memory-store.js'
import { sealedCodec } from './sealed/record-seal.js'

// Those that need something of the system are in contract.system.test.ts.
const sealKey = randomBytes(32)
const newDirectory = async () => join(await mkdtemp(join(tmpdir(), 'store-')), 'tokens')

holdToContract([
  ['memory', async () => createMemoryStore()],
  ['file', async () => createFileStore({ directory: await newDirectory() })],
  [
    'sealed file',
    async () => {
      const keys = { find: async () => sealKey, obtain: async () => sealKey }
      return openFileStore({ directory: await newDirectory(), codec: sealedCodec(keys) })
    },
  ],
])

describe('the memory store', () => {
  it('forgets what was not used for longest, beyond its bound', async () => {
    const store = createMemoryStore({ maxRecords: 2 })
    const put = (name: string) => store.exclusive(name, slot => slot.write(recordOf(name)))
    await put('one')
    await put('two')
    await store.read('one')
    await put('three')
    expect(
      await Promise.all(['one', 'two', 'three'].map(async name => (await store.read(name)) !== undefined)),
    ).toEqual([true, false, true])
  })
})
