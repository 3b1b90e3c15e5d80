import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

interface Parameter {
  readonly type: string
  readonly aliases: string
  /** By parameter set: whether it is mandatory, and whether it accepts pipeline input. */
  readonly sets: Readonly<Record<string, string>>
  readonly validation: string
}

const all = '__AllParameterSets'
// A key that is not a value of a parameter.
const ofKeyInPlace = (binding: string) => ({
  Certificate: binding,
  CertificateThumbprint: binding,
  SigningKey: binding,
})
const inOAuthSets = (binding: string) => ({
  AuthorizationCode: binding,
  ClientCredentials: binding,
  ClientCredentialsPath: binding,
  ...ofKeyInPlace(binding),
  ClientSecret: binding,
  Credential: binding,
  DeviceCode: binding,
  PipedClientId: binding,
})

const tenantSets = (binding: string) => ({
  BrokerTenant: binding,
  BrokerTenantClientSecret: binding,
  BrokerTenantJsonWebKey: binding,
  BrokerTenantJsonWebKeyPath: binding,
})
const inBrokerSets = { Broker: '', ...tenantSets('') }

// The parameters of the original cmdlet. It has no parameter set DeviceCode.
const original: Readonly<Record<string, Parameter>> = {
  Tenant: {
    type: 'System.String',
    aliases: 'Organization OktaOrganization OktaDomain',
    // Not in the parameter sets ContextScope and Profile.
    sets: { ...inOAuthSets('mandatory'), ApiToken: 'mandatory', AccessToken: 'mandatory', ...tenantSets('mandatory') },
    validation: '',
  },
  ClientId: {
    type: 'System.String',
    aliases: '',
    // Piped with a key or a secret in the original. Here, -InputObject is, so that a SecureString that is piped without a client ID
    // is an API token.
    sets: {
      AuthorizationCode: 'mandatory piped',
      ClientCredentials: 'mandatory',
      ClientCredentialsPath: 'mandatory',
      ...ofKeyInPlace('mandatory piped'),
      ClientSecret: 'mandatory',
      DeviceCode: 'mandatory piped',
      Broker: '',
      ...tenantSets('mandatory'),
    },
    validation: '',
  },
  Scopes: {
    type: 'System.String[]',
    aliases: '',
    sets: { ...inOAuthSets(''), Profile: '', ...inBrokerSets },
    validation: '',
  },
  JsonWebKey: {
    // String in the original. Accepts a SecureString, and the output of New-OktaJsonWebKey.
    type: 'System.Object',
    aliases: 'jwk',
    sets: { ClientCredentials: 'mandatory piped', PipedClientId: '', Broker: '', BrokerTenantJsonWebKey: 'mandatory' },
    validation: 'ValidateNotNullOrEmptyAttribute',
  },
  ClientSecret: {
    type: 'System.Security.SecureString',
    aliases: 'Secret',
    // Not piped, as in the original: a SecureString that is piped with -ClientId is bound to -JsonWebKey, which accepts both.
    sets: { ClientSecret: 'mandatory', PipedClientId: '', Broker: '', BrokerTenantClientSecret: 'mandatory' },
    validation: 'ValidateNotNullAttribute',
  },
  ApiToken: {
    type: 'System.Security.SecureString',
    aliases: 'ApiKey SswsToken SSWS',
    sets: { ApiToken: 'mandatory piped' },
    validation: 'ValidateNotNullAttribute',
  },
}

const ofBroker = { type: 'System.String', aliases: '', validation: '' }
const flag = 'System.Management.Automation.SwitchParameter'
const additions: Readonly<Record<string, Parameter>> = {
  ContextScope: {
    type: 'System.String',
    aliases: '',
    sets: { ContextScope: 'mandatory' },
    validation: 'ValidateSetAttribute',
  },
  Certificate: {
    type: 'System.Object',
    aliases: '',
    sets: { Certificate: 'mandatory' },
    validation: 'ValidateNotNullAttribute',
  },
  CertificateThumbprint: {
    type: 'System.String',
    aliases: '',
    sets: { CertificateThumbprint: 'mandatory' },
    validation: '',
  },
  SigningKey: {
    type: 'System.Object',
    aliases: '',
    sets: { SigningKey: 'mandatory' },
    validation: 'ValidateNotNullAttribute',
  },
  KeyId: {
    type: 'System.String',
    aliases: '',
    sets: { ClientCredentials: '', ClientCredentialsPath: '', ...ofKeyInPlace('') },
    validation: '',
  },
  KeyPassphrase: {
    type: 'System.Security.SecureString',
    aliases: '',
    sets: {
      ClientCredentials: '',
      ClientCredentialsPath: '',
      PipedClientId: '',
      Profile: '',
      Broker: '',
      BrokerTenantJsonWebKey: '',
      BrokerTenantJsonWebKeyPath: '',
    },
    validation: 'ValidateNotNullAttribute',
  },
  UseDeviceCode: { type: flag, aliases: '', sets: { DeviceCode: 'mandatory' }, validation: '' },
  RedirectUri: { type: 'System.String[]', aliases: '', sets: { AuthorizationCode: '' }, validation: '' },
  LoginHint: { type: 'System.String', aliases: '', sets: { AuthorizationCode: '' }, validation: '' },
  NoBrowser: { type: flag, aliases: '', sets: { AuthorizationCode: '', Profile: '' }, validation: '' },
  AuthorizationServer: { type: 'System.String', aliases: '', sets: inOAuthSets(''), validation: '' },
  Dpop: { type: 'System.String', aliases: '', sets: inOAuthSets(''), validation: 'ValidateSetAttribute' },
  Force: { type: flag, aliases: '', sets: { ...inOAuthSets(''), Profile: '', ...inBrokerSets }, validation: '' },
  InputObject: { type: 'System.String', aliases: '', sets: { PipedClientId: 'mandatory piped' }, validation: '' },
  JsonWebKeyPath: {
    type: 'System.String',
    aliases: '',
    sets: {
      ClientCredentialsPath: 'mandatory',
      PipedClientId: '',
      Broker: '',
      BrokerTenantJsonWebKeyPath: 'mandatory',
    },
    validation: '',
  },
  Credential: {
    type: 'System.Management.Automation.PSCredential',
    aliases: '',
    sets: { Credential: 'mandatory', Broker: '' },
    validation: 'ValidateNotNullAttribute',
  },
  AccessToken: {
    type: 'System.Security.SecureString',
    aliases: '',
    sets: { AccessToken: 'mandatory' },
    validation: 'ValidateNotNullAttribute',
  },
  Profile: { type: 'System.String', aliases: '', sets: { Profile: 'mandatory' }, validation: '' },
  PassThru: { type: flag, aliases: '', sets: { [all]: '' }, validation: '' },
  Broker: { ...ofBroker, sets: { Broker: '', ...tenantSets('mandatory') } },
  Connection: { ...ofBroker, sets: inBrokerSets },
  IdentityTokenFile: { ...ofBroker, sets: { Broker: '', BrokerTenant: '' } },
}

const listParameters = `
  $common = [System.Management.Automation.PSCmdlet]::CommonParameters
  foreach ($parameter in (Get-Command Connect-Okta).Parameters.Values) {
    if ($parameter.Name -in $common) { continue }
    $sets = @{}
    foreach ($name in $parameter.ParameterSets.Keys) {
      $set = $parameter.ParameterSets[$name]
      $words = @()
      if ($set.IsMandatory) { $words += 'mandatory' }
      if ($set.ValueFromPipeline) { $words += 'piped' }
      if ($set.ValueFromPipelineByPropertyName) { $words += 'by name' }
      if ($set.Position -ge 0) { $words += "at $($set.Position)" }
      if ($set.ValueFromRemainingArguments) { $words += 'rest' }
      $sets[$name] = $words -join ' '
    }
    [pscustomobject] @{
      name = $parameter.Name
      type = $parameter.ParameterType.FullName
      aliases = $parameter.Aliases -join ' '
      sets = $sets
      validation = @($parameter.Attributes | ForEach-Object { $_.GetType().Name } |
        Where-Object { $_ -like 'Validate*' }) -join ' '
    }
  }`

describeInPowerShell('the parameters of Connect-Okta', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  it('are those of the original cmdlet, and optional ones', async () => {
    const { output } = await shell.run(listParameters)
    const found = Object.fromEntries(output.map(({ name, ...rest }) => [name, rest]))
    expect(found).toEqual({ ...original, ...additions })
  })

  it('have the syntax of the original cmdlet', async () => {
    const { output } = await shell.run('(Get-Command Connect-Okta -Syntax).Trim() -split "\\r?\\n" -ne ""')
    const withoutAdditions = output.map(line => {
      const addition = new RegExp(
        ` \\[-(${Object.keys(additions).join('|')})( <[^>]+>)?\\]| \\[-ProgressAction <[^>]+>\\]`,
        'g',
      )
      return String(line).replaceAll(addition, '')
    })
    const ofBroker = withoutAdditions.filter(line => line.includes('-Broker '))
    expect(ofBroker.sort()).toEqual([
      'Connect-Okta -Tenant <string> -ClientId <string> -Broker <string> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -ClientSecret <securestring> -Broker <string> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -JsonWebKey <Object> -Broker <string> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -JsonWebKeyPath <string> -Broker <string> [-Scopes <string[]>] [<CommonParameters>]',
    ])
    expect(withoutAdditions.filter(line => !ofBroker.includes(line)).sort()).toEqual([
      'Connect-Okta -ContextScope <string> [<CommonParameters>]',
      'Connect-Okta -Profile <string> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -AccessToken <securestring> [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ApiToken <securestring> [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -Certificate <Object> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -CertificateThumbprint <string> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -ClientSecret <securestring> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -JsonWebKey <Object> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -JsonWebKeyPath <string> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -SigningKey <Object> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> -UseDeviceCode [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -ClientId <string> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -Credential <pscredential> [-Scopes <string[]>] [<CommonParameters>]',
      'Connect-Okta -Tenant <string> -InputObject <string> [-Scopes <string[]>] [-JsonWebKey <Object>] [-ClientSecret <securestring>] [<CommonParameters>]',
      'Connect-Okta [-ClientId <string>] [-Scopes <string[]>] [-JsonWebKey <Object>] [-ClientSecret <securestring>] [<CommonParameters>]',
    ])
  })
})
