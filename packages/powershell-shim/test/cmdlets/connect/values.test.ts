import { freePort } from '@connect-okta/emulator'
import { expect, it } from 'vitest'
import { OrgShell } from '../../support/org-shell.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

const scopes = ['okta.groups.read', 'okta.users.read']

describeInPowerShell('values of Connect-Okta', () => {
  const org = new OrgShell({
    org: {
      authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
      clients: [{ kind: 'service', scopes: [...scopes, 'okta.users.manage'] }],
    },
  })

  const connect = (parameters: string) =>
    org.run(`Connect-Okta -ClientId $given.clientId -JsonWebKey $given.jwk -Force -PassThru ${parameters}`)

  it.each([
    ['several', 'okta.users.read, okta.groups.read'],
    ['separated by spaces', "'okta.users.read okta.groups.read'"],
    ['separated by commas', "'okta.users.read,okta.groups.read'"],
    ['separated by semicolons', "'okta.users.read;okta.groups.read'"],
    ['a JSON array', `'["okta.users.read", "okta.groups.read"]'`],
    ['lines', '"okta.users.read`r`nokta.groups.read`r`n"'],
    ['with an empty one', "'okta.users.read', '', 'okta.groups.read'"],
  ])('are accepted when -Scopes are %s', async (_what, value) => {
    const { output, errors } = await connect(`-Tenant $given.tenant -Scopes ${value}`)
    expect(errors).toEqual([])
    expect(output[0].Scopes.toSorted()).toEqual(scopes)
  })

  it.each([
    ['Scopes', "-Tenant $given.tenant -Scopes ''"],
    ['Scopes', "-Tenant $given.tenant -Scopes ' ', ''"],
    ['Scopes', '-Tenant $given.tenant -Scopes @()'],
    ['Scopes', '-Tenant $given.tenant -Scopes $env:UNSET_VARIABLE'],
    ['AuthorizationServer', '-Tenant $given.tenant -AuthorizationServer $env:UNSET_VARIABLE'],
    ['Tenant', "-Tenant ' '"],
  ])('cause an error of -%s, and no request, when it is empty: %s', async (name, parameters) => {
    const { output, errors } = await connect(parameters)
    expect(output).toEqual([])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Connect-Okta',
        target: name,
        message: `-${name} is empty.`,
        recommendedAction: expect.stringMatching(/\S/),
      }),
    ])
    expect(org.okta.requests).toEqual([])
  })

  it.each(['{clientId}', '{{ .Values.clientId }}', '$(CLIENT_ID)'])(
    'are reported as placeholders when -ClientId is %s',
    async value => {
      const { errors } = await org.run(
        'Connect-Okta -Tenant $given.tenant -ClientId $given.value -JsonWebKey $given.jwk',
        {
          value,
        },
      )
      expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('placeholder')])
    },
  )

  it.each([
    ['ClientId', "Connect-Okta -Tenant $given.tenant -ClientId ' '"],
    ['RedirectUri', "Connect-Okta -Tenant $given.tenant -ClientId c -RedirectUri @('')"],
    ['ClientSecret', 'Connect-Okta -Tenant $given.tenant -ClientId c -ClientSecret ([securestring]::new())'],
    ['ApiToken', 'Connect-Okta -Tenant $given.tenant -ApiToken ([securestring]::new())'],
    [
      'KeyPassphrase',
      'Connect-Okta -Tenant $given.tenant -ClientId c -JsonWebKey k -KeyPassphrase ([securestring]::new())',
    ],
    ['Scopes', "Test-OktaConnection -Tenant $given.tenant -Scopes ''"],
  ])('cause an error of -%s when it is empty in another parameter set: %s', async (name, script) => {
    const { output, errors } = await org.run(script)
    expect({ output, messages: errors.map(({ message }) => message) }).toEqual({
      output: [],
      messages: [`-${name} is empty.`],
    })
  })

  it.each([
    [
      '-ClientId',
      "Connect-Okta -Tenant t.okta.com -ClientId ''",
      'ParameterArgumentValidationErrorEmptyStringNotAllowed',
    ],
    ['-Tenant', "Connect-Okta -Tenant '' -ClientId c", 'ParameterArgumentValidationErrorEmptyStringNotAllowed'],
    ['-JsonWebKey', "Connect-Okta -Tenant t.okta.com -ClientId c -JsonWebKey ''", 'ParameterArgumentValidationError'],
  ])('are rejected by PowerShell when %s is an empty string', async (_name, script, id) => {
    const { errors } = await org.run(script)
    expect(errors.map(error => error.id)).toEqual([`${id},Connect-Okta`])
  })

  it('are rejected by PowerShell when a parameter is given twice', async () => {
    const { output } = await org.run(
      "try { Invoke-Expression 'Connect-Okta -Tenant a -Tenant b -ClientId c' } catch { $_.FullyQualifiedErrorId }",
    )
    expect(output).toEqual([expect.stringMatching(/^ParameterAlreadyBound,/)])
  })

  it.each(['auto', 'Never', 'AUTO'])('are accepted when -Dpop is %s', async mode => {
    const { output, errors } = await connect(`-Tenant $given.tenant -Scopes okta.users.read -Dpop ${mode}`)
    expect(errors).toEqual([])
    expect(output).toHaveLength(1)
  })

  it.each([', ', ' ', ';', '\n'])('are separate redirect URIs when %j is between them', async separator => {
    const free = `http://localhost:${await freePort()}/callback`
    const uris = [`http://localhost:${org.okta.orgUrl.port}/callback`, free].join(separator)
    const { output } = await org.run(
      `(Test-OktaConnection -Tenant $given.tenant -ClientId c -RedirectUri $given.uris |
        Where-Object { $_.Check -eq 'callback_port' }).Message`,
      { uris },
    )
    // The port of the first one is in use.
    expect(output).toEqual([`The port of ${free} is free.`])
  })

  it('are accepted when the tenant is a URL object', async () => {
    const { output, errors } = await connect('-Tenant ([uri] $given.tenant) -Scopes okta.users.read')
    expect(errors).toEqual([])
    expect(output).toHaveLength(1)
  })
})
