import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { renderUnicodeCompact } from 'uqr'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { describeInPowerShell, environmentIn, moduleFolder, powershell } from '../support/shell.test.support.js'
import { freeRedirectUri } from '../support/user-browser.test.support.js'

const tmux = inject('systemNeeds').tmux
const run = promisify(execFile)

describeInPowerShell('the module in a terminal', () => {
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
        { kind: 'native' },
      ],
    })
    await writeFile(join(home, 'key.json'), JSON.stringify(okta.client('service').jwk), { mode: 0o600 })
  })
  afterAll(async () => {
    await tmuxCommand('kill-server').catch(() => {})
    await rm(home, { recursive: true, force: true })
    await okta.close()
  })

  const tmuxCommand = (...args: string[]) => run(tmux ?? '', ['-S', join(home, 'tmux'), ...args])
  const type = (line: string) => tmuxCommand('send-keys', '-l', line).then(() => tmuxCommand('send-keys', 'Enter'))

  /** Waits until the screen shows something, and returns the match. */
  async function shown(pattern: RegExp): Promise<RegExpExecArray> {
    let screen = ''
    for (let tries = 0; tries < 600; tries++) {
      screen = (await tmuxCommand('capture-pane', '-p', '-J', '-S', '-200')).stdout
      const found = pattern.exec(screen)
      if (found !== null) return found
      await sleep(100)
    }
    throw new Error(`${pattern} does not show on this screen:\n${screen}`)
  }

  const shimProcess = '(& (Get-Module ConnectOkta) { $script:NodeProcess.Process.Id })'
  const users = "Invoke-OktaApi -Path '/api/v1/users?limit=1'"
  const clear = () => type('Clear-Host').then(() => shown(/^PS[^\n]*>\s*$/))

  it.skipIf(tmux === undefined)('stays usable when Ctrl+C cancels a sign-in', async () => {
    const settings = Object.entries(environmentIn(home)).map(([name, value]) => `${name}=${value}`)
    const shell = ['env', ...settings, powershell, '-NoLogo', '-NoProfile'].map(word => `'${word}'`).join(' ')
    await tmuxCommand('new-session', '-d', '-x', '240', '-y', '60', shell)
    await shown(/PS.*> *$/m)
    const signIn = `Connect-Okta -Tenant ${okta.orgUrl.origin} -ClientId ${okta.client('spa').clientId} -RedirectUri ${redirectUri} -NoBrowser`

    await type(`Import-Module '${join(moduleFolder, 'ConnectOkta.psd1')}'; ${signIn} -Scopes okta.users.read`)
    await shown(/authorize\?/)
    await tmuxCommand('send-keys', 'C-c')
    await type(`'first: ' + ${shimProcess}`)
    const [, first] = await shown(/^first: (\d+)/m)

    // The port and the lock of the sign-in are free again: another sign-in shows its address too. It is cancelled as well.
    await type(`${signIn} -Scopes okta.users.manage`)
    await shown(/authorize\?[\s\S]*authorize\?/)
    await tmuxCommand('send-keys', 'C-c')
    await type('$jwk = Get-Content -Raw ~/key.json')
    await type(
      `Connect-Okta -Tenant ${okta.orgUrl.origin} -ClientId ${okta.client('service').clientId} -Scopes okta.users.read -JsonWebKey $jwk`,
    )
    await type(`'sta' + 'tus: ' + (${users}).status`)
    await shown(/^status: ACTIVE/m)
    await type(`'second: ' + ${shimProcess}`)
    const [, second] = await shown(/^second: (\d+)/m)
    expect(second).toBe(first)
  })

  it.skipIf(tmux === undefined)(
    'stays usable when Ctrl+C cancels a rate limit wait and a request for pages',
    async () => {
      await clear()
      const limit = okta.fault({ endpoint: '/api/v1/users', status: 429, retryAfterSeconds: 50 })
      await type(users)
      await shown(/rate limit is reached. Continuing in/)
      await tmuxCommand('send-keys', 'C-c')
      await type("'wait' + ' cancelled'")
      await shown(/^wait cancelled/m)
      limit.remove()
      const slow = okta.fault({ endpoint: '/api/v1/users', delayMs: 1_000 })
      await type(`${users} -Paginate | ForEach-Object { 'us' + 'er ' + $_.status }`)
      await shown(/^user ACTIVE[\s\S]*^user ACTIVE/m)
      await tmuxCommand('send-keys', 'C-c')
      await type("'pages' + ' cancelled'")
      await shown(/^pages cancelled/m)
      slow.remove()
      await clear()
      await type(`'and ' + (${users}).status`)
      await shown(/^and ACTIVE/m)
    },
  )

  it.skipIf(tmux === undefined)('shows a QR code for another device when the terminal is wide enough', async () => {
    const connect = `Connect-Okta -Tenant ${okta.orgUrl.origin} -ClientId ${okta.client('native').clientId} -UseDeviceCode`
    await clear()
    await type(connect)
    const [, address = ''] = await shown(/^To sign in, go to \S+\nand enter the code .*\nOr open (\S+)\nOr scan:\n/m)
    const drawing = renderUnicodeCompact(address, { border: 2 })
    await shown(
      new RegExp(
        drawing
          .split('\n')
          .map(line => `${line.trimEnd()} *`)
          .join('\n'),
      ),
    )
    await tmuxCommand('send-keys', 'C-c')
    await type(`& (Get-Module ConnectOkta) { Test-QrCodeSupport $Host.UI ('█' * 240 + "\`n") }`)
    await shown(/^False/m)
  })

  it.skipIf(tmux === undefined)('shows an error as a line and a recommendation', async () => {
    await clear()
    await type('Invoke-OktaApi -Path /api/v1/users/00uUnknown')
    await shown(
      /^Invoke-OktaApi: GET \/api\/v1\/users\/00uUnknown failed with HTTP 404: Not found: .*\s+Recommendation: Check the path/m,
    )
  })

  it.skipIf(tmux === undefined)('completes a scope when Tab is pressed', async () => {
    await clear()
    await tmuxCommand('send-keys', '-l', 'Connect-Okta -Scopes okta.uischemas.r')
    await tmuxCommand('send-keys', 'Tab')
    await shown(/-Scopes okta\.uischemas\.read/)
    await tmuxCommand('send-keys', 'C-c')
  })

  it.skipIf(tmux === undefined)('completes the tenant of a profile when Tab is pressed first', async () => {
    await mkdir(join(home, '.config/connect-okta'), { recursive: true })
    const profiles = 'profiles: { work: { tenant: work.okta.com } }'
    await writeFile(join(home, '.config/connect-okta/profiles.yaml'), profiles, { mode: 0o600 })
    await clear()
    await tmuxCommand('send-keys', '-l', 'Connect-Okta -Tenant ')
    await tmuxCommand('send-keys', 'Tab')
    await shown(/-Tenant work\.okta\.com/)
    await tmuxCommand('send-keys', 'C-c')
  })

  it.skipIf(tmux === undefined)('writes no secret into the history when a variable contains it', async () => {
    await clear()
    await type('Get-History | Out-String | Set-Content ~/session; (Get-PSReadLineOption).HistorySavePath')
    const [, file = ''] = await shown(/^(\/\S+_history.txt)/m)
    const histories = await Promise.all([file, join(home, 'session')].map(name => readFile(name, 'utf8')))
    const { d, p, q } = JSON.parse(await readFile(join(home, 'key.json'), 'utf8'))
    for (const history of histories) {
      expect(history).toContain('-JsonWebKey $jwk')
      expect([d, p, q].filter(secret => history.includes(secret))).toEqual([])
    }
  })

  it.skipIf(tmux === undefined)('names the sign-in and follows the answer when -Confirm is given', async () => {
    const { clientId } = okta.client('service')
    await clear()
    await type('Disconnect-Okta -WhatIf')
    await shown(new RegExp(`^What if: .* on target "${clientId} at ${okta.orgUrl.host}"\\.$`, 'm'))
    for (const [answer, left] of [
      ['n', clientId],
      ['y', ''],
    ] as const) {
      await clear()
      await type('Disconnect-Okta -Confirm')
      await shown(new RegExp(`"Revoke the token and end the session" on target "${clientId} at .*"\\.[^]*"Y"\\):\\s*$`))
      await type(answer)
      await type(`'left: <' + (Get-OktaContext).ClientId + '>'`)
      await shown(new RegExp(`^left: <${left}>`, 'm'))
    }
  })
})
