import { readFile } from 'node:fs/promises'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri } from '../../test/support/free-redirect-uri.test.support.js'
import { emptyHome, jsonFile, run as runCommand, runOnTerminal } from '../../test/support/run.test.support.js'
import { signInAs } from '../../test/support/scripted-browser.test.support.js'
import { commonFlags } from '../command.js'
import { commandList } from '../command-list.js'

let okta: OktaEmulator
let redirectUri: string
let home: string
let program: string[]
let user: string[]

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    clients: [
      { kind: 'spa', redirectUris: [redirectUri] },
      { kind: 'service', dpop: true },
    ],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  const org = ['--tenant', okta.orgUrl.origin, '--scopes', 'okta.users.read']
  program = [...org, '--client-id', clientId, '--jwk-file', await jsonFile(home, 'key.json', jwk)]
  user = [...org, '--client-id', okta.client('spa').clientId]
})

const run = (args: readonly string[]) => runCommand(args, { HOME: home })

describe('--help', () => {
  it.each(commandList.map(({ usage, shownUsage = usage, describe }) => [shownUsage, describe]))(
    'describes %s, with examples',
    async (usage, about) => {
      const [name = ''] = usage.split(' ')
      const { code, stdout, stderr } = await run([name, '--help'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain(`connect-okta ${usage}`)
      expect(stdout).toContain(about)
      expect(stdout).toMatch(/Examples:\n {2}\S/)
      expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(100)
    },
  )

  it('lists each command that docs/cli.md shows', async () => {
    const guide = await readFile(new URL('../../../../docs/cli.md', import.meta.url), 'utf8')
    for (const { usage } of commandList) expect(guide).toContain(`connect-okta ${usage.split(' ')[0]}`)
  })

  it('lists every command and global option, and is printed without arguments too', async () => {
    const { stdout } = await run(['--help'])
    for (const { usage, describe } of commandList) {
      expect(stdout).toContain(`\n  ${usage.split(' ')[0]} `)
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(describe)
    }
    for (const name of [...Object.keys(commonFlags), 'help', 'version']) expect(stdout).toContain(`--${name}`)
    expect(await run([])).toEqual({ code: 0, stdout, stderr: '' })
  })

  it('lists common commands and options before the others', async () => {
    const places = (text: string, ...words: string[]) => words.map(word => text.indexOf(word))
    const ofProgram = places((await run(['--help'])).stdout, '  login ', '  token ', '  proxy ', '  completion ')
    const ofLogin = places(
      (await run(['login', '--help'])).stdout,
      '--new',
      '--tenant',
      '--json',
      '--ssh-agent',
      '--store',
    )
    for (const found of [ofProgram, ofLogin]) {
      expect(found).not.toContain(-1)
      expect(found).toEqual(found.toSorted((one, other) => one - other))
    }
  })

  it('shows the negated form of a switch that is on by default', async () => {
    expect((await run(['logout', '--help'])).stdout).toContain('      --no-revoke  ')
  })

  it('fits a terminal of 60 columns', async () => {
    const [shown = ''] = (await runOnTerminal(['exec', '--help'], { HOME: home }, { columns: 60 })).split('Examples:')
    expect(Math.max(...shown.split('\n').map(line => line.length))).toBeLessThanOrEqual(60)
  })
})

describe('an unknown flag', () => {
  it.each([
    ['token', '--tenat', '--tenant'],
    ['token', '--min-validty', '--min-validity'],
    ['keygen', '--rotat', '--rotate'],
    ['login', '--jwkfile', '--jwk-file'],
  ])('%s %s suggests %s', async (command, flag, near) => {
    const { code, stderr } = await run([command, flag, 'x'])
    expect(code).toBe(2)
    expect(stderr).toContain(`Did you mean ${near}?`)
    expect(stderr).toContain(`connect-okta ${command} --help`)
  })
})

describe('--quiet', () => {
  it('prints only the answer and errors', async () => {
    expect(await run(['login', ...program, '--quiet'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(await run(['token', '--quiet'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^\S+\n$/),
    })
    expect((await run(['token', '--quiet', '--tenant', 'x.okta.com'])).stderr).toContain('login_required')
  })
})

describe('token --interactive', () => {
  it('signs in with the browser only when there is no token', async () => {
    expect(await run(['token', ...user])).toMatchObject({ code: 3 })
    const env = { HOME: home, CONNECT_OKTA_REDIRECT_URI: redirectUri }
    const signIn = { openBrowser: signInAs(okta.users[0]) }
    const first = await runCommand(['token', ...user, '--interactive', '--quiet'], env, signIn)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const again = await run(['token', ...user, '--interactive'])
    expect(again).toMatchObject({ code: 0, stdout: first.stdout })
  })
})
