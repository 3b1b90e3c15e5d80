import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { tokenRecord } from '../../test/support/records.test.support.js'
import { testStoreContract } from './contract.test.support.js'
import { createFileStore, openFileStore } from './file/file-store.js'
import { createMemoryStore } from './memory-store.js'
import { knownKeys, sealedCodec } from './sealed/record-seal.js'
import { userStore } from './user-store.js'

// contract.system.test.ts tests the stores that need Redis or a keyring.
const sealKey = randomBytes(32)
const newDirectory = async () => join(await newFolder(), 'tokens')

testStoreContract([
  ['memory', async () => createMemoryStore()],
  ['part of a memory', async () => userStore(createMemoryStore(), 'a user')],
  ['file', async () => createFileStore({ directory: await newDirectory() })],
  [
    'sealed file',
    async () => {
      return openFileStore({ directory: await newDirectory(), codec: sealedCodec(knownKeys([sealKey])) })
    },
  ],
])

describe('the memory store', () => {
  it('removes the least recently used record beyond maxRecords', async () => {
    const store = createMemoryStore({ maxRecords: 2 })
    const put = (name: string) => store.exclusive(name, slot => slot.write(tokenRecord()))
    await put('one')
    await put('two')
    await store.read('one')
    await put('three')
    expect(
      await Promise.all(['one', 'two', 'three'].map(async name => (await store.read(name)) !== undefined)),
    ).toEqual([true, false, true])
  })
})
