import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeInPowerShell, runPowerShell, Shell } from '../support/shell.test.support.js'
import { freeRedirectUri, invokeWithBrowser, userBrowserIn } from '../support/user-browser.test.support.js'

describeInPowerShell('Connect-Okta with a sign-in', () => {
  let okta: OktaEmulator
  let shell: Shell
  let given: { tenant: string; spa: string; native: string; redirectUri: string; otherUri: string }

  beforeAll(async () => {
    const [redirectUri, otherUri] = [await freeRedirectUri(), await freeRedirectUri()]
    const scopes = ['okta.users.manage', 'okta.users.read']
    okta = await startOktaEmulator({
      clients: [
        { kind: 'spa', scopes, redirectUris: [redirectUri, otherUri] },
        { kind: 'native', scopes },
      ],
    })
    const [spa = '', native = ''] = okta.clients.map(({ clientId }) => clientId)
    given = { tenant: okta.orgUrl.origin, spa, native, redirectUri, otherUri }
    shell = await Shell.start(await userBrowserIn(await mkdtemp(join(tmpdir(), 'browser-')), okta.users[0]))
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })
  beforeEach(() => okta.clearRequests())

  const connect = 'Connect-Okta -Tenant $given.tenant -ClientId $given.spa -RedirectUri $given.redirectUri'
  const me = '(Invoke-OktaApi -Path /api/v1/users/me).profile.login'

  it('opens the browser, shows the address on the host, and connects', async () => {
    const { output, errors, information, progress } = await shell.run(`${connect} -Force\n${me}`, given)
    expect({ output, errors }).toEqual({ output: [okta.users[0]?.login], errors: [] })
    expect(information.join()).toContain(`${okta.orgUrl.origin}/oauth2/v1/authorize?`)
    expect(progress).toEqual([
      expect.stringContaining('Sign in with the browser'),
      expect.stringContaining('Completed'),
    ])
  })

  it('opens no browser when there is a stored sign-in or the token is renewed', async () => {
    await shell.run(connect, given)
    okta.clearRequests()
    const { output, information } = await shell.run(
      `${connect}
      $first = Get-OktaAccessToken -AsPlainText
      $first -ne (Get-OktaAccessToken -AsPlainText -ForceRefresh)`,
      given,
    )
    expect({ output, information }).toEqual({ output: [true], information: [] })
    expect(okta.requests.map(({ path }) => path)).toEqual(['/oauth2/v1/token'])
  })

  it('uses authorization code when a client ID is piped', async () => {
    const { output, errors } = await shell.run(
      '$given.spa | Connect-Okta -Tenant $given.tenant -RedirectUri $given.redirectUri -PassThru | ForEach-Object { $_.Grant }',
      given,
    )
    expect({ output, errors }).toEqual({ output: ['authorization_code'], errors: [] })
  })

  it('uses another redirect URI when a port is in use', async () => {
    const blocker = createServer().listen(Number(new URL(given.redirectUri).port), '127.0.0.1')
    await once(blocker, 'listening')
    try {
      const busy = await shell.run(`${connect} -Force`, given)
      expect(busy.errors).toEqual([
        expect.objectContaining({
          id: 'OktaCallbackPortInUse,Connect-Okta',
          category: 'ResourceBusy',
          recommendedAction: expect.stringContaining('-RedirectUri'),
        }),
      ])
      const { errors } = await shell.run(
        'Connect-Okta -Tenant $given.tenant -ClientId $given.spa -RedirectUri $given.redirectUri, $given.otherUri -Force',
        given,
      )
      expect(errors).toEqual([])
    } finally {
      blocker.close()
    }
  })

  it.each([
    ['authorization_code', '$given.spa -RedirectUri $given.redirectUri -NoBrowser'],
    ['device_code', '$given.native -UseDeviceCode'],
  ])('shows the address for another browser when the grant is %s', async (grant, parameters) => {
    const { output, errors } = await shell.run(
      `${invokeWithBrowser}
      Invoke-WithBrowser "Connect-Okta -Tenant \`$given.tenant -ClientId ${parameters.replaceAll('$', '`$')} -Force -PassThru" $given |
        ForEach-Object { $_.Grant }`,
      given,
    )
    expect({ output, errors }).toEqual({ output: [grant], errors: [] })
  })

  it('warns and waits for another browser when none can be opened', async () => {
    const { output, errors } = await shell.run(
      `${invokeWithBrowser}
      $browser = $env:BROWSER
      Invoke-WithBrowser '$env:BROWSER = "/bin/false"
        ${connect} -Force -PassThru -WarningVariable warnings | ForEach-Object { $_.Grant }
        @($warnings.Message) -like "No browser*"' $given
      $env:BROWSER = $browser`,
      given,
    )
    expect(errors).toEqual([])
    expect(output).toEqual([
      'authorization_code',
      expect.stringMatching(/^No browser could be opened .*-UseDeviceCode/),
    ])
  })

  it('recommends the command with the org and the app when the sign-in has expired', async () => {
    await shell.run(connect, given)
    using _ = okta.fault({ endpoint: '/oauth2/v1/token', status: 400, body: '{"error":"invalid_grant"}' })
    const { errors } = await shell.run('Get-OktaAccessToken -ForceRefresh')
    const { tenant, spa, redirectUri } = given
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaLoginRequired,Get-OktaAccessToken',
        recommendedAction: `Run Connect-Okta -Tenant ${tenant} -ClientId ${spa} -RedirectUri ${redirectUri}`,
      }),
    ])
  })

  it.each(['-NonInteractive', '-noni'])('opens no browser when PowerShell was started with %s', async option => {
    const home = await mkdtemp(join(tmpdir(), 'non-interactive-'))
    const env = await userBrowserIn(home, okta.users[0])
    const { tenant, spa, redirectUri } = given
    const command = `Connect-Okta -Tenant ${tenant} -ClientId ${spa} -RedirectUri ${redirectUri}; (Get-OktaContext).Account`
    const run = (...options: string[]) =>
      runPowerShell(['-NoProfile', ...options, '-Command', `$ErrorActionPreference = 'Stop'; ${command}`], home, {
        env,
      })
    const rejected = await run(option)
    expect(rejected).toMatchObject({ status: 1, stderr: expect.stringContaining('-NonInteractive') })
    expect(okta.requests.filter(({ path }) => path.endsWith('/authorize'))).toEqual([])
    expect((await run()).status).toBe(0)
    // The sign-in is stored.
    expect(await run(option)).toMatchObject({ status: 0, stdout: `${okta.users[0]?.login}\n` })
  })

  it('opens no browser when the environment variable CI is set', async () => {
    const home = await mkdtemp(join(tmpdir(), 'ci-'))
    const env = await userBrowserIn(home, okta.users[0])
    const { tenant, spa, redirectUri } = given
    const connectIn = async (CI: string) =>
      await runPowerShell(
        ['-NoProfile', '-Command', `Connect-Okta -Tenant ${tenant} -ClientId ${spa} -RedirectUri ${redirectUri}`],
        home,
        { env: { ...env, CI, NO_COLOR: '1' } },
      )
    const { status, stderr } = await connectIn('true')
    expect(status).toBe(1)
    expect(stderr.replaceAll(/[\s|]+/g, ' ')).toContain('A user has to sign in, and this is a CI job')
    expect(stderr).toContain('-JsonWebKeyPath')
    expect(okta.requests.filter(({ path }) => path.endsWith('/authorize'))).toEqual([])
    expect((await connectIn('false')).status).toBe(0)
    // The sign-in is stored.
    expect((await connectIn('true')).status).toBe(0)
  })

  it('uses the stored sign-in by device code when -UseDeviceCode is not given', async () => {
    const { output, errors } = await shell.run(
      `${invokeWithBrowser}
      Invoke-WithBrowser 'Connect-Okta -Tenant $given.tenant -ClientId $given.native -UseDeviceCode' $given
      Connect-Okta -Tenant $given.tenant -ClientId $given.native
      (Get-OktaContext).ClientId`,
      given,
    )
    expect({ output, errors }).toEqual({ output: [given.native], errors: [] })
  })

  it('keeps the session and the Node process when it is stopped', async () => {
    const { output, errors } = await shell.run(
      `${connect} -PassThru | ForEach-Object { $_.Grant }
      $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
      $runspace.Open()
      $runspace.SessionStateProxy.SetVariable('given', $given)
      function Invoke-In([string] $script, [switch] $AndStop) {
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        $null = $shell.AddScript($script)
        if (-not $AndStop) { $shell.Invoke(); foreach ($one in $shell.Streams.Error) { "error: $one" }; return }
        $begun = $shell.BeginInvoke()
        while ($shell.Streams.Progress.Count -eq 0) { $null = $begun.AsyncWaitHandle.WaitOne(20) }
        $shell.Stop()
        "$($shell.InvocationStateInfo.State)"
      }
      Invoke-In "Import-Module '$((Get-Module ConnectOkta).Path)'; ${connect.replaceAll('$', '`$')}"
      $shim = '& (Get-Module ConnectOkta) { $script:NodeProcess.Process.Id }'
      $before = Invoke-In $shim
      Invoke-In '${connect} -Force -NoBrowser' -AndStop
      Invoke-In '${me}'
      Invoke-In '${connect} -Force'
      Invoke-In '${me}'
      (Invoke-In $shim) -eq $before
      $runspace.Close()`,
      given,
    )
    const login = okta.users[0]?.login
    expect({ output, errors }).toEqual({
      output: ['authorization_code', 'Stopped', login, login, true],
      errors: [],
    })
  })
})
