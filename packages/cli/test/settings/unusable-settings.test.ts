import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'

let okta: OktaEmulator
let home: string
let app: string[]

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  const org = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  app = [...org, '--jwk-file', await jsonFile(home, 'key.json', jwk)]
})

type Variables = Readonly<Record<string, string>>
const run = (args: readonly string[], env: Variables = {}) =>
  runCommand(args, { HOME: home, BROWSER: '/bin/true', ...env })

async function broken(file: string, content: string): Promise<void> {
  const path = join(home, file)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, content, { mode: 0o600 })
}

describe.each<[string, Variables, () => Promise<void>, string]>([
  ['okta.yaml is not YAML', {}, () => broken('.okta/okta.yaml', 'okta:\n\tclient: x\n'), 'okta.yaml, line 2'],
  [
    'profiles.yaml has an unknown setting',
    {},
    () => broken('.config/connect-okta/profiles.yaml', 'profiles: { ci: { tenat: x } }\n'),
    'unknown setting "tenat"',
  ],
  [
    'CONNECT_OKTA_PROFILE names no profile',
    { CONNECT_OKTA_PROFILE: 'nope' },
    async () => {},
    'no profile named "nope"',
  ],
])('when %s,', (_what, env, prepare, reason) => {
  it('status lists the sign-ins, with a note', async () => {
    expect(await run(['login', ...app])).toMatchObject({ code: 0 })
    await prepare()
    const { code, stdout, stderr } = await run(['status'], env)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(okta.orgUrl.host) })
    expect(stderr).toContain(reason)
    expect(stderr).toContain('note: ')
    const inState = { ...env, CONNECT_OKTA_STATE_DIR: join(home, 'other') }
    expect((await run(['status'], inState)).stderr).toContain(join(home, 'other'))
    expect((await run(['status', '--store', 'cloud'], env)).code).toBe(2)
    expect((await run(['status'], { ...env, CONNECT_OKTA_STORE: 'cloud' })).stderr).toContain('cloud')
  })

  it('logout --all ends the sign-ins, with a note', async () => {
    await run(['login', ...app])
    await prepare()
    const { code, stdout, stderr } = await run(['logout', '--all', '--no-revoke', '--json'], env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(reason) })
    expect(JSON.parse(stdout)).toHaveLength(1)
  })

  it('doctor reports it, and checks everything else', async () => {
    await prepare()
    const { code, stdout } = await run(['doctor', '--json'], env)
    const findings = JSON.parse(stdout) as { check: string; outcome: string; message: string; fix?: string }[]
    expect({ code, failed: findings.filter(({ outcome }) => outcome === 'failure') }).toEqual({
      code: 2,
      failed: [
        { check: 'settings', outcome: 'failure', message: expect.stringContaining(reason), fix: expect.any(String) },
      ],
    })
    expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(['tenant', 'keyring', 'store']))
  })
})

describe('when a variable is invalid that is not needed,', () => {
  const env = { CONNECT_OKTA_SCOPES: '' }

  it('status lists the sign-ins of the store, with a note', async () => {
    await run(['login', ...app])
    const { code, stdout, stderr } = await run(['status'], { ...env, CONNECT_OKTA_STORE: 'file' })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(okta.orgUrl.host) })
    expect(stderr).toContain('note: Ignoring invalid settings: CONNECT_OKTA_SCOPES is empty.')
    expect(await run(['status'], { ...env, CONNECT_OKTA_STORE: '%STORE%' })).toMatchObject({ code: 2, stdout: '' })
  })

  it('logout --all ends the sign-ins, with a note', async () => {
    await run(['login', ...app])
    const { code, stderr } = await run(['logout', '--all', ...app.slice(-2)], env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('CONNECT_OKTA_SCOPES is empty') })
    expect(stderr).toContain('Disconnected')
  })

  it('doctor reports it, and checks everything else', async () => {
    const { code, stdout } = await run(['doctor', ...app.filter(word => !/^--scopes|okta\.users/.test(word))], env)
    expect(code).toBe(2)
    expect(stdout).toMatch(/^failure {2}settings .*CONNECT_OKTA_SCOPES is empty/)
    expect(stdout).toMatch(/^ok {7}clock /m)
  })
})

describe('doctor', () => {
  it('reports a file that is not needed as a warning', async () => {
    await broken('.okta/okta.yaml', 'okta:\n\tclient: x\n')
    const { code, stdout } = await run(['doctor', ...app])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^warning {2}settings .*okta\.yaml, line 2/)
    expect(stdout).toMatch(/^ok {7}app /m)
  })

  it('reports a profile that does not exist, and checks this machine', async () => {
    const { code, stdout } = await run(['doctor', '--profile', 'nope'])
    expect(code).toBe(2)
    expect(stdout).toMatch(/^failure {2}settings .*no profile named "nope"/)
    expect(stdout).toMatch(/^ok {7}store /m)
  })
})

describe('logout', () => {
  it('fails when the profile that --profile names does not exist', async () => {
    await run(['login', ...app])
    expect(await run(['logout', '--all', '--profile', 'nope'])).toMatchObject({ code: 2, stdout: '' })
    expect((await run(['status'])).stdout).toContain(okta.orgUrl.host)
  })
})
