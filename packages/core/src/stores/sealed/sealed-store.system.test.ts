import { once } from 'node:events'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { saveEnvironment } from '../../../test/support/environment.test.support.js'
import { newFolder } from '../../../test/support/new-folder.test.support.js'
import { core, startProgram, stores } from '../../../test/support/run-program.test.support.js'
import { type SecretService, startSecretService } from '../../../test/support/secret-service.test.support.js'

const { secretService } = inject('systemNeeds')

let okta: OktaEmulator
let state: string
let keyPath: string

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  const folder = await newFolder()
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

/** Connects once in a child process with this environment. */
async function connectIn(environment: Readonly<Record<string, string>>, store = 'auto'): Promise<Outcome> {
  const program = startConnecting(environment, store)
  try {
    return await program.connect()
  } finally {
    await program.end()
  }
}

/** Starts a child process that connects once for each line of input. */
function startConnecting(environment: Readonly<Record<string, string>>, store = 'auto') {
  const script = `
    import { readFile } from 'node:fs/promises'
    import { createInterface } from 'node:readline'
    import { connect } from ${core}
    import { openStore } from ${stores}
    let notices = []
    const notify = ({ code }) => notices.push(code)
    let requests = 0
    const counting = (...args) => { requests += 1; return fetch(...args) }
    const store = openStore(${JSON.stringify(store)}, { notify })
    const options = {
      tenant: ${JSON.stringify(okta.orgUrl.origin)},
      clientId: ${JSON.stringify(okta.client('service').clientId)},
      scopes: ['okta.users.read'],
      jsonWebKey: await readFile(${JSON.stringify(keyPath)}, 'utf8'),
    }
    for await (const mode of createInterface({ input: process.stdin })) {
      requests = 0
      notices = []
      try {
        await connect({ ...options, forceLogin: mode === 'force' }, { store, notify, fetch: counting })
        console.log(JSON.stringify({ source: requests === 0 ? 'store' : 'grant', notices }))
      } catch ({ code, hint }) {
        console.log(JSON.stringify({ code, hint, notices }))
      }
    }`
  const child = startProgram(script, { env: { CONNECT_OKTA_STATE_DIR: state, ...environment } })
  const lines = createInterface({ input: child.stdout })
  return {
    async connect(mode: 'default' | 'force' = 'default'): Promise<Outcome> {
      child.stdin.write(`${mode}\n`)
      const [line] = (await once(lines, 'line')) as [string]
      return JSON.parse(line)
    },
    async end() {
      child.stdin.end()
      await once(child, 'close')
    },
  }
}

async function filesWithTokens(): Promise<readonly string[]> {
  const folder = join(state, 'tokens')
  const names = (await readdir(folder)).filter(name => name.endsWith('.json'))
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return names.filter((_name, index) => /accessToken|eyJ|okta\.users|127\.0\.0\.1/.test(texts[index] ?? ''))
}

describe.runIf(secretService !== undefined)('the store auto with a keyring', () => {
  let keyring: SecretService
  beforeEach(async () => {
    keyring = await startSecretService()
    return () => keyring.stop()
  })

  it('encrypts tokens, orgs and scopes so that another process can read them', async () => {
    expect(await connectIn(keyring.environment)).toEqual({ source: 'grant', notices: [] })
    expect(await filesWithTokens()).toEqual([])
    expect(await connectIn(keyring.environment)).toEqual({ source: 'store', notices: [] })
  })

  it('creates one key when several processes start at the same time', async () => {
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => connectIn(keyring.environment)))
    // On a slow machine, a process can report that it waits.
    expect(outcomes.flatMap(({ notices }) => notices).filter(code => code !== 'waiting')).toEqual([])
    expect(outcomes.filter(({ source }) => source === 'grant')).toHaveLength(1)
  })

  it('reads records that were stored without a keyring', async () => {
    expect(await connectIn({})).toEqual({ source: 'grant', notices: ['store_unencrypted'] })
    expect(await filesWithTokens()).not.toEqual([])
    expect(await connectIn(keyring.environment)).toEqual({ source: 'store', notices: [] })
  })

  it('reports how to unlock a locked keyring and stores nothing unencrypted', async () => {
    await connectIn(keyring.environment)
    await keyring.lock()
    expect(await connectIn(keyring.environment)).toMatchObject({
      code: 'store_failed',
      hint: expect.stringContaining('Unlock'),
    })
    expect(await filesWithTokens()).toEqual([])
  })

  it('keeps encrypting with the key in memory when the keyring is locked later', async () => {
    const program = startConnecting(keyring.environment)
    try {
      expect(await program.connect()).toEqual({ source: 'grant', notices: [] })
      await keyring.lock()
      expect(await program.connect('force')).toEqual({ source: 'grant', notices: [] })
      expect(await program.connect()).toEqual({ source: 'store', notices: [] })
      expect(await filesWithTokens()).toEqual([])
    } finally {
      await program.end()
    }
  })

  it('reads the key in a running process after the keyring is unlocked', async () => {
    await connectIn(keyring.environment)
    await keyring.lock()
    const program = startConnecting(keyring.environment)
    try {
      expect(await program.connect()).toMatchObject({ code: 'store_failed', hint: expect.stringContaining('Unlock') })
      await keyring.unlock()
      expect(await program.connect()).toEqual({ source: 'store', notices: [] })
    } finally {
      await program.end()
    }
  })

  it('ignores a record of a key that no longer exists and reports a notice', async () => {
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

  it('rejects a record that was renamed to the name of another', async () => {
    await connectIn(keyring.environment)
    const folder = join(state, 'tokens')
    const [name = ''] = (await readdir(folder)).filter(fileName => /^[0-9a-f]{64}\.json$/.test(fileName))
    const other = `${'0'.repeat(64)}.json`
    await rename(join(folder, name), join(folder, other))
    const { listLogins, openStore } = await import('../../exports/stores.js')
    const messages: string[] = []
    const restoreEnvironment = saveEnvironment()
    Object.assign(process.env, keyring.environment, { CONNECT_OKTA_STATE_DIR: state })
    try {
      const store = openStore('auto', { notify: ({ message }) => void messages.push(message) })
      expect(await listLogins({ store })).toEqual([])
    } finally {
      restoreEnvironment()
    }
    expect(messages.join()).toContain('modified')
  })

  it('uses unencrypted files without a keyring and reports a notice once', async () => {
    expect(await connectIn({})).toEqual({ source: 'grant', notices: ['store_unencrypted'] })
    expect(await connectIn({})).toEqual({ source: 'store', notices: [] })
  })

  it('does not use the keyring when the store is file', async () => {
    await keyring.lock()
    expect(await connectIn(keyring.environment, 'file')).toEqual({ source: 'grant', notices: [] })
  })
})
