import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'

let okta: OktaEmulator
let folder: string
let app: string[]

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  folder = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  const org = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  app = [...org, '--jwk-file', await jsonFile(folder, 'key.json', jwk)]
})

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCommand(args, { BROWSER: '/bin/true', ...env }, { cwd: folder, hasHome: false })

describe('a user without a home folder', () => {
  it('gets a token when the store is memory', async () => {
    const { code, stdout } = await run(['token', '--store', 'memory', ...app])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\S+\n$/) })
    const api = ['api', 'GET', '/api/v1/users', '-F', 'limit=1', '--store', 'memory', ...app]
    expect(await run(api)).toMatchObject({ code: 0 })
    expect(await run(['header', '--url', '/api/v1/users', '--store', 'memory', ...app])).toMatchObject({ code: 0 })
    expect(await run(['login', '--store', 'memory', ...app])).toMatchObject({ code: 0 })
    expect(await run(['status', '--store', 'memory'])).toMatchObject({ code: 0 })
  })

  it('generates a key, and completes command lines', async () => {
    expect(await run(['keygen', '--type', 'P-256', '--file', '-'])).toMatchObject({ code: 0 })
    expect(await run(['keygen', '--type', 'P-256', '--file', 'new.json'])).toMatchObject({ code: 0 })
    expect(await run(['__complete', 'token', '--profile', '='])).toEqual({ code: 0, stdout: '', stderr: '' })
    const { stdout } = await run(['__complete', 'token', '--scopes', '=okta.users.r'])
    expect(stdout).toContain('okta.users.read')
  })

  it('reports what to set when a command needs a folder', async () => {
    for (const args of [
      ['token', ...app],
      ['status'],
      ['profiles'],
      ['login', '--store', 'memory', '--profile', 'x'],
    ]) {
      const { code, stderr } = await run(args)
      expect({ args, code, stderr }).toEqual({ args, code: 6, stderr: expect.stringContaining('Set HOME') })
    }
    const tilde = await run(['token', '--store', 'memory', ...app.slice(0, -1), '~/key.json'])
    expect(tilde).toMatchObject({ code: 6, stderr: expect.stringContaining('no home folder') })
  })

  it('gets the results of all other checks when doctor runs', async () => {
    const { code, stdout } = await run(['doctor', '--json', ...app])
    const findings = JSON.parse(stdout) as { check: string; outcome: string; message: string; fix?: string }[]
    expect(code).toBe(6)
    expect(findings.filter(({ outcome }) => outcome === 'failure')).toEqual([
      {
        check: 'store',
        outcome: 'failure',
        message: expect.stringContaining('no home'),
        fix: expect.stringMatching(/HOME/),
      },
    ])
    expect(findings).toContainEqual(expect.objectContaining({ check: 'app', outcome: 'ok' }))
  })
})

describe('doctor', () => {
  it.each<[string, string[], Record<string, string>]>([
    ['has an unknown name', ['--store', 'cloud'], {}],
    ['has a relative folder', [], { CONNECT_OKTA_STATE_DIR: 'relative' }],
    ['is a Redis without a key', ['--store', 'redis://127.0.0.1:1'], {}],
  ])('reports the store, and checks everything else, when the store %s', async (_what, flags, env) => {
    const { code, stdout } = await run(['doctor', '--json', ...app, ...flags], env)
    const findings = JSON.parse(stdout) as { check: string; outcome: string }[]
    const failed = findings.filter(({ outcome }) => outcome === 'failure').map(({ check }) => check)
    expect({ code, failed }).toEqual({ code: 6, failed: ['store'] })
  })
})
