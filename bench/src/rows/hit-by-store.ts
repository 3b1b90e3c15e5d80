import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileStore, createMemoryStore, openStore } from '@connect-okta/core/stores'
import { createClient } from 'redis'
import { setEnvironment } from '../environment.js'
import { startRedis } from '../redis-server.js'
import type { Row, Work } from '../row.js'
import { secretServiceNeeds, startSecretService } from '../secret-service.js'
import { hit, logIn } from '../stored-login.js'

const hits = 100
const about = (group: string) => ({
  name: `${hits} tokens from a store: ${group}`,
  against: 'peer' as const,
  pairs: 25,
})

/** Files and memory. */
export const hitInFile: Row = {
  ...about('files'),
  ours: 'files',
  reference: 'readFile and JSON.parse',
  async prepare() {
    const directory = await mkdtemp(join(tmpdir(), 'bench-'))
    const [files, memory] = [createFileStore({ directory }), createMemoryStore()]
    const recordKey = await logIn([files, memory])
    const path = join(directory, `${recordKey}.json`)
    return {
      ours: () => hit(files, recordKey, hits),
      reference: () => plainHits(() => readFile(path, 'utf8')),
      others: [{ what: 'memory', isOurs: true, run: () => hit(memory, recordKey, hits) }],
      close: () => rm(directory, { recursive: true }),
    }
  },
}

/** Files that are sealed with a key in the system keyring, compared with storing the token itself in the keyring. */
export const hitInSealedFile: Row = {
  ...about('files, encrypted with a key in the keyring'),
  ours: 'encrypted files',
  reference: 'the token itself in the keyring',
  needs: secretServiceNeeds,
  async prepare() {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    const keyring = await startSecretService()
    const directory = await mkdtemp(join(tmpdir(), 'bench-'))
    const restore = setEnvironment({
      DBUS_SESSION_BUS_ADDRESS: keyring.env.DBUS_SESSION_BUS_ADDRESS,
      CONNECT_OKTA_STATE_DIR: directory,
    })
    const plain = createFileStore({ directory: join(directory, 'plain') })
    const sealed = openStore('auto')
    const recordKey = await logIn([plain, sealed])
    const record = await readFile(join(directory, 'plain', `${recordKey}.json`), 'utf8')
    if (!(await readdir(sealed.location)).includes('sealed')) throw new Error('the records are not sealed')
    const entry = new AsyncEntry('connect-okta-bench', 'token', { linux: { store: 'secret-service' } })
    await entry.setPassword(record)
    return {
      ours: () => hit(sealed, recordKey, hits),
      reference: () => plainHits(async () => (await entry.getPassword()) ?? ''),
      async close() {
        restore()
        await keyring.stop()
        await rm(directory, { recursive: true })
      },
    }
  },
}

/** Redis with sealed records, compared with plain records. */
export const hitInRedis: Row = {
  ...about('Redis'),
  ours: 'Redis, encrypted',
  reference: 'GET and JSON.parse',
  needs: 'redis-server',
  async prepare() {
    const redis = await startRedis()
    const directory = await mkdtemp(join(tmpdir(), 'bench-'))
    const restore = setEnvironment({ CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') })
    const [store, plain] = [openStore(redis.url), createFileStore({ directory })]
    const recordKey = await logIn([store, plain])
    const client = createClient({ url: redis.url }).on('error', () => {})
    await client.connect()
    await client.set('plain', await readFile(join(directory, `${recordKey}.json`), 'utf8'))
    return {
      ours: () => hit(store, recordKey, hits),
      reference: () => plainHits(async () => (await client.get('plain')) ?? ''),
      async close() {
        restore()
        client.destroy()
        await redis.stop()
        await rm(directory, { recursive: true })
      },
    }
  },
}

// Checks only whether the token has expired: no lock, no validation of the record.
async function plainHits(read: () => Promise<string>): Promise<Work> {
  for (let done = 0; done < hits; done++) {
    const { accessToken, expiresAt } = JSON.parse(await read())
    if (typeof accessToken !== 'string' || expiresAt < Date.now())
      throw new Error('the token did not come from the store')
  }
  return undefined
}
