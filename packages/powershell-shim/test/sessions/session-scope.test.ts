import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder } from '../support/shell.test.support.js'
import { byApiToken, byKey, inParallel, startTwoShells } from '../support/two-shells.test.support.js'

const users = "Invoke-OktaApi GET '/api/v1/users?limit=1'"
const tenant = '(Get-OktaContext).Tenant'

describeInPowerShell('the session', () => {
  let shells: Awaited<ReturnType<typeof startTwoShells>>
  let ada: (typeof shells)['ada']
  let grace: (typeof shells)['grace']
  let given: (typeof shells)['given']
  let hosts: (typeof shells)['hosts']
  beforeAll(async () => {
    shells = await startTwoShells()
    ;({ ada, grace, given, hosts } = shells)
  })
  afterAll(() => shells[Symbol.asyncDispose]())

  it('ends at Disconnect-Okta when another PowerShell process is connected to another org', async () => {
    await ada.runInNewRunspace(byKey('a'), given)
    await grace.runInNewRunspace(byKey('b'), given)
    const { output, errors } = await ada.runInNewRunspace(
      `${inParallel(tenant)}\nDisconnect-Okta\n${users}\nGet-OktaAccessToken\nGet-OktaContext`,
      given,
    )
    expect(output).toEqual([hosts.a])
    expect(errors.map(({ id, category }) => [id, category])).toEqual([
      ['NotConnectedToOkta,Invoke-OktaApi', 'ConnectionError'],
      ['NotConnectedToOkta,Get-OktaAccessToken', 'ConnectionError'],
    ])
    expect((await grace.runInNewRunspace(`${tenant}\nDisconnect-Okta`)).output).toEqual([hosts.b])
  })

  it('is renewed with the key when parallel runspaces and thread jobs use it', async () => {
    const renew = `Get-OktaAccessToken -AsPlainText -ForceRefresh; (${users}).status`
    const { output, errors } = await ada.runInNewRunspace(
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

  it('is the latest one of the process when another runspace uses it', async () => {
    const { output, errors } = await ada.runInNewRunspace(
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
    const { output, errors } = await ada.runInNewRunspace(
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

  it('is the one of the runspace when other runspaces connect to another org', async () => {
    const { output, errors } = await ada.runInNewRunspace(
      `${byKey('a')}
      $results = 1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
        $given = $using:given; Import-Module '${moduleFolder}'
        if ($_ % 2) { ${byKey('a')} } else { ${byApiToken('b')} }
        foreach ($time in 1..3) { "$($_ % 2) $((Get-OktaContext).Tenant) $((${users})._links.self.href)" }
      }
      $results | ForEach-Object { $_ -replace '/api/.*' } | Group-Object | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" }
      ${tenant}
      Disconnect-Okta
      ${users}`,
      given,
    )
    expect(output).toEqual([`0 ${hosts.b} ${given.b.tenant} 6`, `1 ${hosts.a} ${given.a.tenant} 6`, hosts.a])
    // Not the org of another runspace.
    expect(errors.map(({ id }) => id)).toEqual(['NotConnectedToOkta,Invoke-OktaApi'])
  })

  it('remains when the module is removed and imported again', async () => {
    const { output, errors } = await ada.runInNewRunspace(
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
    expect({ output, errors }).toEqual({ output: [hosts.a, hosts.a, hosts.a, 0, 1], errors: [] })
  })

  it('is the same for all piped paths when the pipeline connects another one', async () => {
    const { output, errors } = await ada.runInNewRunspace(
      `${byKey('a')}
      '/api/v1/users?limit=1', '/api/v1/users?limit=1' | Invoke-OktaApi | ForEach-Object { $_._links.self.href; ${byApiToken('b')} }
      Disconnect-Okta`,
      given,
    )
    expect(errors).toEqual([])
    expect(output.map(href => new URL(href).host)).toEqual([hosts.a, hosts.a])
  })

  it('returns a static API token only when -AllowApiToken is given', async () => {
    const { output, errors, warnings } = await ada.runInNewRunspace(
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
