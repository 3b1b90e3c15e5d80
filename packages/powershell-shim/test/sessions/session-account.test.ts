import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, Shell } from '../support/shell.test.support.js'
import { byKey, inParallel, signIn, startTwoShells } from '../support/two-shells.test.support.js'

const users = "Invoke-OktaApi GET '/api/v1/users?limit=1'"
const me = '(Invoke-OktaApi GET /api/v1/users/me).profile.login'

describeInPowerShell('the session of an account', () => {
  let all: Awaited<ReturnType<typeof startTwoShells>>
  let a: (typeof all)['a']
  let home: string
  let ada: (typeof all)['ada']
  let grace: (typeof all)['grace']
  let given: (typeof all)['given']
  let hosts: (typeof all)['hosts']
  beforeAll(async () => {
    all = await startTwoShells()
    ;({ a, home, ada, grace, given, hosts } = all)
  })
  afterAll(() => all[Symbol.asyncDispose]())

  it('is none in a new process, whose error names the saved sign-ins and how to connect', async () => {
    const saved = await grace.runInNewRunspace(
      `${signIn}\n${byKey('a')}\n(Get-OktaContext -ListAvailable).Account`,
      given,
    )
    expect(saved.errors).toEqual([])
    expect(saved.output.filter(one => one !== null)).toEqual(['grace.hopper@example.com'])
    await using fresh = await Shell.start({ HOME: home })
    const { output, errors } = await fresh.runInNewRunspace(`${users}\nGet-OktaContext\nDisconnect-Okta`)
    expect(output).toEqual([])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'NotConnectedToOkta,Invoke-OktaApi',
        message: expect.stringContaining(
          `Saved sign-ins: ${given.a.clientId} at ${hosts.a}, ${given.spa} at ${hosts.a} (grace.hopper@example.com).`,
        ),
        recommendedAction: `Run Connect-Okta -Tenant ${given.a.tenant} -ClientId ${given.a.clientId} -JsonWebKey $jwk -Scopes okta.users.read`,
      }),
    ])
  })

  it('names the account that signed in', async () => {
    const { output, verbose, errors } = await grace.runInNewRunspace(
      `(${signIn} -PassThru -Verbose).Account
      (Get-OktaContext).Account
      ${inParallel('(Get-OktaContext).Account')}
      $PSStyle.OutputRendering = 'PlainText'
      Get-OktaContext | Out-String -Width 120
      Get-OktaContext -ListAvailable | Out-String -Width 120`,
      given,
    )
    const [, , , screen, saved] = output
    expect(errors).toEqual([])
    expect(output.slice(0, 3)).toEqual(Array(3).fill('grace.hopper@example.com'))
    expect(verbose.join()).toContain(`Connected to ${given.a.tenant} as grace.hopper@example.com by authorization_code`)
    const row = new RegExp(`^${hosts.a} +${given.spa} +grace.hopper@example.com +\\S.* openid\\s*$`, 'm')
    expect(screen).toMatch(row)
    // One table, with the apps that no user signed in to.
    expect(saved).toMatch(row)
    expect(saved.match(/^Tenant +ClientId +Account +ExpiresOn +Scopes/gm)).toHaveLength(1)
  })

  it('is adopted from another process by -ContextScope CurrentUser, also in parallel runspaces', async () => {
    await grace.runInNewRunspace(signIn, given)
    await using fresh = await Shell.start({ HOME: home })
    const { output, errors } = await fresh.runInNewRunspace(
      `(Connect-Okta -ContextScope CurrentUser -PassThru).Account\n${me}\n${inParallel(me)}`,
      given,
    )
    expect({ output, errors }).toEqual({ output: Array(3).fill('grace.hopper@example.com'), errors: [] })
    const process = await fresh.runInNewRunspace('Connect-Okta -ContextScope Process')
    expect(process.errors.map(({ id }) => id)).toEqual(['OktaOptionsInvalid,Connect-Okta'])
  })

  it('is not continued with another account that signs in to the same app elsewhere', async () => {
    await grace.runInNewRunspace(`${signIn} -Force`, given)
    expect((await grace.runInNewRunspace(me)).output).toEqual(['grace.hopper@example.com'])
    await ada.runInNewRunspace(`${signIn} -Force`, given)
    expect((await ada.runInNewRunspace(me)).output).toEqual(['ada.lovelace@example.com'])
    // Each run has a runspace of its own, whose shim does not have the session yet.
    const { output, errors } = await grace.runInNewRunspace(
      `Invoke-OktaApi GET /api/v1/users/me\nGet-OktaContext\nDisconnect-Okta`,
    )
    expect(output).toEqual([])
    expect(errors.map(({ id }) => id)).toEqual(['OktaLoginRequired,Invoke-OktaApi'])
    // The sign-in of the other account is not ended with it.
    expect((await ada.runInNewRunspace(me)).output).toEqual(['ada.lovelace@example.com'])
  })

  it('asks no one to sign in when its sign-in is of another account or has ended, in the runspace that connected too', async () => {
    // A run has a runspace of its own: this one stays.
    const inSame = (script: string) => `
      $space = [AppDomain]::CurrentDomain.GetData('test.space')
      $inner = [powershell]::Create(); $inner.Runspace = $space; $null = $inner.AddScript(${script}); $inner.Invoke()
      $inner.Streams.Error | ForEach-Object { $_.FullyQualifiedErrorId }`
    await grace.runInNewRunspace(
      `$space = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2()); $space.Open()
      [AppDomain]::CurrentDomain.SetData('test.space', $space)
      $space.SessionStateProxy.SetVariable('given', $given)
      ${inSame(`"Import-Module '${moduleFolder}'; ${signIn.replaceAll('$', '`$')} -Force"`)}`,
      given,
    )
    const me = "'(Invoke-OktaApi GET /api/v1/users/me).profile.login'"
    expect((await grace.runInNewRunspace(inSame(me))).output).toEqual(['grace.hopper@example.com'])
    await ada.runInNewRunspace(`${signIn} -Force`, given)
    a.clearRequests()
    // The token in memory is checked against the store once a second.
    const { output } = await grace.runInNewRunspace(`Start-Sleep 1.2\n${inSame(me)}\n${inSame("'Disconnect-Okta'")}`)
    expect(output).toEqual([null, 'OktaLoginRequired,Invoke-OktaApi'])
    expect(a.requests.map(({ path }) => path)).toEqual([])
    expect((await ada.runInNewRunspace(`${signIn} -PassThru | ForEach-Object { $_.Account }`, given)).output).toEqual([
      'ada.lovelace@example.com',
    ])
    await grace.runInNewRunspace("[AppDomain]::CurrentDomain.GetData('test.space').Close()")
  })

  it('says so when Connect-Okta finds a stored sign-in of another account than before', async () => {
    await grace.runInNewRunspace(`${signIn} -Force`, given)
    await ada.runInNewRunspace(`${signIn} -Force`, given)
    const { output, warnings } = await grace.runInNewRunspace(
      `${signIn} -PassThru | ForEach-Object { $_.Account }`,
      given,
    )
    expect(output).toEqual(['ada.lovelace@example.com'])
    expect(warnings).toEqual([
      'Connected as ada.lovelace@example.com. Before, this PowerShell process was connected as grace.hopper@example.com.',
    ])
    // Also when the sign-in is adopted.
    await grace.runInNewRunspace(`${signIn} -Force`, given)
    const adopted = await ada.runInNewRunspace('Connect-Okta -ContextScope CurrentUser', given)
    expect(adopted.warnings).toEqual([
      'Connected as grace.hopper@example.com. Before, this PowerShell process was connected as ada.lovelace@example.com.',
    ])
    await grace.runInNewRunspace('Disconnect-Okta')
  })
})
