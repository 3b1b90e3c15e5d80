import { randomBytes } from 'node:crypto'
import { copyFileSync, linkSync, readdirSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileStore, openStore, type TokenStore } from '@connect-okta/core/stores'
import { createClient } from 'redis'
import { setEnvironment } from '../environment.js'
import { startRedis } from '../redis-server.js'
import type { Comparison, Row } from '../row.js'
import { hit, logIn } from '../stored-login.js'

const few = 1000
const many = 100_000
const hitsPerJob = 50
const recordsText = (records: number) => `${records.toLocaleString('en')} records`
const about = (group: string) => ({
  name: `${hitsPerJob} tokens from a store with many records: ${group}`,
  ours: recordsText(many),
  reference: '1 record',
  budget: 1.2,
  pairs: 30,
})

/** Whether reading one record gets slower when the folder has many. */
export const fileHitAmongMany: Row = {
  ...about('files'),
  async prepare() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-'))
    const directories = ['one', 'few', 'many'].map(name => join(folder, name)) as [string, string, string]
    const stores = directories.map(directory => createFileStore({ directory }))
    const recordKey = await logIn(stores)
    fillFolder(directories[1], recordKey, few)
    fillFolder(directories[2], recordKey, many)
    return comparison(stores, recordKey, async () => rmSync(folder, { recursive: true }))
  },
}

/** The same with Redis. */
export const redisHitAmongMany: Row = {
  ...about('Redis'),
  needs: 'redis-server',
  async prepare() {
    const redis = await startRedis()
    const restore = setEnvironment({ CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') })
    const urls = [0, 1, 2].map(database => `${redis.url}/${database}`) as [string, string, string]
    const stores = urls.map(url => openStore(url))
    const recordKey = await logIn(stores)
    restore()
    await fillRedis(urls[1], recordKey, few)
    await fillRedis(urls[2], recordKey, many)
    return comparison(stores, recordKey, redis.stop)
  },
}

function comparison(stores: readonly TokenStore[], recordKey: string, close: () => Promise<void>): Comparison {
  const [first, second, third] = stores.map(store => () => hit(store, recordKey, hitsPerJob))
  if (first === undefined || second === undefined || third === undefined) throw new Error('there are three stores')
  return { ours: third, reference: first, others: [{ what: recordsText(few), budget: 1.2, run: second }], close }
}

// Hard links to a few copies: only the number of entries matters. Creating them one by one is faster than all at once.
function fillFolder(directory: string, recordKey: string, records: number): void {
  const [source = ''] = readdirSync(directory).filter(file => file.startsWith(recordKey))
  let copy = ''
  for (let made = 0; made < records; made++) {
    const path = join(directory, `${randomBytes(32).toString('hex')}.json`)
    // File systems limit the number of links to a file.
    if (made % 10_000 === 0) {
      copyFileSync(join(directory, source), path)
      copy = path
    } else {
      linkSync(copy, path)
    }
  }
}

const fillScript = `
local fields = redis.call('HGETALL', KEYS[1])
for made = 1, ARGV[1] do redis.call('HSET', 'connect-okta:record:' .. redis.sha1hex(made), unpack(fields)) end
return redis.call('DBSIZE')`

async function fillRedis(url: string, recordKey: string, records: number): Promise<void> {
  const client = createClient({ url })
  await client.connect()
  const keys = [`connect-okta:record:${recordKey}`]
  const size = Number(await client.eval(fillScript, { keys, arguments: [String(records)] }))
  client.destroy()
  if (size < records) throw new Error('the database has too few records')
}
