import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freeRedirectUri, personIn } from './person.test.support.js'
import { describeInPowerShell, moduleFolder, Shell } from './shell.test.support.js'

/** Connects by key to the org `$given.a` or `$given.b`. */
const byKey = (org: 'a' | 'b') =>
  `Connect-Okta -Tenant $given.${org}.tenant -ClientId $given.${org}.clientId -JsonWebKey $given.${org}.jwk -Scopes okta.users.read`
const byApiToken = (org: 'a' | 'b') =>
  `Connect-Okta -Tenant $given.${org}.tenant -ApiToken (ConvertTo-SecureString $given.${org}.apiToken -AsPlainText -Force)`
const signIn = 'Connect-Okta -Tenant $given.a.tenant -ClientId $given.spa -RedirectUri $given.redirectUri'
const users = "Invoke-OktaApi GET '/api/v1/users?limit=1'"
const tenant = '(Get-OktaContext).Tenant'
/** Runs a script in other runspaces of this process. */
const inParallel = (script: string, count = 1) =>
  `1..${count} | ForEach-Object -Parallel { $given = $using:given; Import-Module '${moduleFolder}'; ${script} }`

describeInPowerShell('the session', () => {
  let a: OktaEmulator
  let b: OktaEmulator
  let home: string
  let shell: Shell
  let other: Shell
  let given: Record<'a' | 'b', { tenant: string; clientId: string; jwk: string; apiToken?: string }> &
    Record<'spa' | 'redirectUri', string | undefined>
  let hosts: { a: string; b: string }

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'session-scope-'))
    const redirectUri = await freeRedirectUri()
    const scopes = ['okta.users.read', 'okta.users.manage']
    a = await startOktaEmulator({
      clients: [
        { kind: 'service', scopes },
        { kind: 'spa', scopes, redirectUris: [redirectUri] },
      ],
    })
    b = await startOktaEmulator({ clients: [{ kind: 'service', scopes }] })
    const about = (okta: OktaEmulator) => {
      const { clientId, jwk } = okta.client('service')
      return {
        tenant: okta.orgUrl.origin,
        clientId,
        jwk: JSON.stringify(jwk),
        apiToken: okta.apiTokens[0]?.value ?? '',
      }
    }
    given = { a: about(a), b: about(b), spa: a.client('spa').clientId, redirectUri }
    hosts = { a: a.orgUrl.host, b: b.orgUrl.host }
    const places = await Promise.all(['ada', 'grace'].map(name => mkdtemp(join(home, name))))
    // Two shells of one user on one store; another account signs in in the browser of each.
    shell = await Shell.start({ ...(await personIn(places[0] ?? '', a.users[0])), HOME: home })
    other = await Shell.start({ ...(await personIn(places[1] ?? '', a.users[1])), HOME: home })
  })
  afterAll(async () => {
    await Promise.all([shell[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
    await Promise.all([a.close(), b.close()])
    await rm(home, { recursive: true, force: true })
  })

  it('ends at Disconnect-Okta when another PowerShell process is connected to another org', async () => {
    await shell.run(byKey('a'), given)
    await other.run(byKey('b'), given)
    const { output, errors } = await shell.run(
      `${inParallel(tenant)}\nDisconnect-Okta\n${users}\nGet-OktaAccessToken\nGet-OktaContext`,
      given,
    )
    expect(output).toEqual([hosts.a])
    expect(errors.map(({ id, category }) => [id, category])).toEqual([
      ['NotConnectedToOkta,Invoke-OktaApi', 'ConnectionError'],
      ['NotConnectedToOkta,Get-OktaAccessToken', 'ConnectionError'],
    ])
    expect((await other.run(`${tenant}\nDisconnect-Okta`)).output).toEqual([hosts.b])
  })

  it('is used by parallel runspaces and thread jobs, which renew it by the key', async () => {
    const renew = `Get-OktaAccessToken -AsPlainText -ForceRefresh; (${users}).status`
    const { output, errors } = await shell.run(
      `${byKey('a')}
      $first = Get-OktaAccessToken -AsPlainText
      $renewed, $status = ${inParallel(renew)}
      ($first -ne $renewed), $status
      Start-ThreadJob { Import-Module '${moduleFolder}'; (${users}).status } | Receive-Job -Wait -AutoRemoveJob
      Disconnect-Okta`,
      given,
    )
    expect({ output: output.flat(), errors }).toEqual({ output: [true, 'ACTIVE', 'ACTIVE'], errors: [] })
  })

  it('is the latest of the process in other runspaces, an API token after a key included', async () => {
    const { output, errors } = await shell.run(
      `${byKey('a')}
      ${inParallel(tenant)}
      ${byApiToken('b')}
      ${inParallel(`${tenant}; (${users}).status`)}
      Disconnect-Okta
      ${byKey('a')}
      Disconnect-Okta`,
      given,
    )
    expect({ output, errors }).toEqual({ output: [hosts.a, hosts.b, 'ACTIVE'], errors: [] })
  })

  it('ends in every runspace of the process when one of them disconnects', async () => {
    const { output, errors } = await shell.run(
      `${byKey('a')}
      ${inParallel('Disconnect-Okta')}
      ${users}
      ${inParallel(users)}
      @(Get-OktaContext).Count`,
      given,
    )
    expect(output).toEqual([0])
    expect(errors.map(({ id }) => id)).toEqual(Array(2).fill('NotConnectedToOkta,Invoke-OktaApi'))
  })

  it('of a runspace that connected to its own org is used there, whatever other runspaces connect to at once', async () => {
    const { output, errors } = await shell.run(
      `${byKey('a')}
      $answers = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
        $given = $using:given; Import-Module '${moduleFolder}'
        if ($_ % 2) { ${byKey('a')} } else { ${byApiToken('b')} }
        foreach ($time in 1..3) { "$($_ % 2) $((Get-OktaContext).Tenant) $((${users})._links.self.href)" }
      }
      $answers | ForEach-Object { $_ -replace '/api/.*' } | Group-Object | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" }
      ${tenant}
      Disconnect-Okta
      ${users}`,
      given,
    )
    expect(output).toEqual([`0 ${hosts.b} ${given.b.tenant} 12`, `1 ${hosts.a} ${given.a.tenant} 12`, hosts.a])
    // Not the org of another runspace.
    expect(errors.map(({ id }) => id)).toEqual(['NotConnectedToOkta,Invoke-OktaApi'])
  })

  it('of a runspace is kept when the module is removed and imported again there', async () => {
    const { output, errors } = await shell.run(
      `${byKey('a')}
      ${inParallel(byApiToken('b'))}
      Remove-Module ConnectOkta
      Import-Module '${moduleFolder}'
      ${tenant}
      Import-Module '${moduleFolder}' -Force
      ${tenant}
      ${inParallel(tenant)}
      Disconnect-Okta
      @(Get-OktaContext).Count
      ${inParallel('@(Get-OktaContext).Count')}`,
      given,
    )
    expect({ output, errors }).toEqual({ output: [hosts.a, hosts.a, hosts.b, 0, 0], errors: [] })
  })

  it('is the one that the cmdlet began with for everything that is piped to it', async () => {
    const { output, errors } = await shell.run(
      `${byKey('a')}
      '/api/v1/users?limit=1', '/api/v1/users?limit=1' | Invoke-OktaApi | ForEach-Object { $_._links.self.href; ${byApiToken('b')} }
      Disconnect-Okta`,
      given,
    )
    expect(errors).toEqual([])
    expect(output.map(href => new URL(href).host)).toEqual([hosts.a, hosts.a])
  })

  it('is none in a new process, whose error names the saved sign-ins and how to connect', async () => {
    const saved = await other.run(`${signIn}\n${byKey('a')}\n(Get-OktaContext -ListAvailable).Account`, given)
    expect(saved.errors).toEqual([])
    expect(saved.output.filter(one => one !== null)).toEqual(['grace.hopper@example.com'])
    await using fresh = await Shell.start({ HOME: home })
    const { output, errors } = await fresh.run(`${users}\nGet-OktaContext\nDisconnect-Okta`)
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
    const { output, verbose, errors } = await other.run(
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
    await other.run(signIn, given)
    await using fresh = await Shell.start({ HOME: home })
    const me = '(Invoke-OktaApi GET /api/v1/users/me).profile.login'
    const { output, errors } = await fresh.run(
      `(Connect-Okta -ContextScope CurrentUser -PassThru).Account\n${me}\n${inParallel(me)}`,
      given,
    )
    expect({ output, errors }).toEqual({ output: Array(3).fill('grace.hopper@example.com'), errors: [] })
    const process = await fresh.run('Connect-Okta -ContextScope Process')
    expect(process.errors.map(({ id }) => id)).toEqual(['OktaOptionsInvalid,Connect-Okta'])
  })

  it('is not continued with another account that signs in to the same app elsewhere', async () => {
    const me = '(Invoke-OktaApi GET /api/v1/users/me).profile.login'
    await other.run(`${signIn} -Force`, given)
    expect((await other.run(me)).output).toEqual(['grace.hopper@example.com'])
    await shell.run(`${signIn} -Force`, given)
    expect((await shell.run(me)).output).toEqual(['ada.lovelace@example.com'])
    // Each run has a runspace of its own, whose shim does not have the session yet.
    const { output, errors } = await other.run(`Invoke-OktaApi GET /api/v1/users/me\nGet-OktaContext\nDisconnect-Okta`)
    expect(output).toEqual([])
    expect(errors.map(({ id }) => id)).toEqual(['OktaLoginRequired,Invoke-OktaApi'])
    // The sign-in of the other account is not ended with it.
    expect((await shell.run(me)).output).toEqual(['ada.lovelace@example.com'])
  })

  it('asks no one to sign in when its sign-in is of another account or has ended, in the runspace that connected too', async () => {
    // A run has a runspace of its own: this one stays.
    const inSame = (script: string) => `
      $space = [AppDomain]::CurrentDomain.GetData('test.space')
      $inner = [powershell]::Create(); $inner.Runspace = $space; $null = $inner.AddScript(${script}); $inner.Invoke()
      $inner.Streams.Error | ForEach-Object { $_.FullyQualifiedErrorId }`
    await other.run(
      `$space = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2()); $space.Open()
      [AppDomain]::CurrentDomain.SetData('test.space', $space)
      $space.SessionStateProxy.SetVariable('given', $given)
      ${inSame(`"Import-Module '${moduleFolder}'; ${signIn.replaceAll('$', '`$')} -Force"`)}`,
      given,
    )
    const me = "'(Invoke-OktaApi GET /api/v1/users/me).profile.login'"
    expect((await other.run(inSame(me))).output).toEqual(['grace.hopper@example.com'])
    await shell.run(`${signIn} -Force`, given)
    a.clearRequests()
    // The token in memory is checked against the store once a second.
    const { output } = await other.run(`Start-Sleep 1.2\n${inSame(me)}\n${inSame("'Disconnect-Okta'")}`)
    expect(output).toEqual([null, 'OktaLoginRequired,Invoke-OktaApi'])
    expect(a.requests.map(({ path }) => path)).toEqual([])
    expect((await shell.run(`${signIn} -PassThru | ForEach-Object { $_.Account }`, given)).output).toEqual([
      'ada.lovelace@example.com',
    ])
    await other.run("[AppDomain]::CurrentDomain.GetData('test.space').Close()")
  })

  it('says so when Connect-Okta finds a stored sign-in of another account than before', async () => {
    await other.run(`${signIn} -Force`, given)
    await shell.run(`${signIn} -Force`, given)
    const { output, warnings } = await other.run(`${signIn} -PassThru | ForEach-Object { $_.Account }`, given)
    expect(output).toEqual(['ada.lovelace@example.com'])
    expect(warnings).toEqual([
      'Connected as ada.lovelace@example.com. Before, this PowerShell process was connected as grace.hopper@example.com.',
    ])
    await other.run('Disconnect-Okta')
  })

  it('has no token to hand out when it is a static API token, unless -AllowApiToken asks for that', async () => {
    const { output, errors, warnings } = await shell.run(
      `${byApiToken('a')}
      Get-OktaAccessToken -AsPlainText
      Get-OktaAccessToken -AsPlainText -AllowApiToken
      Disconnect-Okta`,
      given,
    )
    expect(output).toEqual([given.a.apiToken])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Get-OktaAccessToken',
        message: expect.stringContaining('static API token'),
        recommendedAction: expect.stringContaining('-AllowApiToken'),
      }),
    ])
    expect(JSON.stringify(errors)).not.toContain(given.a.apiToken)
    expect(warnings).toEqual([expect.stringContaining('SSWS')])
  })
})
