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
        { kind: 'native' },
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

  const shimProcess = '(& (Get-Module ConnectOkta) { $script:NodeProcess.Process.Id })'
  const users = "Invoke-OktaApi -Path '/api/v1/users?limit=1'"
  const clear = () => type('Clear-Host').then(() => shown(/^PS[^\n]*>\s*$/))

  it.skipIf(tmux === undefined)('in which Ctrl+C ends a sign-in leaves shell, shim and store usable', async () => {
    const settings = Object.entries(environmentIn(home)).map(([name, value]) => `${name}=${value}`)
    const shell = ['env', ...settings, powershell, '-NoLogo', '-NoProfile'].map(word => `'${word}'`).join(' ')
    await tell('new-session', '-d', '-x', '240', '-y', '60', shell)
    await shown(/PS.*> *$/m)
    const signIn = `Connect-Okta -Tenant ${okta.orgUrl.origin} -ClientId ${okta.client('spa').clientId} -RedirectUri ${redirectUri} -NoBrowser`

    await type(`Import-Module '${join(moduleFolder, 'ConnectOkta.psd1')}'; ${signIn} -Scopes okta.users.read`)
    await shown(/authorize\?/)
    await tell('send-keys', 'C-c')
    await type(`'first: ' + ${shimProcess}`)
    const [, first] = await shown(/^first: (\d+)/m)

    // The port and the lock of the login are free again, so another sign-in gets as far, and is given up as well.
    await type(`${signIn} -Scopes okta.users.manage`)
    await shown(/authorize\?[\s\S]*authorize\?/)
    await tell('send-keys', 'C-c')
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
    'in which Ctrl+C ends a wait and a walk through pages goes on as if nothing had been',
    async () => {
      await clear()
      const limit = okta.fault({ endpoint: '/api/v1/users', status: 429, retryAfterSeconds: 300 })
      await type(users)
      await shown(/rate limit is reached. Going on in/)
      await tell('send-keys', 'C-c')
      await type("'wait' + ' given up'")
      await shown(/^wait given up/m)
      limit.remove()
      const slow = okta.fault({ endpoint: '/api/v1/users', delayMs: 1_000 })
      await type(`${users} -Paginate | ForEach-Object { 'us' + 'er ' + $_.status }`)
      await shown(/^user ACTIVE[\s\S]*^user ACTIVE/m)
      await tell('send-keys', 'C-c')
      await type("'walk' + ' given up'")
      await shown(/^walk given up/m)
      slow.remove()
      await clear()
      await type(`'and ' + (${users}).status`)
      await shown(/^and ACTIVE/m)
    },
  )

  it.skipIf(tmux === undefined)(
    'in which a code for another device can be scanned, where there is room for it',
    async () => {
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
      await tell('send-keys', 'C-c')
      await type(`& (Get-Module ConnectOkta) { Test-QrCodeSupport $Host.UI ('█' * 240 + "\`n") }`)
      await shown(/^False/m)
    },
  )

  it.skipIf(tmux === undefined)('in which an error is a line, and what to do', async () => {
    await clear()
    await type('Invoke-OktaApi -Path /api/v1/users/nobody')
    await shown(
      /^Invoke-OktaApi: Okta answered 404 to GET \/api\/v1\/users\/nobody. Not found: .*\n +Recommendation: Check the path/m,
    )
  })

  it.skipIf(tmux === undefined)('in which Tab completes a scope', async () => {
    await clear()
    await tell('send-keys', '-l', 'Connect-Okta -Scopes okta.uischemas.r')
    await tell('send-keys', 'Tab')
    await shown(/-Scopes okta\.uischemas\.read/)
    await tell('send-keys', 'C-c')
  })

  it.skipIf(tmux === undefined)('in which the first Tab completes the tenant of a profile', async () => {
    await mkdir(join(home, '.config/connect-okta'), { recursive: true })
    const profiles = 'profiles: { work: { tenant: work.okta.com } }'
    await writeFile(join(home, '.config/connect-okta/profiles.yaml'), profiles, { mode: 0o600 })
    await clear()
    await tell('send-keys', '-l', 'Connect-Okta -Tenant ')
    await tell('send-keys', 'Tab')
    await shown(/-Tenant work\.okta\.com/)
    await tell('send-keys', 'C-c')
  })

  it.skipIf(tmux === undefined)('in which a secret that was passed by variable is in no history', async () => {
    await clear()
    await type('Get-History | Out-String | Set-Content ~/session; (Get-PSReadLineOption).HistorySavePath')
    const [, file = ''] = await shown(/^(\/\S+_history.txt)/m)
    const kept = await Promise.all([file, join(home, 'session')].map(name => readFile(name, 'utf8')))
    const { d, p, q } = JSON.parse(await readFile(join(home, 'key.json'), 'utf8'))
    for (const history of kept) {
      expect(history).toContain('-JsonWebKey $jwk')
      expect([d, p, q].filter(secret => history.includes(secret))).toEqual([])
    }
  })

  it.skipIf(tmux === undefined)(
    'in which -Confirm asks about the login by its name, and goes by the answer',
    async () => {
      const { clientId } = okta.client('service')
      await clear()
      await type('Disconnect-Okta -WhatIf')
      await shown(new RegExp(`^What if: .* on target "${clientId} at ${okta.orgUrl.origin}"\\.$`, 'm'))
      for (const [answer, left] of [
        ['n', clientId],
        ['y', ''],
      ] as const) {
        await clear()
        await type('Disconnect-Okta -Confirm')
        await shown(new RegExp(`"Revoke at Okta, and forget" on target "${clientId} at .*"\\.[^]*"Y"\\):\\s*$`))
        await type(answer)
        await type(`'left: <' + (Get-OktaContext).ClientId + '>'`)
        await shown(new RegExp(`^left: <${left}>`, 'm'))
      }
    },
  )
})
