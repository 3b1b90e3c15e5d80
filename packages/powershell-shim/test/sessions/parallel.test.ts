import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder } from '../support/shell.test.support.js'
import { byApiToken, byKey, inParallel, startTwoShells } from '../support/two-shells.test.support.js'

const status = "(Invoke-OktaApi '/api/v1/users?limit=1').status"
const hourMs = 3_660_000

describeInPowerShell('parallel work', () => {
  let shells: Awaited<ReturnType<typeof startTwoShells>>
  let given: (typeof shells)['given']
  beforeAll(async () => {
    shells = await startTwoShells()
    ;({ given } = shells)
  })
  afterAll(() => shells[Symbol.asyncDispose]())
  afterEach(async () => {
    await shells.ada.runInNewRunspace('Disconnect-Okta -NoRevoke')
    shells.a.setClock()
  })

  it.each([
    ['ForEach-Object -Parallel', `1..3 | ForEach-Object -Parallel { Import-Module '${moduleFolder}'; ${status} }`],
    [
      'Start-ThreadJob',
      `1..3 | ForEach-Object { Start-ThreadJob { Import-Module '${moduleFolder}'; ${status} } } | Receive-Job -Wait -AutoRemoveJob`,
    ],
  ])('renews a token that is an hour old in %s', async (_name, script) => {
    await shells.ada.runInNewRunspace(byKey('a'), given)
    shells.a.advanceClock(hourMs)
    shells.a.clearRequests()
    const { output, errors } = await shells.ada.runInNewRunspace(script)
    expect({ output, errors }).toEqual({ output: Array(3).fill('ACTIVE'), errors: [] })
    const renewals = shells.a.requests.filter(({ path, status }) => path === '/oauth2/v1/token' && status === 200)
    // The runspaces share the store.
    expect(renewals).toHaveLength(1)
  })

  it('is not connected in Start-Job, which starts a new process, and says so', async () => {
    await shells.ada.runInNewRunspace(byKey('a'), given)
    const { output } = await shells.ada.runInNewRunspace(
      `Start-Job {
        Import-Module '${moduleFolder}'
        try { Invoke-OktaApi /api/v1/users -ErrorAction Stop }
        catch { $_.FullyQualifiedErrorId; "$_"; $_.ErrorDetails.RecommendedAction }
      } | Receive-Job -Wait -AutoRemoveJob`,
    )
    expect(output).toEqual([
      'NotConnectedToOkta,Invoke-OktaApi',
      expect.stringContaining('This PowerShell process is not connected to Okta.'),
      expect.stringContaining(`Connect-Okta -Tenant ${given.a.tenant} -ClientId ${given.a.clientId}`),
    ])
  })

  it('connects in Start-Job with the key of the variable of the caller, and with a profile', async () => {
    const { output, errors } = await shells.ada.runInNewRunspace(
      `$folder = New-Item -ItemType Directory -Force "$HOME/.config/connect-okta"
      Set-Content "$folder/key.json" $given.a.jwk
      chmod 600 "$folder/key.json"
      Set-Content "$folder/profiles.yaml" @"
profiles:
  staging: { tenant: $($given.a.tenant), clientId: $($given.a.clientId), scopes: [okta.users.read], key: { file: key.json } }
"@
      $key = ConvertTo-SecureString $given.a.jwk -AsPlainText -Force
      Start-Job {
        Import-Module '${moduleFolder}'
        $given = $using:given
        Connect-Okta -Tenant $given.a.tenant -ClientId $given.a.clientId -JsonWebKey $using:key -Scopes okta.users.read
        ${status}
        Disconnect-Okta
        Connect-Okta -Profile staging
        ${status}
        Disconnect-Okta
      } | Receive-Job -Wait -AutoRemoveJob`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE', 'ACTIVE'], errors: [] })
  })

  it('gives each of 20 runspaces the session when all import the module and call at once', async () => {
    const { output, errors } = await shells.ada.runInNewRunspace(
      `${byKey('a')}
      1..20 | ForEach-Object -ThrottleLimit 20 -Parallel { Import-Module '${moduleFolder}'; ${status} }
      @(Get-OktaContext -ListAvailable | Where-Object Status -ne Saved).Count`,
      given,
    )
    expect(errors).toEqual([])
    expect(output).toEqual([...Array(20).fill('ACTIVE'), 1])
  })

  it('keeps one connection when 10 runspaces connect the same app at once', async () => {
    const { output, errors } = await shells.ada.runInNewRunspace(
      `1..10 | ForEach-Object -ThrottleLimit 10 -Parallel { $given = $using:given; Import-Module '${moduleFolder}'; ${byKey('a')} }
      @(Get-OktaContext -ListAvailable).Count
      ${inParallel(status)}`,
      given,
    )
    expect({ output, errors }).toEqual({ output: [1, 'ACTIVE'], errors: [] })
  })

  it('selects a context in 8 runspaces at once', async () => {
    const { output, errors } = await shells.ada.runInNewRunspace(
      `${byApiToken('a')}
      1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
        Import-Module '${moduleFolder}'
        foreach ($i in 1..500) { Select-OktaContext '${shells.hosts.a}' }
      }
      @(Get-OktaContext -ListAvailable | Where-Object Status -ne Saved).Count`,
      given,
    )
    expect({ output, errors }).toEqual({ output: [1], errors: [] })
  })
})
