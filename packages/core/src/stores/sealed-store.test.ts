import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type SecretService, startSecretService } from './secret-service.test.support.js'

const run = promisify(execFile)
const { secretService } = inject('systemNeeds')

let okta: OktaEmulator
let state: string
let keyPath: string

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sealed-'))
  state = join(folder, 'state')
  keyPath = join(folder, 'key.json')
  await writeFile(keyPath, JSON.stringify(okta.client('service').jwk))
})

interface Outcome {
  readonly source?: string
  readonly code?: string
  readonly hint?: string
  readonly notices: readonly string[]
}

/** A program that connects, with the store `auto`, among what `environment` says. */
async function connectIn(environment: Readonly<Record<string, string>>, store = 'auto'): Promise<Outcome> {
  const script = `
    import { readFile } from 'node:fs/promises'
    import { connect, openStore } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}
    const notices = []
    const notify = ({ code }) => notices.push(code)
    const jsonWebKey = await readFile(${JSON.stringify(keyPath)}, 'utf8')
    const options = {
      tenant: ${JSON.stringify(okta.orgUrl.origin)},
      clientId: ${JSON.stringify(okta.client('service').clientId)},
      scopes: ['okta.users.read'],
      jsonWebKey,
    }
    let requests = 0
    const counting = (...args) => { requests += 1; return fetch(...args) }
    try {
      await connect(options, { store: openStore(${JSON.stringify(store)}, notify), notify, fetch: counting })
      console.log(JSON.stringify({ source: requests === 0 ? 'store' : 'grant', notices }))
    } catch ({ code, hint }) {
      console.log(JSON.stringify({ code, hint, notices }))
    }`
  const env = { PATH: process.env.PATH ?? '', CONNECT_OKTA_STATE_DIR: state, ...environment }
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env })
  return JSON.parse(stdout)
}

async function filesWithTokens(): Promise<readonly string[]> {
  const folder = join(state, 'tokens')
  const names = (await readdir(folder)).filter(name => name.endsWith('.json'))
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return names.filter((_name, index) => /accessToken|eyJ|okta\.users|127\.0\.0\.1/.test(texts[index] ?? ''))
}

describe.runIf(secretService !== undefined)('the store auto, with a keyring', () => {
  let keyring: SecretService
  beforeEach(async () => {
    keyring = await startSecretService()
    return () => keyring.stop()
  })

  it('seals: no file tells a token, an org or a scope, and the next process reads it', async () => {
    expect(await connectIn(keyring.environment)).toEqual({ source: 'grant', notices: [] })
    expect(await filesWithTokens()).toEqual([])
    expect(await connectIn(keyring.environment)).toEqual({ source: 'store', notices: [] })
  })

  it('makes one key, however many processes begin at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => connectIn(keyring.environment)))
    expect(outcomes.flatMap(({ notices }) => notices)).toEqual([])
    expect(outcomes.filter(({ source }) => source === 'grant')).toHaveLength(1)
  })

  it('seals what was plain, when it is written next', async () => {
    expect(await connectIn({})).toEqual({ source: 'grant', notices: ['store_unsealed'] })
    expect(await filesWithTokens()).not.toEqual([])
    expect(await connectIn(keyring.environment)).toEqual({ source: 'store', notices: [] })
  })

  it('says how to unlock a keyring that is locked, and keeps no plain copy', async () => {
    await connectIn(keyring.environment)
    await keyring.lock()
    expect(await connectIn(keyring.environment)).toMatchObject({
      code: 'store_failed',
      hint: expect.stringContaining('Unlock'),
    })
    expect(await filesWithTokens()).toEqual([])
  })

  it('misses, with a notice, what was sealed by a key that is gone', async () => {
    await connectIn(keyring.environment)
    const another = await startSecretService()
    try {
      expect(await connectIn(another.environment)).toMatchObject({
        source: 'grant',
        notices: expect.arrayContaining(['record_ignored']),
      })
      const names = await readdir(join(state, 'tokens'))
      expect(names.some(name => name.endsWith('.unreadable'))).toBe(true)
    } finally {
      await another.stop()
    }
  })

  it('opens no record under the name of another', async () => {
    await connectIn(keyring.environment)
    const folder = join(state, 'tokens')
    const [name = ''] = (await readdir(folder)).filter(one => /^[0-9a-f]{64}\.json$/.test(one))
    const other = `${'0'.repeat(64)}.json`
    await rename(join(folder, name), join(folder, other))
    const { listLogins, openStore } = await import('../index.js')
    const seen: string[] = []
    const before = { ...process.env }
    Object.assign(process.env, keyring.environment, { CONNECT_OKTA_STATE_DIR: state })
    try {
      const store = openStore('auto', ({ message }) => void seen.push(message))
      expect(await listLogins({ store })).toEqual([])
    } finally {
      process.env = before
    }
    expect(seen.join()).toContain('tampered')
  })

  it('without any keyring is a plain file, which it says once', async () => {
    expect(await connectIn({})).toEqual({ source: 'grant', notices: ['store_unsealed'] })
    expect(await connectIn({})).toEqual({ source: 'store', notices: [] })
  })

  it('file never asks the keyring', async () => {
    await keyring.lock()
    expect(await connectIn(keyring.environment, 'file')).toEqual({ source: 'grant', notices: [] })
  })
})
