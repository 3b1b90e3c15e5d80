import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'

// It has neither mkfifo nor /proc.
const isWindows = process.platform === 'win32'

let okta: OktaEmulator
let home: string
let keyFile: string
let connection: string[]

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  okta.clearRequests()
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  keyFile = await jsonFile(home, 'key.json', jwk)
  connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
})

const run = (args: readonly string[]) => runCommand(args, { HOME: home })
const profilesFile = () => readFile(join(home, '.config/connect-okta/profiles.yaml'), 'utf8')

describe('login --profile', () => {
  it.skipIf(isWindows)('does not save the path of a key that can be read only once', async () => {
    const pipe = join(home, 'pipe')
    execFileSync('mkfifo', ['-m', '600', pipe])
    const writer = spawn('sh', ['-c', 'cat "$0" > "$1"', keyFile, pipe], { stdio: 'ignore' })
    const { code, stderr } = await run(['login', '--profile', 'ci', ...connection, '--jwk-file', pipe])
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('note: The profile does not contain: key.'),
    })
    expect(await profilesFile()).not.toContain('pipe')
    if (writer.exitCode === null) await once(writer, 'exit')
  })

  it.skipIf(isWindows)('does not save the path of a key that only this process has', async () => {
    for (const path of [`/proc/self/root${keyFile}`, `/dev/../proc/${process.pid}/root${keyFile}`]) {
      const { code, stderr } = await run(['login', '--profile', 'ci', ...connection, '--jwk-file', path])
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('note: The profile does not contain: key.'),
      })
      expect(await profilesFile()).not.toContain('/proc')
    }
  })

  it.each(['@', 'file:', 'file://', ''])(
    'saves the path that was read when the key is given as %sPATH',
    async prefix => {
      const path = `${prefix}${prefix === 'file://' ? keyFile : relative('.', keyFile)}`
      expect(await run(['login', '--profile', 'ci', ...connection, '--jwk-file', path])).toMatchObject({ code: 0 })
      expect(await profilesFile()).toContain(`file: ${keyFile}\n`)
    },
  )

  it.each(['my prod', '-', 'a/b', '__proto__', 'x'.repeat(65)])(
    'rejects %s as a name before it signs in',
    async name => {
      const { code, stdout, stderr } = await run(['login', `--profile=${name}`, ...connection, '--jwk-file', keyFile])
      expect({ code, stdout, stderr }).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('not a valid profile name'),
      })
      expect(okta.requests).toEqual([])
    },
  )
})

describe('an unexpected word', () => {
  it('is suggested as the profile when one has this name', async () => {
    await run(['login', '--profile', 'ci', ...connection, '--jwk-file', keyFile])
    expect(await run(['token', 'ci'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--profile ci') })
    expect((await run(['token', 'prod'])).stderr).not.toContain('--profile')
  })
})
