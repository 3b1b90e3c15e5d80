import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, jsonFile } from '../../test/support/run.test.support.js'
import { spawnProgram } from '../../test/support/spawn.test.support.js'

const variable = 'NoDefaultCurrentDirectoryInExePath'
const repository = new URL('../../../../', import.meta.url)

let okta: OktaEmulator
let home: string
let env: Record<string, string>
let exec: string[]

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  env = { HOME: home, USERPROFILE: home, SystemRoot: process.env.SystemRoot ?? '', CONNECT_OKTA_STORE: 'memory' }
  const { clientId, jwk } = okta.client('service')
  const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  exec = ['exec', ...app, '--jwk-file', await jsonFile(home, 'key.json', jwk), '--for', 'env:TOKEN', '--']
})

async function run(args: readonly string[], variables: Readonly<Record<string, string>> = {}, program?: string) {
  const { child, result } = spawnProgram(args, { ...env, ...variables }, home, program)
  child.stdin.end()
  return await result()
}

describe('on a process that reports the platform of Windows', () => {
  const print = [process.execPath, '-p', `process.env.${variable}`]

  beforeEach(() => {
    const hook = `Object.defineProperty(process, 'platform', { value: 'win32' })
      process.once('exit', () => console.error('searches only PATH: ' + process.env.${variable}))`
    env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hook)}`
  })

  it.each([
    ['connect-okta', 'packages/cli/dist/main.cjs', ['--version']],
    ['connect-okta-server', 'packages/server/dist/main.js', ['--help']],
  ])('%s starts no program of the current folder', async (_name, path, args) => {
    const program = fileURLToPath(new URL(path, repository))
    expect(await run(args, {}, program)).toMatchObject({ code: 0, stderr: expect.stringContaining('only PATH: 1') })
  })

  it('exec passes the variable on only if it was set before', async () => {
    expect(await run([...exec, ...print])).toMatchObject({ code: 0, stdout: 'undefined\n' })
    expect(await run([...exec, ...print], { [variable]: '0' })).toMatchObject({ code: 0, stdout: '0\n' })
  })
})

// The libuv of Node 20 also starts it if the variable is set.
describe.runIf(process.platform === 'win32' && !process.versions.node.startsWith('20.'))('on Windows', () => {
  it('exec starts a program of the current folder only by its path', async () => {
    await copyFile(process.execPath, join(home, 'planted.exe'))
    expect(await run([...exec, 'planted', '-p', '1'])).toMatchObject({ code: 6, stdout: '' })
    expect(await run([...exec, '.\\planted', '-p', '1'])).toMatchObject({ code: 0, stdout: '1\n' })
  })
})
