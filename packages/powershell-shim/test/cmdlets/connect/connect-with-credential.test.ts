import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import { generateClientKey } from '@connect-okta/core/keys'
import { type EmulatorClient, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

const scopes = ['okta.users.read']
const secretOf = "[Net.NetworkCredential]::new('', $given.secret).SecurePassword"

describeInPowerShell('Connect-Okta with a key, a secret or an API token', () => {
  let okta: OktaEmulator
  let shell: Shell
  let ec: Awaited<ReturnType<typeof generateClientKey>>

  beforeAll(async () => {
    ec = await generateClientKey({ type: 'P-256' })
    okta = await startOktaEmulator({
      authorizationServers: ['default', 'other'].map(id => ({ id, scopes: ['orders.read'] })),
      clients: [
        { kind: 'service', scopes },
        { kind: 'service', scopes },
        { kind: 'service', scopes, dpop: true },
        { kind: 'service', scopes, jwks: { keys: [ec.publicJwk] } },
        { kind: 'service', clientSecret: 'an-emulated-secret' },
      ],
    })
    shell = await Shell.start()
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })
  beforeEach(() => okta.clearRequests())

  const app = (index = 0) => okta.clients[index] as EmulatorClient
  const about = (index = 0, jwk: unknown = app(index).jwk) => ({
    tenant: okta.orgUrl.origin,
    clientId: app(index).clientId,
    jwk: typeof jwk === 'string' ? jwk : JSON.stringify(jwk),
  })
  const pem = () =>
    createPrivateKey({ key: app().jwk as JsonWebKey, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }) as string
  const connect =
    'Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes okta.users.read'
  const users = 'Invoke-OktaApi -Path /api/v1/users?limit=1 | ForEach-Object { $_.status }'

  it('writes no output, and gets a token that works', async () => {
    const { output, errors } = await shell.run(
      `${connect}\n(Get-OktaAccessToken).GetType().Name\nGet-OktaAccessToken -AsPlainText`,
      about(),
    )
    expect({ output, errors }).toEqual({ output: ['SecureString', expect.stringMatching(/^\S{20,}$/)], errors: [] })
    const response = await fetch(new URL('/api/v1/users', okta.orgUrl), {
      headers: { authorization: `Bearer ${output[1]}` },
    })
    expect(response.status).toBe(200)
  })

  it('gets another token only when -Force is given', async () => {
    await shell.run(connect, about())
    okta.clearRequests()
    await shell.run(connect, about())
    expect(okta.requests).toEqual([])
    await shell.run(`${connect} -Force`, about())
    expect(okta.requests).toHaveLength(1)
  })

  it('returns the connection with -PassThru, and reports it with -Verbose', async () => {
    const { output, verbose } = await shell.run(`${connect} -PassThru -Verbose`, about())
    expect(output).toEqual([
      expect.objectContaining({ Tenant: okta.orgUrl.host, ClientId: app().clientId, Grant: 'client_credentials' }),
    ])
    expect(verbose).toContain('Okta access token successfully retrieved.')
  })

  it('connects one client ID after the other, and the last one is current, when several are piped', async () => {
    const both = { ...about(), clientIds: [app(0).clientId, app(3).clientId, app(0).clientId] }
    const { output, errors } = await shell.run(
      `$given.clientIds | Connect-Okta -Tenant $given.tenant -JsonWebKey $given.jwk -Scopes okta.users.read -PassThru
      (Get-OktaContext).ClientId`,
      both,
    )
    // The second app has another key. The third one is connected anyway.
    expect(output.map(one => one.ClientId ?? one)).toEqual([app(0).clientId, app(0).clientId, app(0).clientId])
    expect(errors.map(({ id }) => id)).toEqual(['OktaClientRejected,Connect-Okta'])
  })

  /** Connects with a key as an argument and piped. */
  async function connectTwice(given: object) {
    const { output, errors } = await shell.run(
      `${connect} -Force
      ${users}
      $given.jwk | Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -Scopes okta.users.read -Force
      ${users}`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE', 'ACTIVE'], errors: [] })
  }

  /** Connects with the lines of a key, as Get-Content returns them. */
  async function connectByLines(key: string) {
    const { output, errors } = await shell.run(
      `$given.jwk -split "\\n" | Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -Scopes okta.users.read -PassThru
      ${users}`,
      about(0, key),
    )
    expect(errors).toEqual([])
    expect(output).toEqual([expect.objectContaining({ ClientId: app().clientId }), 'ACTIVE'])
  }

  it('accepts a JWK, as an argument and piped', () => connectTwice(about()))

  it('accepts an EC key, as an argument and piped', () => connectTwice(about(3, ec.privateJwk)))

  it('accepts PEM, as an argument and piped', () => connectTwice(about(0, pem())))

  it('accepts PEM with the line endings of Windows, as an argument and piped', () =>
    connectTwice(about(0, pem().replaceAll('\n', '\r\n'))))

  it('accepts PEM that is piped line by line as one key', () => connectByLines(pem().trim()))

  it('accepts JSON that is piped line by line as one key', () =>
    connectByLines(JSON.stringify(app().jwk, undefined, 2)))

  it('warns about the token when the app requires DPoP', async () => {
    const { output, errors, warnings } = await shell.run(
      `${connect}\n${users}\n(Get-OktaContext).TokenType\n$null = Get-OktaAccessToken`,
      about(2),
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE', 'DPoP'], errors: [] })
    expect(warnings.at(-1)).toContain('Invoke-OktaApi')
  })

  it('accepts a client secret for a custom authorization server', async () => {
    const given = { ...about(4), secret: 'an-emulated-secret' }
    const { output, errors } = await shell.run(
      `Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -ClientSecret (${secretOf}) -AuthorizationServer default -Scopes orders.read -PassThru`,
      given,
    )
    expect(errors).toEqual([])
    expect(output[0]).toMatchObject({ Scopes: ['orders.read'], AuthorizationServer: 'default' })
  })

  it('shows the connection of the runspace when another one connected the same app to another authorization server', async () => {
    const { output, errors } = await shell.run(
      `$at = @{ Tenant = $given.tenant; ClientId = $given.clientId; ClientSecret = (${secretOf}); Scopes = 'orders.read' }
      Connect-Okta @at -AuthorizationServer default
      $other = [powershell]::Create([initialsessionstate]::CreateDefault2())
      $there = 'param($at, $module) Import-Module $module; Connect-Okta @at -AuthorizationServer other'
      $null = $other.AddScript($there).AddArgument($at).AddArgument((Get-Module ConnectOkta).Path).Invoke()
      $other.Streams.Error | ForEach-Object { "$_" }
      (Get-OktaContext -ListAvailable | Where-Object { $_.IsCurrent }).AuthorizationServer
      (Get-OktaContext -ListAvailable | Where-Object AuthorizationServer -eq other).Status
      (Get-OktaContext).AuthorizationServer
      $other.Runspace.Close()`,
      { ...about(4), secret: 'an-emulated-secret' },
    )
    expect(errors).toEqual([])
    expect(output).toEqual(['default', 'Connected', 'default'])
  })

  it('accepts an API token, which is never stored', async () => {
    const given = { tenant: okta.orgUrl.origin, secret: okta.apiTokens[0]?.value }
    const { output, errors } = await shell.run(
      `Connect-Okta -Tenant $given.tenant -ApiToken (${secretOf})
      ${users}
      (Get-OktaContext).TokenType
      (Get-OktaContext -ListAvailable | Where-Object { $_.TokenType -eq 'SSWS' }).Status`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE', 'SSWS', 'Current'], errors: [] })
  })

  it('accepts a full URL as the tenant', async () => {
    const given = { ...about(), tenant: `${okta.orgUrl.origin}/` }
    const { output, errors } = await shell.run(`${connect} -Force\n${users}`, given)
    expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
  })

  it('accepts a tenant in upper case', async () => {
    const given = { ...about(), tenant: `HTTP://${okta.orgUrl.host}` }
    const { output, errors } = await shell.run(`${connect} -Force\n${users}`, given)
    expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
  })

  it('leaves the earlier session usable and revocable when another connection fails', async () => {
    const { output, errors } = await shell.run(
      `${connect}
      Connect-Okta -Tenant $given.tenant -ClientId 0oaUnknownClient0000 -JsonWebKey $given.jwk
      ${users}
      $token = Get-OktaAccessToken -AsPlainText
      Disconnect-Okta
      Get-OktaContext
      $token`,
      about(),
    )
    expect(errors.map(({ id }) => id)).toEqual(['OktaClientRejected,Connect-Okta'])
    expect(output).toEqual(['ACTIVE', expect.any(String)])
    const response = await fetch(new URL('/api/v1/users', okta.orgUrl), {
      headers: { authorization: `Bearer ${output[1]}` },
    })
    expect(response.status).toBe(401)
  })

  it('connects new runspaces too, which can disconnect', async () => {
    await shell.run(connect, about())
    const { output } = await shell.runInNewRunspace(`${users}\nDisconnect-Okta\nGet-OktaContext`)
    expect(output).toEqual(['ACTIVE'])
    const after = await shell.runInNewRunspace('Get-OktaAccessToken; Disconnect-Okta; Get-OktaContext')
    expect(after.errors.map(({ id, category }) => [id, category])).toEqual([
      ['NotConnectedToOkta,Get-OktaAccessToken', 'ConnectionError'],
    ])
    expect(after.output).toEqual([])
  })

  it('disconnects nothing with -WhatIf', async () => {
    const { output } = await shell.run(
      `${connect}\nDisconnect-Okta -WhatIf\n$WhatIfPreference = $true\nDisconnect-Okta\n(Get-OktaContext).ClientId`,
      about(),
    )
    expect(output).toEqual([app().clientId])
  })

  it('asks for confirmation with -Confirm, and stays connected when there is no answer', async () => {
    const { output } = await shell.run(
      `${connect}
      try { Disconnect-Okta -Confirm } catch { 'asked' }
      & { $ConfirmPreference = 'Low'; try { Disconnect-Okta } catch { 'asked' } }
      (Get-OktaContext).ClientId
      & { $ConfirmPreference = 'Low'; Disconnect-Okta -Confirm:$false }
      Get-OktaContext`,
      about(),
    )
    expect(output).toEqual(['asked', 'asked', app().clientId])
  })

  it('renews a token with the key of the session', async () => {
    const { output, errors } = await shell.run(
      `${connect}
      $first = Get-OktaAccessToken -AsPlainText
      $second = Get-OktaAccessToken -AsPlainText -ForceRefresh
      $third = Get-OktaAccessToken -AsPlainText -MinValidity 00:30:00
      ($first -ne $second), ($second -eq $third)`,
      about(),
    )
    expect({ output, errors }).toEqual({ output: [true, true], errors: [] })
  })
})
