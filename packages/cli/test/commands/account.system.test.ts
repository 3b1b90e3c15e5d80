import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freeRedirectUri } from '../support/free-redirect-uri.test.support.js'
import { emptyHome, run, runOnTerminal } from '../support/run.test.support.js'
import { signInAs } from '../support/scripted-browser.test.support.js'
import { runProgramOnTerminal } from '../support/spawn.test.support.js'

let okta: OktaEmulator
let redirectUri: string
let home: string
let env: Record<string, string>
let login: string[]

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({ clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  env = { HOME: home }
  login = ['login', '--tenant', okta.orgUrl.origin, '--client-id', okta.client('spa').clientId]
  login.push('--scopes', 'okta.users.read', '--redirect-uri', redirectUri)
})

const inBrowser = () => ({ openBrowser: signInAs(okta.users[0]) })

describe('login in the browser', () => {
  it('prints the account that signed in, as do status and logout, in text and in JSON', async () => {
    const [user = { login: '' }] = okta.users
    const account = expect.objectContaining({ login: user.login, sub: expect.stringMatching(/^00u/) })
    expect((await run(login, env, inBrowser())).stderr).toContain(`\nSigned in as ${user.login} (Ada Lovelace).\n`)
    expect((await run(login, env, inBrowser())).stderr).toMatch(/Already connected [\s\S]*Signed in as/)
    const { stdout } = await run([...login, '--force', '--json'], env, inBrowser())
    expect(JSON.parse(stdout)).toMatchObject({ account })
    expect((await run(['status'], env)).stdout).toContain(`* ${okta.orgUrl.host}  ${user.login} (Ada Lovelace)  `)
    expect(JSON.parse((await run(['status', '--json'], env)).stdout)).toMatchObject([{ account }])
    expect((await run(['doctor'], env)).stderr).toContain(`your latest sign-in (${user.login}).`)
    expect((await run(['logout'], env)).stderr).toContain(`, signed in as ${user.login}.`)
    await run(login, env, inBrowser())
    expect(JSON.parse((await run(['logout', '--json'], env)).stdout)).toMatchObject([{ account, revoked: true }])
  })

  it('prints the user ID of an account when its username has control characters', async () => {
    const user = { login: 'ada\u009B2J\u202E\u001B[31m\nerror: x', password: 'secret' }
    const clients = [{ kind: 'spa' as const, redirectUris: [redirectUri] }]
    await using org = await startOktaEmulator({ clients, users: [user] })
    const app = [
      '--tenant',
      org.orgUrl.origin,
      '--client-id',
      org.client('spa').clientId,
      '--redirect-uri',
      redirectUri,
    ]
    for (const args of [['login', ...app, '--scopes', 'okta.users.read'], ['status'], ['doctor'], ['logout']]) {
      const shown = await runOnTerminal(args, env, { openBrowser: signInAs(user) })
      expect(shown).toMatch(/\b00u\w{10,}/)
      expect(shown).not.toContain('error: x')
      expect(shown).not.toMatch(/(?![\r\n\t])[\p{Cc}\u202E]/u)
    }
  })

  it('reports a stored sign-in when the clock was set back since', async () => {
    expect((await run(login, env, inBrowser())).stderr).not.toContain('Already')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 4 * 60_000 })
    onTestFinished(() => void vi.useRealTimers())
    expect((await run(login, env, inBrowser())).stderr).toContain('Already connected')
  })

  it.skipIf(process.platform !== 'linux')('counts down when the clock is set back during the wait', async () => {
    const setBack = 'const real = Date.now; setTimeout(() => { Date.now = () => real() - 3_600_000 }, 900)'
    await writeFile(join(home, 'clock.cjs'), setBack)
    const options = { ...env, CI: '', BROWSER: 'true', NODE_OPTIONS: `--require ${join(home, 'clock.cjs')}` }
    const shown = await runProgramOnTerminal([...login, '--timeout', '4s'], options)
    const left = [...shown.matchAll(/browser, (\d+:\d\d) left/g)].map(([, time]) => time)
    expect(left.length).toBeGreaterThan(2)
    expect(left.filter(time => !/^0:0[0-4]$/.test(time ?? ''))).toEqual([])
  })
})
