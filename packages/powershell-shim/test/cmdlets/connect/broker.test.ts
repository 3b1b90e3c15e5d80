import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateClientKey } from '@connect-okta/core/keys'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { brokerSecret, startBroker, type TestBroker } from '../../support/broker.test.support.js'
import { describeInPowerShell, moduleFolder, Shell } from '../../support/shell.test.support.js'

const secure = (text: string) => `[Net.NetworkCredential]::new('', ${text}).SecurePassword`

describeInPowerShell('Connect-Okta -Broker', () => {
  let okta: OktaEmulator
  let broker: TestBroker
  let shell: Shell
  let key: Awaited<ReturnType<typeof generateClientKey>>

  beforeAll(async () => {
    key = await generateClientKey({ type: 'P-256' })
    const scopes = ['okta.users.read']
    okta = await startOktaEmulator({
      clients: [
        { kind: 'service', scopes },
        { kind: 'service', scopes, dpop: true },
      ],
    })
    broker = await startBroker(okta, { keys: [key.publicJwk] })
    shell = await Shell.start()
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await broker[Symbol.asyncDispose]()
    await okta.close()
  })
  beforeEach(async () => {
    await shell.run('Disconnect-Okta; Remove-Item env:CONNECT_OKTA_* -ErrorAction Ignore')
    await writeFile(tokenFile(), broker.identityToken())
  })

  const tokenFile = () => join(shell.home, 'identity.jwt')
  const given = () => ({
    broker: broker.url,
    file: tokenFile(),
    secret: brokerSecret,
    jwk: JSON.stringify(key.privateJwk),
    tenant: okta.orgUrl.host,
  })
  const connect = 'Connect-Okta -Broker $given.broker -ClientId deploy -IdentityTokenFile $given.file'
  const users = 'Invoke-OktaApi /api/v1/users?limit=1 | ForEach-Object { $_.status }'

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
      Tenant: okta.orgUrl.host,
      ClientId: 'deploy',
      Grant: 'client_credentials',
      Scopes: ['okta.users.read'],
      TokenType: 'Bearer',
      Connection: 'users',
    })
    expect(text).toContain(`Broker : ${broker.url}/ Connection : users`)
  })

  it('reads the file of the identity token again for each request', async () => {
    await shell.run(connect, given())
    await writeFile(tokenFile(), 'not a token')
    const { errors } = await shell.run('$null = Get-OktaAccessToken -ForceRefresh', given())
    expect(errors.map(({ id }) => id)).toEqual(['OktaOptionsInvalid,Get-OktaAccessToken'])
    await writeFile(tokenFile(), broker.identityToken())
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
    await using job = await Shell.start({ CONNECT_OKTA_IDENTITY_TOKEN: broker.identityToken() })
    const { output, errors } = await job.run(`Connect-Okta -Broker $given.broker -ClientId deploy\n${users}`, given())
    expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
  })

  it('accepts a secret, a key, and a key as a file', async () => {
    await writeFile(join(shell.home, 'client.json'), JSON.stringify(key.privateJwk), { mode: 0o600 })
    const { output, errors } = await shell.run(
      `Connect-Okta -Broker $given.broker -ClientId payroll -ClientSecret (${secure('$given.secret')}) -Scopes okta.users.read
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
      expect.objectContaining({ Tenant: okta.orgUrl.host, TokenType: null, ExpiresOn: null }),
      'ACTIVE',
      true,
      okta.orgUrl.host,
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
      `Connect-Okta -Broker $given.broker -ClientId payroll -ClientSecret (${secure('$given.secret')})
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
    expect((await fetch(new URL('/api/v1/users', okta.orgUrl), { headers })).status).toBe(200)
  })

  it('uses a profile', async () => {
    const profile = `{ broker: ${broker.url}, clientId: deploy, connection: users, identityTokenFile: identity.jwt }`
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

  it('rejects two credentials, an empty address and -Tenant', async () => {
    const { errors } = await shell.run(
      `Connect-Okta -Broker $given.broker -ClientId deploy -IdentityTokenFile $given.file -ClientSecret (${secure('$given.secret')})
      Connect-Okta -Broker $given.broker -ClientId signer -JsonWebKey $given.jwk -ClientSecret (${secure('$given.secret')})
      Connect-Okta -Broker '' -ClientId deploy -IdentityTokenFile $given.file
      Connect-Okta -Broker $given.broker -Tenant example.okta.com -ClientId deploy`,
      given(),
    )
    expect(errors.map(({ id, message }) => `${id.split(',')[0]}: ${message}`)).toEqual([
      'OktaOptionsInvalid: -ClientSecret and -IdentityTokenFile cannot be used together.',
      'OktaOptionsInvalid: -JsonWebKey and -ClientSecret cannot be used together.',
      'OktaOptionsInvalid: -Broker is empty.',
      expect.stringContaining('AmbiguousParameterSet: '),
    ])
  })

  it('is tested by Test-OktaConnection', async () => {
    const { output, errors } = await shell.run(
      `Test-OktaConnection -Broker $given.broker -ClientId deploy -IdentityTokenFile $given.file |
        Where-Object Outcome -eq failure
      Test-OktaConnection -Broker $given.broker -ClientId payroll -Quiet
      ${connect}
      Test-OktaConnection -Quiet`,
      given(),
    )
    expect({ output, errors }).toEqual({ output: [false, true], errors: [] })
  })

  it('reports the audiences, and not the token, when the identity token is for another server', async () => {
    const token = broker.identityToken({ aud: 'https://other.example.com' })
    await writeFile(tokenFile(), token)
    const { errors } = await shell.run(connect, given())
    expect(errors).toEqual([expect.objectContaining({ id: 'OktaOptionsInvalid,Connect-Okta' })])
    expect(errors[0]?.message).toContain('https://other.example.com')
    expect(errors[0]?.message).toContain(broker.url)
    expect(JSON.stringify(errors)).not.toContain(token)
  })

  it('reports a client that the broker rejects', async () => {
    await writeFile(tokenFile(), broker.identityToken({ project_id: '8' }))
    const { errors } = await shell.run(connect, given())
    expect(errors).toEqual([
      expect.objectContaining({ id: 'OktaClientRejected,Connect-Okta', target: new URL(broker.url).origin }),
    ])
  })
})
