import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { freeRedirectUri } from './person.test.support.js'
import { describeInPowerShell, environmentIn, moduleFolder, powershell } from './shell.test.support.js'

const tmux = inject('systemNeeds').tmux
const run = promisify(execFile)

describeInPowerShell('a terminal', () => {
  let okta: OktaEmulator
  let home: string
  let redirectUri: string
  beforeAll(async () => {
    redirectUri = await freeRedirectUri()
    home = await mkdtemp(join(tmpdir(), 'terminal-'))
    okta = await startOktaEmulator({
      clients: [
        { kind: 'spa', redirectUris: [redirectUri] },
        { kind: 'service', scopes: ['okta.users.read'] },
      ],
    })
    await writeFile(join(home, 'key.json'), JSON.stringify(okta.client('service').jwk), { mode: 0o600 })
  })
  afterAll(async () => {
    await tell('kill-server').catch(() => {})
    await rm(home, { recursive: true, force: true })
    await okta.close()
  })

  const tell = (...args: string[]) => run(tmux ?? '', ['-S', join(home, 'tmux'), ...args])
  const type = (line: string) => tell('send-keys', '-l', line).then(() => tell('send-keys', 'Enter'))

  /** Waits until the screen shows something, and returns the match. */
  async function shown(pattern: RegExp): Promise<RegExpExecArray> {
    let screen = ''
    for (let tries = 0; tries < 600; tries++) {
      screen = (await tell('capture-pane', '-p', '-J', '-S', '-200')).stdout
      const found = pattern.exec(screen)
      if (found !== null) return found
      await sleep(100)
    }
    throw new Error(`${pattern} does not show on this screen:\n${screen}`)
  }

  it.skipIf(tmux === undefined)('in which Ctrl+C ends a sign-in leaves shell, shim and store usable', async () => {
    const settings = Object.entries(environmentIn(home)).map(([name, value]) => `${name}=${value}`)
    const shell = ['env', ...settings, powershell, '-NoLogo', '-NoProfile'].map(word => `'${word}'`).join(' ')
    await tell('new-session', '-d', '-x', '240', '-y', '60', shell)
    await shown(/PS.*> *$/m)
    const signIn = `Connect-Okta -Tenant ${okta.orgUrl.origin} -ClientId ${okta.client('spa').clientId} -RedirectUri ${redirectUri} -NoBrowser`
    const tellShim = (mark: string) =>
      type(
        `& (Get-Module ConnectOkta) { '${mark}' + ' ' + $script:Shim.Process.Id + ' ' + $script:Shim.Process.HasExited }`,
      )

    await type(`Import-Module '${join(moduleFolder, 'ConnectOkta.psd1')}'; ${signIn} -Scopes okta.users.read`)
    await shown(/authorize\?/)
    await tell('send-keys', 'C-c')
    await tellShim('first')
    const [, first] = await shown(/^first (\d+) False/m)

    // The port and the lock of the login are free again, so another sign-in gets as far, and is given up as well.
    await type(`${signIn} -Scopes okta.users.manage`)
    await shown(/authorize\?[\s\S]*authorize\?/)
    await tell('send-keys', 'C-c')
    await type(
      `Connect-Okta -Tenant ${okta.orgUrl.origin} -ClientId ${okta.client('service').clientId} -Scopes okta.users.read -JsonWebKey ([IO.File]::ReadAllText('${home}/key.json'))`,
    )
    await type(`'sta' + 'tus: ' + (Invoke-OktaApi -Path '/api/v1/users?limit=1').status`)
    await shown(/^status: ACTIVE/m)
    await tellShim('second')
    const [, second] = await shown(/^second (\d+) False/m)
    expect(second).toBe(first)
    // The view of the module, which no test in a pipe sees.
    await type('Get-OktaContext')
    await shown(
      new RegExp(
        `^Tenant +ClientId +Grant +ExpiresOn +Scopes[\\s\\S]*^${okta.orgUrl.host} .*client_credentials .*okta.users.read`,
        'm',
      ),
    )
  })
})
