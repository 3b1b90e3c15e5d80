import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import {
  type BrokerShell,
  connectToBroker as connect,
  secureSecret,
  startBrokerShell,
  readUsers as users,
} from '../../support/broker-shell.test.support.js'
import { describeInPowerShell, moduleFolder, Shell } from '../../support/shell.test.support.js'

describeInPowerShell('Connect-Okta -Broker', () => {
  let at: BrokerShell
  let shell: Shell
  beforeAll(async () => {
    at = await startBrokerShell()
    ;({ shell } = at)
  })
  afterAll(() => at[Symbol.asyncDispose]())
  beforeEach(() => at.reset())
  const given = () => at.given

  it('gets the token with an identity token, and the context shows the broker', async () => {
    const { output, errors } = await shell.run(
      `${connect} -Connection users
      ${users}
      (Get-OktaAccessToken).Length -ge 20
      Get-OktaContext
      (Get-OktaContext | Out-String) -replace '\\s+', ' '`,
      given(),
    )
    expect(errors).toEqual([])
    const [status, hasToken, context, text] = output
    expect([status, hasToken]).toEqual(['ACTIVE', true])
    expect(context).toMatchObject({
      Status: 'Current',
      Tenant: at.okta.orgUrl.host,
      ClientId: 'deploy',
      Grant: 'client_credentials',
      Scopes: ['okta.users.read'],
      TokenType: 'Bearer',
      Connection: 'users',
    })
    expect(text).toContain(`Broker : ${at.broker.url}/ Connection : users`)
  })

  it('reads the file of the identity token again for each request', async () => {
    await shell.run(connect, given())
    await writeFile(at.tokenFile, 'not a token')
    const { errors } = await shell.run('$null = Get-OktaAccessToken -ForceRefresh', given())
    expect(errors.map(({ id }) => id)).toEqual(['OktaOptionsInvalid,Get-OktaAccessToken'])
    await writeFile(at.tokenFile, at.broker.identityToken())
    const { output } = await shell.run('(Get-OktaAccessToken -ForceRefresh).Length -ge 20', given())
    expect(output).toEqual([true])
  })

  it('resolves a relative path of the file from the location of PowerShell', async () => {
    const { output, errors } = await shell.run(
      `Push-Location $HOME
      Connect-Okta -Broker $given.broker -ClientId deploy -IdentityTokenFile identity.jwt
      Pop-Location
      ${users}`,
      given(),
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
  })

  it('finds the identity token in the environment', async () => {
    await using job = await Shell.start({ CONNECT_OKTA_IDENTITY_TOKEN: at.broker.identityToken() })
    const { output, errors } = await job.run(`Connect-Okta -Broker $given.broker -ClientId deploy\n${users}`, given())
    expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
  })

  it('accepts a secret, a key, and a key as a file', async () => {
    await writeFile(join(shell.home, 'client.json'), JSON.stringify(at.key.privateJwk), { mode: 0o600 })
    const { output, errors } = await shell.run(
      `Connect-Okta -Broker $given.broker -ClientId payroll -ClientSecret ${secureSecret} -Scopes okta.users.read
      ${users}
      Connect-Okta -Broker $given.broker -ClientId signer -Connection users -JsonWebKey $given.jwk
      ${users}
      Connect-Okta -Broker $given.broker -ClientId signer -Connection users -JsonWebKeyPath $HOME/client.json -Force
      ${users}`,
      given(),
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE', 'ACTIVE', 'ACTIVE'], errors: [] })
  })

  it('sends requests through the broker when the token is bound to a key there', async () => {
    const { output, errors } = await shell.run(
      `Connect-Okta -Broker $given.broker -ClientId sender -IdentityTokenFile $given.file -PassThru
      ${users}
      @(Invoke-OktaApi /api/v1/users -Query @{ limit = 10 } -Paginate).Count -gt 10
      (Get-OktaContext).Tenant
      $token = Get-OktaAccessToken`,
      given(),
    )
    expect(output).toEqual([
      expect.objectContaining({ Tenant: at.okta.orgUrl.host, TokenType: null, ExpiresOn: null }),
      'ACTIVE',
      true,
      at.okta.orgUrl.host,
    ])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaGrantRejected,Get-OktaAccessToken',
        recommendedAction: expect.stringContaining('Invoke-OktaApi'),
      }),
    ])
  })

  it.each(['deploy', 'sender'])('is used by every runspace, which renews the token of %s', async client => {
    const { errors } = await shell.run(connect.replace('deploy', client), given())
    expect(errors).toEqual([])
    const { output, errors: others } = await shell.runInNewRunspace(
      `(Get-OktaContext).ClientId
      ${users}
      ${client === 'deploy' ? '(Get-OktaAccessToken -ForceRefresh).Length -ge 20' : '$true'}`,
      given(),
    )
    expect({ output, others }).toEqual({ output: [client, 'ACTIVE', true], others: [] })
  })

  it.each([
    ['ForEach-Object -Parallel', 'ForEach-Object -Parallel {', '}'],
    ['Start-ThreadJob', 'ForEach-Object { Start-ThreadJob {', '} } | Receive-Job -Wait -AutoRemoveJob'],
  ])('renews the token in %s', async (_name, start, end) => {
    const { output, errors } = await shell.run(
      `${connect}
      1..3 | ${start} Import-Module '${moduleFolder}'
        "$((Get-OktaAccessToken -ForceRefresh).Length -ge 20) $((Invoke-OktaApi '/api/v1/users?limit=1').status)" ${end}`,
      given(),
    )
    expect({ output, errors }).toEqual({ output: Array(3).fill('True ACTIVE'), errors: [] })
  })

  it('keeps the token of the other clients when it disconnects', async () => {
    const { output } = await shell.run(
      `Connect-Okta -Broker $given.broker -ClientId payroll -ClientSecret ${secureSecret}
      Get-OktaAccessToken -AsPlainText
      ${connect}
      Get-OktaAccessToken -AsPlainText
      Disconnect-Okta
      $null -eq (Get-OktaContext)`,
      given(),
    )
    expect(output[0]).toBe(output[1])
    expect(output[2]).toBe(true)
    const headers = { authorization: `Bearer ${output[0]}` }
    expect((await fetch(new URL('/api/v1/users', at.okta.orgUrl), { headers })).status).toBe(200)
  })

  it('uses a profile', async () => {
    const profile = `{ broker: ${at.broker.url}, clientId: deploy, connection: users, identityTokenFile: identity.jwt }`
    await writeFile(join(shell.home, 'profiles.yaml'), `profiles: { ci: ${profile} }`, { mode: 0o600 })
    const { output, errors } = await shell.run(
      `$env:CONNECT_OKTA_CONFIG_DIR = $HOME; Remove-Module ConnectOkta; Import-Module $given.module -Force
      Connect-Okta -Profile ci
      ${users}
      (Get-OktaContext).Connection`,
      { ...given(), module: (await shell.run('(Get-Module ConnectOkta).Path')).output[0] },
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE', 'users'], errors: [] })
    const restored = await shell.runInNewRunspace(users, given())
    expect(restored).toMatchObject({ output: ['ACTIVE'], errors: [] })
  })

  it('is selected by its connection or its broker', async () => {
    const { output, errors } = await shell.run(
      `$credential = [pscredential]::new('payroll', ${secureSecret})
      Connect-Okta -Broker $given.broker -Credential $credential
      Connect-Okta -Broker $given.broker -Credential $credential -Connection users
      $host0 = ([uri] $given.broker).Authority
      (Select-OktaContext $given.tenant -ClientId payroll -Connection users -PassThru).Connection
      Select-OktaContext $given.tenant -ClientId payroll -Broker $host0
      Get-OktaContext -ListAvailable | Where-Object ClientId -eq payroll | ForEach-Object { "$($_.Status) $($_.Broker.Authority -eq $host0) $($_.Connection)" }`,
      given(),
    )
    expect(errors).toEqual([expect.objectContaining({ recommendedAction: expect.stringContaining('-Connection') })])
    expect(output).toEqual(['users', 'Connected True ', 'Current True users'])
  })
})
