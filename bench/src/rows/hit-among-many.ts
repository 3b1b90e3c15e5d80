import { randomBytes } from 'node:crypto'
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createFileStore, openStore, resume, type TokenStore } from '@connect-okta/core'
import { createClient } from 'redis'
import { serviceApp, startEmulatorProcess } from '../emulator-process.js'
import { startRedis } from '../load/redis-process.js'
import type { Row, Work } from '../row.js'

const records = 100_000
const hitsPerJob = 50
const budget = 1.2
const name = (store: string) => `Cache: ${hitsPerJob} hits in ${store}, among ${records.toLocaleString('en')} records`
const sides = { ours: `among ${records.toLocaleString('en')}`, reference: 'among one', budget, pairs: 30 }

/** Whether a folder that fills up slows down whoever needs one record of it. */
export const fileHitAmongMany: Row = {
  name: name('files'),
  ...sides,
  async prepare() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-'))
    const [one, many] = ['one', 'many'].map(part => createFileStore({ directory: join(folder, part) }))
    if (one === undefined || many === undefined) throw new Error('there are two')
    const recordKey = await logIn([one, many])
    const directory = join(folder, 'many')
    const [source = ''] = (await readdir(directory)).filter(file => file.startsWith(recordKey))
    for (let made = 0; made < records; made += 500) {
      const names = Array.from({ length: 500 }, newKey)
      await Promise.all(names.map(key => copyFile(join(directory, source), join(directory, `${key}.json`))))
    }
    return {
      ours: () => hit(many, recordKey),
      reference: () => hit(one, recordKey),
      close: () => rm(folder, { recursive: true }),
    }
  },
}

/** The same for a Redis. Needs `redis-server`. */
export const redisHitAmongMany: Row = {
  name: name('Redis'),
  needs: 'redis-server',
  ...sides,
  async prepare() {
    const redis = await startRedis()
    process.env.CONNECT_OKTA_STORE_KEY = randomBytes(32).toString('base64')
    const [one, many] = [openStore(`${redis.url}/0`), openStore(`${redis.url}/1`)]
    const recordKey = await logIn([one, many])
    const client = createClient({ url: `${redis.url}/1` })
    await client.connect()
    const record = (await client.hGet(`connect-okta:record:${recordKey}`, 'record')) ?? ''
    for (let made = 0; made < records; made += 1000) {
      await Promise.all(
        Array.from({ length: 1000 }, () => client.hSet(`connect-okta:record:${newKey()}`, { record, fence: '1' })),
      )
    }
    client.destroy()
    return { ours: () => hit(many, recordKey), reference: () => hit(one, recordKey), close: redis.stop }
  },
}

function newKey(): string {
  return randomBytes(32).toString('hex')
}

// One login, in each store.
async function logIn(stores: readonly TokenStore[]): Promise<string> {
  const emulator = await startEmulatorProcess()
  const { clientId, jwk } = serviceApp(emulator)
  let recordKey = ''
  for (const store of stores) {
    await connect({ tenant: emulator.orgUrl, clientId, jsonWebKey: jwk }, { store })
    for await (const login of store.list()) recordKey = login.recordKey
  }
  await emulator.close()
  return recordKey
}

async function hit(store: TokenStore, recordKey: string): Promise<Work> {
  for (let times = 0; times < hitsPerJob; times++) {
    const { source } = await (await resume({ recordKey }, { store })).token()
    if (source !== 'store') throw new Error('it was no hit')
  }
  return undefined
}
