import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, runPowerShell, Shell } from '../support/shell.test.support.js'

describeInPowerShell('the cmdlets', () => {
  let okta: OktaEmulator
  let shell: Shell
  let home: string
  let given: { tenant: string; clientId: string; jwk: string }
  const connect =
    'Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes okta.users.read'
  const script = `
    ${connect} -Force
    (Get-OktaContext).Tenant
    (Get-OktaAccessToken -MinValidity 00:10:00).GetType().Name
    (Invoke-OktaApi -Path '/api/v1/users?limit=1').status
    Test-OktaConnection -Quiet
    (New-OktaJsonWebKey -Type P-256 -KeyId mine).KeyId
    Disconnect-Okta
    @(Get-OktaContext).Count`
  const expectedOutput = () => [okta.orgUrl.host, 'SecureString', 'ACTIVE', true, 'mine', 0]

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'invocation-'))
    okta = await startOktaEmulator()
    shell = await Shell.start()
    const { clientId, jwk } = okta.client('service')
    given = { tenant: okta.orgUrl.origin, clientId, jwk: JSON.stringify(jwk) }
    await writeFile(join(home, 'key.json'), given.jwk, { mode: 0o600 })
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
    await rm(home, { recursive: true, force: true })
  })

  it.each([
    [
      'in strict mode, with errors that stop the script',
      "Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'",
    ],
    ['with the culture tr-TR', "[cultureinfo]::CurrentCulture = [cultureinfo]::CurrentUICulture = 'tr-TR'"],
    [
      'with the culture de-DE, in a location that is no folder, with streams that are ignored',
      `[cultureinfo]::CurrentCulture = [cultureinfo]::CurrentUICulture = 'de-DE'
      Set-Location Env:
      $VerbosePreference = $WarningPreference = $ProgressPreference = 'Ignore'`,
    ],
  ])('succeed %s', async (_when, before) => {
    const { output, errors, thrown } = await shell.runInNewRunspace(`${before}\n${script}`, given)
    expect({ output, errors, thrown }).toEqual({ output: expectedOutput(), errors: [], thrown: null })
  })

  it('accept splatting, default parameter values and common parameters', async () => {
    const { output, errors, progress } = await shell.run(
      `$PSDefaultParameterValues = @{ 'Connect-Okta:Tenant' = $given.tenant; 'Connect-Okta:Scopes' = 'okta.users.read' }
      $app = @{ ClientId = $given.clientId; JsonWebKey = $given.jwk }
      $null = Connect-Okta @app -PassThru -OutVariable connected
      $connected.ClientId
      Connect-Okta @app -Scopes okta.apps.manage -ErrorAction SilentlyContinue -ErrorVariable failure
      $failure.FullyQualifiedErrorId
      $errors = $Error.Count
      Connect-Okta @app -Scopes okta.apps.manage -ErrorAction Ignore
      $Error.Count - $errors
      @(Invoke-OktaApi -Path '/api/v1/users?limit=10' -Paginate -ProgressAction Ignore).Count -gt 20
      Invoke-OktaApi -Path '/api/v1/users?limit=1' -PipelineVariable user | ForEach-Object { $user.status }`,
      given,
    )
    expect({ output, errors, progress }).toEqual({
      output: [given.clientId, 'OktaScopeRejected,Connect-Okta', 0, true, 'ACTIVE'],
      errors: [],
      progress: [],
    })
  })

  it('reject an object when a row of a table is piped', async () => {
    const { errors } = await shell.run(
      "'ClientId', $given.clientId | ConvertFrom-Csv | Connect-Okta -Tenant $given.tenant -NoBrowser",
      given,
    )
    expect(errors).toEqual([expect.objectContaining({ id: 'OktaOptionsInvalid,Connect-Okta', target: 'ClientId' })])
  })

  it('write a key into the current location when that is not the current folder of the process', async () => {
    await mkdir(join(home, 'inner'))
    const { output, errors } = await shell.run(
      'Push-Location $given.inner; (New-OktaJsonWebKey -Type P-256 -Path key.json).Path; Pop-Location',
      { inner: join(home, 'inner') },
    )
    expect({ output, errors }).toEqual({ output: [join(home, 'inner/key.json')], errors: [] })
    expect(JSON.parse(await readFile(join(home, 'inner/key.json'), 'utf8'))).toMatchObject({ kty: 'EC' })
  })

  it('use the current session when the module was removed or imported again', async () => {
    const { output, errors } = await shell.runInNewRunspace(
      `${connect}
      $path = (Get-Module ConnectOkta).Path
      Import-Module $path -Force
      (Get-OktaContext).ClientId
      Remove-Module ConnectOkta
      Import-Module $path
      (Invoke-OktaApi -Path '/api/v1/users?limit=1').status`,
      given,
    )
    expect({ output, errors }).toEqual({ output: [given.clientId, 'ACTIVE'], errors: [] })
  })

  it('have no online help when Update-Help runs', async () => {
    const { errors } = await shell.run('Update-Help -Module ConnectOkta -UICulture en-US')
    expect(errors.map(({ id }) => id)).toEqual([expect.stringContaining('HelpInfoUri')])
  })

  const typed = () =>
    `Connect-Okta -Tenant ${given.tenant} -ClientId ${given.clientId} -JsonWebKey (Get-Content key.json -Raw) -Scopes okta.users.read -WarningAction Ignore
(Invoke-OktaApi -Path '/api/v1/users?limit=1').status
`

  it('import the module when a script file calls one', async () => {
    await writeFile(join(home, 'use.ps1'), typed())
    expect(await runPowerShell(['-NoProfile', '-File', 'use.ps1'], home)).toEqual({
      status: 0,
      stdout: 'ACTIVE\n',
      stderr: '',
    })
  })

  it('complete a parameter when the module is not imported yet', async () => {
    await mkdir(join(home, '.config/connect-okta'), { recursive: true })
    await writeFile(
      join(home, '.config/connect-okta/profiles.yaml'),
      'profiles: { work: { tenant: example.okta.com } }',
    )
    for (const [typed, wanted] of [
      ['Connect-Okta -Scopes uischemas.r', 'okta.uischemas.read'],
      ['Test-OktaConnection -Tenant ', 'example.okta.com'],
    ] as const) {
      const script = `(TabExpansion2 '${typed}' ${typed.length}).CompletionMatches.CompletionText`
      const { stdout } = await runPowerShell(['-NoProfile', '-Command', script], home)
      expect(stdout).toBe(`${wanted}\n`)
    }
  })

  it('leave the standard input to PowerShell when it reads the script from there', async () => {
    const { status, stdout, stderr } = await runPowerShell(['-NoProfile', '-Command', '-'], home, { input: typed() })
    // PowerShell writes control sequences here, also without a terminal.
    expect({ status, words: stdout.match(/[A-Z]+/g), stderr }).toEqual({ status: 0, words: ['ACTIVE'], stderr: '' })
  })

  it('succeed when the profile of PowerShell imports the module and connects', async () => {
    await mkdir(join(home, '.config/powershell'), { recursive: true })
    await writeFile(join(home, '.config/powershell/profile.ps1'), `Import-Module ConnectOkta\n${typed()}`)
    const { status, stdout, stderr } = await runPowerShell(['-Command', '(Get-OktaContext).ClientId'], home)
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `ACTIVE\n${given.clientId}\n`, stderr: '' })
  })

  it('fail without a prompt when PowerShell is not interactive', async () => {
    const { status, stderr } = await runPowerShell(['-NoProfile', '-NonInteractive', '-Command', 'Connect-Okta'], home)
    expect(status).toBe(1)
    expect(stderr).toContain('missing mandatory parameters: Tenant')
  })
})
