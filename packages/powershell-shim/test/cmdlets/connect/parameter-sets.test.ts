import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

const secrets = `
  $secret = [Net.NetworkCredential]::new('', 'x').SecurePassword
  $credential = [pscredential]::new('c', $secret)`

// A function with the same parameters that returns the name of its parameter set.
const copy = `
  $block = (Get-Command Connect-Okta).ScriptBlock.Ast.Body.ParamBlock
  $attributes = ($block.Attributes | ForEach-Object { $_.Extent.Text }) -join "\`n"
  . ([scriptblock]::Create("function Connect-Copy { $attributes $($block.Extent.Text) process { \`$PSCmdlet.ParameterSetName } }"))`

describeInPowerShell('the parameter sets of Connect-Okta', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  it('default to authorization code with the scope okta.users.manage', async () => {
    const { output } = await shell.run(`
      $command = Get-Command Connect-Okta
      $command.DefaultParameterSet
      $scopes = $command.ScriptBlock.Ast.Body.ParamBlock.Parameters | Where-Object { $_.Name.VariablePath.UserPath -eq 'Scopes' }
      "$($scopes.DefaultValue)"`)
    expect(output).toEqual(['AuthorizationCode', "@('okta.users.manage')"])
  })

  it.each(['', '-Scopes okta.users.read', '-UseDeviceCode'])(
    'require a tenant for a user, as in the original cmdlet: -ClientId c %s',
    async more => {
      const { errors } = await shell.run(`Connect-Okta -ClientId c ${more}`)
      expect(errors).toEqual([expect.objectContaining({ id: 'MissingMandatoryParameter,Connect-Okta' })])
      expect(errors[0]?.message).toContain('Tenant')
    },
  )

  // The original cmdlet asks for the tenant. The set Broker has these parameters too, without a tenant.
  it.each([
    '-ClientId c -JsonWebKey k',
    '-ClientId c -JsonWebKeyPath k',
    '-ClientId c -ClientSecret $secret',
    '-ClientId c -JsonWebKey k -Force',
    '-Credential $credential',
  ])('require a tenant or a broker for a program: %s', async given => {
    const { errors } = await shell.run(`${secrets}\nConnect-Okta ${given}`)
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Connect-Okta',
        message: '-Tenant is missing.',
        target: 'Tenant',
      }),
    ])
    expect(errors[0]?.recommendedAction).toContain('-Broker')
  })

  it.each([
    ['', 'AuthorizationCode'],
    ['-Scopes okta.users.read -Force', 'AuthorizationCode'],
    ['-JsonWebKey k', 'ClientCredentials'],
    ['-JsonWebKeyPath k', 'ClientCredentialsPath'],
    ['-ClientSecret $secret', 'ClientSecret'],
    ['-Certificate $secret', 'Certificate'],
    ['-CertificateThumbprint x -KeyId k', 'CertificateThumbprint'],
    ['-SigningKey $secret -Dpop always', 'SigningKey'],
    ['-UseDeviceCode', 'DeviceCode'],
    ['-Broker b', 'BrokerTenant'],
    ['-Broker b -ClientSecret $secret -Connection c', 'BrokerTenantClientSecret'],
    ['-Broker b -JsonWebKey k', 'BrokerTenantJsonWebKey'],
    ['-Broker b -JsonWebKeyPath k', 'BrokerTenantJsonWebKeyPath'],
  ])('are found for -Tenant t -ClientId c %s', async (more, set) => {
    const { output } = await shell.run(`${secrets}\n${copy}\nConnect-Copy -Tenant t -ClientId c ${more}`)
    expect(output).toEqual([set])
  })

  it.each([
    ["'c' | Connect-Copy -Tenant t", 'AuthorizationCode'],
    ["'c' | Connect-Copy -Tenant t -JsonWebKey k", 'PipedClientId'],
    ["'c' | Connect-Copy -Tenant t -Certificate k", 'Certificate'],
    ["'c' | Connect-Copy -Tenant t -ClientSecret $secret", 'PipedClientId'],
    ['$secret | Connect-Copy -Tenant t', 'ApiToken'],
    ['$secret | Connect-Copy -Tenant t -ClientId c', 'ClientCredentials'],
    ['Connect-Copy -Broker b -ClientId c', 'Broker'],
    ['Connect-Copy -Broker b -Credential $credential', 'Broker'],
  ])('are found for %s', async (script, set) => {
    const { output } = await shell.run(`${secrets}\n${copy}\n${script}`)
    expect(output).toEqual([set])
  })

  it.each([
    ['a key with a secret', '-JsonWebKey k -ClientSecret $secret'],
    ['a key with a secret of a broker', '-JsonWebKey k -ClientSecret $secret -Broker b'],
    ['a client ID with an API token', '-ApiToken $secret'],
    ['a client ID with a credential', '-Credential $credential'],
  ])('are rejected when they are combined: %s', async (_what, given) => {
    const { errors } = await shell.run(`${secrets}\nConnect-Okta -Tenant t -ClientId c ${given}`)
    expect(errors[0]?.id).toBe('AmbiguousParameterSet,Connect-Okta')
  })
})
