import { randomUUID } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'
import { runProgram } from '../support/spawn.test.support.js'

// It has a keyring, so the code that decrypts is loaded too.
const isWindows = process.platform === 'win32'

let okta: OktaEmulator
let home: string
let keyFile: string

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  keyFile = await jsonFile(home, 'key.json', jwk)
  const connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  const login = await run(['login', '--profile', 'ci', ...connection, '--jwk-file', keyFile])
  expect(login).toMatchObject({ code: 0 })
})

const run = (args: readonly string[]) => runCommand(args, { HOME: home })

describe('a cached token', () => {
  // Text that each library contains, also in a bundle.
  const marks = { OAuth: /oauth4webapi/, jose: /ERR_JWS_INVALID/, YAML: /tag:yaml\.org/, undici: /undici\.error/ }

  async function loaded(args: readonly string[], env = {}): Promise<{ names: string[]; files: number }> {
    const folder = join(home, `coverage-${randomUUID()}`)
    const { code } = await runProgram(args, { HOME: home, ...env, NODE_V8_COVERAGE: folder })
    expect(code).toBe(0)
    const [report = ''] = await readdir(folder)
    const { result } = JSON.parse(await readFile(join(folder, report), 'utf8')) as { result: { url: string }[] }
    const urls = result.map(({ url }) => url).filter(url => url.startsWith('file:'))
    const texts = await Promise.all(urls.map(url => readFile(new URL(url), 'utf8')))
    const names = Object.entries(marks).filter(([, mark]) => texts.some(text => mark.test(text)))
    return { names: names.map(([name]) => name), files: urls.length }
  }

  it.skipIf(isWindows)('loads no OAuth code and reads no YAML', async () => {
    await run(['token', '--profile', 'ci'])
    expect(await loaded(['token', '--profile', 'ci'])).toEqual({ names: [], files: 2 })
    // For comparison: a new token needs OAuth code.
    const forced = await loaded(['token', '--profile', 'ci', '--force-refresh'], {
      CONNECT_OKTA_STATE_DIR: join(home, 'b'),
    })
    expect(forced.names).toContain('OAuth')
  })

  it('needs no key when a profile names one', async () => {
    await writeFile(keyFile, 'no key any more')
    expect(await run(['token', '--profile', 'ci'])).toMatchObject({ code: 0, stderr: '' })
    expect(await run(['token', '--profile', 'ci', '--force-refresh'])).toMatchObject({ code: 2, stdout: '' })
  })
})
