import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, Shell } from '../support/shell.test.support.js'
import { byApiToken, byKey, inParallel, signIn, startTwoShells } from '../support/two-shells.test.support.js'

const tenant = '(Get-OktaContext).Tenant'
const org = "(Invoke-OktaApi '/api/v1/users?limit=1')._links.self.href"
const listed = 'Get-OktaContext -ListAvailable | ForEach-Object { "$($_.Tenant) $($_.Grant) $($_.Status)" }'

describeInPowerShell('Select-OktaContext', () => {
  let shells: Awaited<ReturnType<typeof startTwoShells>>
  let given: (typeof shells)['given']
  let hosts: (typeof shells)['hosts']
  let shell: Shell
  beforeAll(async () => {
    shells = await startTwoShells()
    ;({ given, hosts } = shells)
  })
  afterAll(() => shells[Symbol.asyncDispose]())
  // In a new process: a process lists all connections of the tests before.
  beforeEach(async () => {
    shell = await Shell.start()
  })
  afterEach(() => shell[Symbol.asyncDispose]())

  it('switches the cmdlets to another org when the tenant is given', async () => {
    const { output, errors, verbose } = await shell.run(
      `${byKey('a')}
      ${byApiToken('b')}
      Select-OktaContext $given.a.host -Verbose
      ${tenant}
      ${org}
      (Select-OktaContext $given.b.tenant -PassThru).Status
      ${tenant}
      ${org}
      ${listed}`,
      { a: { ...given.a, host: hosts.a }, b: given.b },
    )
    expect(errors).toEqual([])
    expect(output.map(one => one.replace(/\/api\/.*/, ''))).toEqual([
      ...[hosts.a, given.a.tenant, 'Current', hosts.b, given.b.tenant],
      `${hosts.a} client_credentials Connected`,
      `${hosts.b} api_token Current`,
    ])
    expect(verbose).toEqual([expect.stringContaining(`${given.a.clientId} at ${given.a.tenant}`)])
  })

  it('selects one of several apps of an org when the client ID is given', async () => {
    const { output, errors } = await shell.run(
      `${byKey('a')}
      ${byApiToken('a')}
      Select-OktaContext $given.host
      (Select-OktaContext $given.host -ClientId $given.a.clientId -PassThru).Grant
      Select-OktaContext $given.host -ClientId 0oaNoSuchClient00000
      (Get-OktaContext).Grant
      Get-OktaContext -ListAvailable | Where-Object Grant -eq api_token | Select-OktaContext
      (Get-OktaContext).Grant`,
      { ...given, host: hosts.a },
    )
    expect(output).toEqual(['client_credentials', 'client_credentials', 'api_token'])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Select-OktaContext',
        message: expect.stringContaining('2 connections'),
        recommendedAction: expect.stringContaining('-ClientId'),
      }),
      expect.objectContaining({ message: expect.stringContaining(hosts.a) }),
    ])
  })

  it('is recommended with the client ID when the org has several connections', async () => {
    const { errors } = await shell.run(
      `${byApiToken('a')}
      ${byKey('a')}
      ${byApiToken('b')}
      Disconnect-Okta
      Get-OktaAccessToken`,
      given,
    )
    const command = `Select-OktaContext ${hosts.a} -ClientId ${given.a.clientId}`
    expect(errors).toEqual([expect.objectContaining({ recommendedAction: `Select one: ${command}` })])
  })

  it('is recommended with a pipe when no parameter selects the connection', async () => {
    const { errors } = await shell.run(
      `${byKey('a')}
      ${byApiToken('a')}
      ${byKey('b')}
      Disconnect-Okta
      Get-OktaAccessToken`,
      given,
    )
    const hint = 'Select one: Get-OktaContext -ListAvailable lists them. Pipe one of them to Select-OktaContext.'
    expect(errors).toEqual([expect.objectContaining({ recommendedAction: hint })])
  })

  it('selects one of several accounts of an app when the account is given', async () => {
    await shells.grace.run(`${signIn} -Force`, given)
    await shells.grace.run(byApiToken('a'), given)
    const { output, errors } = await shells.grace.run(
      `(Select-OktaContext $given.host -Account GRACE.HOPPER@example.com -PassThru).Account
      (Invoke-OktaApi /api/v1/users/me).profile.login
      Select-OktaContext $given.host -Account ada.lovelace@example.com
      (Get-OktaContext).Account`,
      { ...given, host: hosts.a },
    )
    expect(output).toEqual(Array(3).fill('grace.hopper@example.com'))
    expect(errors.map(({ id }) => id)).toEqual(['OktaOptionsInvalid,Select-OktaContext'])
  })

  it.each([
    ['a tenant that is not connected', 'Select-OktaContext nowhere.okta.com', 'has not connected to nowhere.okta.com'],
    ['a number', 'Select-OktaContext 5', 'has not connected to 5'],
    ['text in the pipeline', "'text' | Select-OktaContext", 'not an output of Get-OktaContext'],
    ['a hashtable in the pipeline', '@{ Tenant = 1 } | Select-OktaContext', 'not an output of Get-OktaContext'],
    [
      'an object without an ID',
      '[pscustomobject] @{ Id = 1 } | Select-OktaContext',
      'not an output of Get-OktaContext',
    ],
  ])('reports %s', async (_name, script, message) => {
    const { output, errors } = await shell.run(`${byKey('a')}\n${script}\n${tenant}`, given)
    expect(output).toEqual([hosts.a])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Select-OktaContext',
        category: 'InvalidArgument',
        message: expect.stringContaining(message),
        recommendedAction: expect.stringContaining('Get-OktaContext'),
      }),
    ])
  })

  it('reports a saved sign-in, to which this process has not connected', async () => {
    await shells.ada.runInNewRunspace(byKey('a'), given)
    await using other = await Shell.start({ HOME: shells.home })
    const { output, errors } = await other.run(
      '$saved = Get-OktaContext -ListAvailable | Where-Object Status -eq Saved\n$saved[0] | Select-OktaContext\nGet-OktaContext',
    )
    expect(output).toEqual([])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Select-OktaContext',
        message: expect.stringContaining(hosts.a),
        recommendedAction: expect.stringContaining('Connect-Okta'),
      }),
    ])
  })

  it('is used by the runspaces that start later', async () => {
    const { output, errors } = await shell.run(
      `${byKey('a')}
      ${byApiToken('b')}
      ${inParallel(tenant)}
      Select-OktaContext $given.host
      ${inParallel(tenant)}
      ${inParallel(org)}`,
      { ...given, host: hosts.a },
    )
    expect({ errors, output: output.map(one => one.replace(/\/api\/.*/, '')) }).toEqual({
      errors: [],
      output: [hosts.b, hosts.a, given.a.tenant],
    })
  })

  it('does not change the session of a runspace that has its own when another one selects', async () => {
    const { output, errors } = await shell.run(
      `${byKey('a')}
      ${byApiToken('b')}
      Select-OktaContext $given.host
      ${inParallel('Select-OktaContext $given.other; (Get-OktaContext).Tenant')}
      ${tenant}
      ${org}`,
      { ...given, host: hosts.a, other: hosts.b },
    )
    expect(errors).toEqual([])
    expect(output.map(one => one.replace(/\/api\/.*/, ''))).toEqual([hosts.b, hosts.a, given.a.tenant])
  })

  it('does not change the session of a runspace that already uses one when another one selects', async () => {
    const { output, errors } = await shell.run(
      `${byApiToken('b')}
      ${byKey('a')}
      $barrier = [Threading.Barrier]::new(2)
      1..2 | ForEach-Object -ThrottleLimit 2 -Parallel {
        $given = $using:given; $barrier = $using:barrier; Import-Module '${moduleFolder}'
        $before = ${tenant}
        $null = $barrier.SignalAndWait(60000)
        if ($_ -eq 1) { Select-OktaContext $given.other }
        $null = $barrier.SignalAndWait(60000)
        "$_ $before $(${tenant})"
      } | Sort-Object`,
      { ...given, other: hosts.b },
    )
    expect({ output, errors }).toEqual({
      output: [`1 ${hosts.a} ${hosts.b}`, `2 ${hosts.a} ${hosts.a}`],
      errors: [],
    })
  })

  it('lists one connection when the same app connects again', async () => {
    const { output, errors } = await shell.run(
      `${byKey('a')}
      ${byKey('a')} -Force
      ${inParallel(byKey('a'))}
      ${listed}
      Disconnect-Okta
      ${listed}`,
      given,
    )
    expect(errors).toEqual([])
    expect(output).toEqual([expect.stringContaining(`${hosts.a} client_credentials`)])
  })

  it('lists the connections of every runspace', async () => {
    const { output, errors } = await shell.run(
      `${inParallel(byKey('a'))}
      ${inParallel(byApiToken('b'))}
      ${listed}
      Select-OktaContext $given.host
      ${org}`,
      { ...given, host: hosts.a },
    )
    expect(errors).toEqual([])
    expect(output.map(one => one.replace(/\/api\/.*/, ''))).toEqual([
      `${hosts.a} client_credentials Connected`,
      `${hosts.b} api_token Connected`,
      given.a.tenant,
    ])
  })
})
