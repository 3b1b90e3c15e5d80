import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readRecipePage } from './recipe-page.test.support.js'
import { type RecipeUser, startRecipeUser } from './recipe-user.test.support.js'

const run = promisify(execFile)
const { systemdAnalyze } = inject('systemNeeds')

describe('docs/recipes/systemd.md', async () => {
  const page = await readRecipePage('systemd')
  const units = ['okta-users.service', 'okta-users.timer']
  const service = page.file('okta-users.service')
  const valuesOf = (name: string) =>
    [...service.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)
  let user: RecipeUser

  beforeAll(async () => {
    user = await startRecipeUser()
    for (const name of units) await writeFile(join(user.home, name), page.file(name))
    await writeFile(join(user.home, 'okta-key.json'), user.key)
  })
  afterAll(() => user[Symbol.asyncDispose]())

  it.skipIf(!systemdAnalyze)('has valid units', async () => {
    const command = page.commands.join('').match(/^systemd-analyze .*$/m)?.[0] ?? ''
    expect(await user.run(command)).toEqual({ code: 0, stdout: '', stderr: '' })
    const [, time = ''] = /^OnCalendar=(.*)$/m.exec(page.file('okta-users.timer')) ?? []
    await run(systemdAnalyze ?? '', ['calendar', time])
  })

  it.skipIf(!systemdAnalyze)('has a service that systemd rates as safe', async () => {
    // 40: "OK" begins below 5.0 of 10.
    await run(
      systemdAnalyze ?? '',
      ['security', '--offline=true', '--no-pager', '--threshold=50', 'okta-users.service'],
      {
        cwd: user.home,
      },
    )
  })

  it('installs the units, and the key for root only', async () => {
    await mkdir(join(user.home, 'etc/systemd/system'), { recursive: true })
    await user.addProgram('sudo', 'exec "$@"')
    // Checks that each unit that it is given is installed.
    await user.addProgram(
      'systemctl',
      'for name; do case $name in *.*) test -e "etc/systemd/system/$name" ;; esac || exit 5; done',
    )
    const install = page.commands.find(command => command.includes('sudo install')) ?? ''
    expect(await user.run(install.replaceAll(' /etc/', ' etc/'))).toMatchObject({ code: 0, stderr: '' })
    const key = await stat(join(user.home, 'etc/connect-okta/okta-key.json'))
    expect((key.mode & 0o777).toString(8)).toBe('600')
    const folder = await stat(join(user.home, 'etc/connect-okta'))
    expect((folder.mode & 0o777).toString(8)).toBe('700')
  })

  /** Starts the service as systemd does: with its credentials in a folder, and no other variables than its own. */
  async function start(change: (key: string) => string = key => key) {
    const credentials = await mkdtemp(join(tmpdir(), 'credentials-'))
    for (const value of valuesOf('LoadCredential')) {
      const [name = '', source] = value.split(':')
      expect(source).toBe('/etc/connect-okta/okta-key.json')
      await writeFile(join(credentials, name), change(user.key), { mode: 0o400 })
    }
    const variables = valuesOf('Environment').map(
      value => value.replaceAll('%d', credentials).split('=') as [string, string],
    )
    const env = Object.fromEntries(variables.map(([name, value]) => [name, user.adapt(value)]))
    const [command = ''] = valuesOf('ExecStart')
    return await user.run(command, { HOME: '/', CREDENTIALS_DIRECTORY: credentials, ...env })
  }

  it('writes a user on each line', async () => {
    const { code, stdout, stderr } = await start()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(
      stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).profile.login),
    ).toContain('ada.lovelace@example.com')
    expect(valuesOf('StandardOutput')).toEqual([`truncate:/var/lib/${valuesOf('StateDirectory')}/users.ndjson`])
  })

  it('fails with status 2 when the key is not valid', async () => {
    expect(await start(() => '{}')).toMatchObject({ code: 2, stdout: '' })
  })

  it('contains no secret', async () => {
    expect(await readFile(join(user.home, 'okta-users.service'), 'utf8')).not.toMatch(/SetCredential|SECRET|"d"/)
  })
})
