import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, Shell } from '../support/shell.test.support.js'
import { byKey, inParallel, signIn, startTwoShells } from '../support/two-shells.test.support.js'

const users = "Invoke-OktaApi GET '/api/v1/users?limit=1'"
const me = '(Invoke-OktaApi GET /api/v1/users/me).profile.login'

describeInPowerShell('the account of a session', () => {
  let shells: Awaited<ReturnType<typeof startTwoShells>>
  let a: (typeof shells)['a']
  let home: string
  let ada: (typeof shells)['ada']
  let grace: (typeof shells)['grace']
  let given: (typeof shells)['given']
  let hosts: (typeof shells)['hosts']
  // The connections of a process remain, and the runspaces that start next use the first one.
  beforeEach(async () => {
    shells = await startTwoShells()
    ;({ a, home, ada, grace, given, hosts } = shells)
  })
  afterEach(() => shells[Symbol.asyncDispose]())

  it('is listed with the saved sign-ins when a new process is not connected', async () => {
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
        recommendedAction: `Run Connect-Okta -Tenant ${given.a.tenant} -ClientId ${given.spa}`,
      }),
    ])
  })

  it('is not needed to recommend how to connect when only a program has connected', async () => {
    await grace.runInNewRunspace(byKey('a'), given)
    await using fresh = await Shell.start({ HOME: home })
    const { errors } = await fresh.run(users)
    expect(errors[0]?.recommendedAction).toBe(
      `Run Connect-Okta -Tenant ${given.a.tenant} -ClientId ${given.a.clientId} -JsonWebKeyPath key.json -Scopes okta.users.read. ` +
        'For another key, use its parameter, such as -CertificateThumbprint.',
    )
  })

  it('is shown with its login and name when a user signed in', async () => {
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
    const account = 'Account     : grace.hopper@example.com\nAccountName : Grace Hopper\n'
    const shown = `Status      : Current\nTenant      : ${hosts.a}\nClientId    : ${given.spa}\n${account}`
    expect(screen).toContain(shown)
    expect(saved).toContain(shown)
  })

  it('is the one of the last sign-in, also in parallel runspaces, when -ContextScope is CurrentUser', async () => {
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

  it('does not change when another account signs in to the same app', async () => {
    await grace.runInNewRunspace(`${signIn} -Force`, given)
    expect((await grace.runInNewRunspace(me)).output).toEqual(['grace.hopper@example.com'])
    await ada.runInNewRunspace(`${signIn} -Force`, given)
    expect((await ada.runInNewRunspace(me)).output).toEqual(['ada.lovelace@example.com'])
    // Each run has its own runspace, whose Node process does not have the session yet.
    const { output, errors } = await grace.runInNewRunspace(
      `Invoke-OktaApi GET /api/v1/users/me\nGet-OktaContext\nDisconnect-Okta`,
    )
    expect(output).toEqual([])
    expect(errors.map(({ id }) => id)).toEqual(['OktaLoginRequired,Invoke-OktaApi'])
    // The sign-in of the other account is not ended with it.
    expect((await ada.runInNewRunspace(me)).output).toEqual(['ada.lovelace@example.com'])
  })

  it('starts no sign-in, also in the runspace that connected, when its sign-in has ended', async () => {
    // Each run has its own runspace. This one remains open.
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

  it('changes with a warning when Connect-Okta finds a stored sign-in of another account', async () => {
    await grace.runInNewRunspace(`${signIn} -Force`, given)
    await ada.runInNewRunspace(`${signIn} -Force`, given)
    const { output, warnings } = await grace.runInNewRunspace(
      `${signIn} -PassThru | ForEach-Object { $_.Account }`,
      given,
    )
    expect(output).toEqual(['ada.lovelace@example.com'])
    expect(warnings).toEqual([
      'Connected as ada.lovelace@example.com. Previously, this PowerShell process was connected as grace.hopper@example.com.',
    ])
    // Also with the last sign-in of the user.
    await grace.runInNewRunspace(`${signIn} -Force`, given)
    const adopted = await ada.runInNewRunspace('Connect-Okta -ContextScope CurrentUser', given)
    expect(adopted.warnings).toEqual([
      'Connected as grace.hopper@example.com. Previously, this PowerShell process was connected as ada.lovelace@example.com.',
    ])
    await grace.runInNewRunspace('Disconnect-Okta')
  })
})
