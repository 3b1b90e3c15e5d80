import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { OrgShell } from '../support/org-shell.test.support.js'
import { describeInPowerShell } from '../support/shell.test.support.js'

describeInPowerShell('errors of the cmdlets', () => {
  const org = new OrgShell({ org: { clients: [{ kind: 'service', scopes: ['okta.users.read'] }] } })

  it.each([
    [
      'an invalid tenant',
      "-Tenant 'exa mple' -ClientId c -JsonWebKey $given.jwk",
      'OktaOptionsInvalid',
      'InvalidArgument',
      '',
    ],
    [
      'the admin console',
      '-Tenant example-admin.okta.com -ClientId c -JsonWebKey $given.jwk',
      'OktaOptionsInvalid',
      'InvalidArgument',
      'example-admin.okta.com',
    ],
    [
      'a damaged key',
      "-Tenant example.okta.com -ClientId c -JsonWebKey '{}'",
      'OktaPrivateKeyInvalid',
      'InvalidArgument',
      'example.okta.com',
    ],
    [
      'an unknown client',
      '-Tenant $given.tenant -ClientId 0oaUnknownClient0000 -JsonWebKey $given.jwk',
      'OktaClientRejected',
      'AuthenticationError',
      'http://127',
    ],
    [
      'a scope that is not granted',
      '-Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes okta.apps.manage',
      'OktaScopeRejected',
      'PermissionDenied',
      'http://127',
    ],
    [
      'an org that cannot be reached',
      '-Tenant http://127.0.0.1:1 -ClientId c -JsonWebKey $given.jwk',
      'OktaNetworkFailed',
      'ConnectionError',
      'http://127',
    ],
  ])(
    'have an ID, a category, a target and a recommended action when the cause is %s',
    async (_what, parameters, id, category, target) => {
      const { errors, output } = await org.run(`Connect-Okta ${parameters}\n'continued'`)
      expect(output).toEqual(['continued'])
      expect(errors).toEqual([
        {
          id: `${id},Connect-Okta`,
          category,
          target: expect.stringContaining(target),
          message: expect.stringMatching(/\S/),
          recommendedAction: expect.stringMatching(/\S/),
        },
      ])
    },
  )

  it.each([
    ['a hashtable as the tenant', 'Connect-Okta -Tenant @{} -ClientId c -JsonWebKey k', 'OktaOptionsInvalid', 'Tenant'],
    [
      'a hashtable as the key',
      'Connect-Okta -Tenant t.okta.com -ClientId c -JsonWebKey @{ kty = "RSA" }',
      'OktaPrivateKeyInvalid',
      'JsonWebKey',
    ],
    [
      'an object as the key',
      "Connect-Okta -Tenant t.okta.com -ClientId c -JsonWebKey ([pscustomobject] @{ kty = 'RSA' })",
      'OktaPrivateKeyInvalid',
      'JsonWebKey',
    ],
    [
      'a piped object',
      'Get-Process -Id $PID | Connect-Okta -Tenant t.okta.com -ClientId c',
      'OktaPrivateKeyInvalid',
      'JsonWebKey',
    ],
    [
      'an object as the client ID',
      'Connect-Okta -Tenant t.okta.com -ClientId ([uri] "x" | ForEach-Object { @{} }) -JsonWebKey k',
      'OktaOptionsInvalid',
      'ClientId',
    ],
  ])('report an object where text is expected: %s', async (_what, script, id, target) => {
    const { errors } = await org.run(script)
    expect(errors).toEqual([
      expect.objectContaining({
        id: `${id},Connect-Okta`,
        target,
        message: expect.stringContaining('must be text, not an object'),
        recommendedAction: expect.stringMatching(/text/),
      }),
    ])
    expect(JSON.stringify(errors)).not.toContain(JSON.parse(org.given.jwk).d)
  })

  it('do not contain a key when it is piped without a client ID', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    for (const key of [pem, org.given.jwk, JSON.stringify(JSON.parse(org.given.jwk), undefined, 2)]) {
      const { errors, thrown, ...streams } = await org.run(
        '$given.key -split "\\n" | Connect-Okta -Tenant $given.tenant -NoBrowser',
        { key },
      )
      expect(errors).toEqual([
        expect.objectContaining({
          id: 'OktaOptionsInvalid,Connect-Okta',
          target: 'ClientId',
          category: 'InvalidArgument',
        }),
      ])
      expect(JSON.stringify([errors, streams])).not.toMatch(new RegExp(key.slice(40, 60)))
      expect(streams.information).toEqual([])
    }
  })

  it('end a statement, so that try and catch see them', async () => {
    const { output, errors } = await org.run(
      `try { Connect-Okta -Tenant 'exa mple' -ClientId c -JsonWebKey k; 'continued' } catch { "caught: $($_.FullyQualifiedErrorId)" }
      try { Connect-Okta -Tenant 'exa mple' -ClientId c -JsonWebKey k -ErrorAction Continue 2>$null; 'continued' } catch { 'caught' }
      $Error.Clear()
      'c', 'd' | Connect-Okta -Tenant 'exa mple' -JsonWebKey k 2>$null
      $Error.Count`,
    )
    expect(errors).toEqual([])
    expect(output).toEqual(['caught: OktaOptionsInvalid,Connect-Okta', 'continued', 2])
  })

  it('follow -ErrorAction, and $ErrorActionPreference of the script', async () => {
    const bad = "Connect-Okta -Tenant 'exa mple' -ClientId c -JsonWebKey k"
    const { output, errors } = await org.run(
      `try { ${bad} -ErrorAction Stop } catch { "stopped: $($_.FullyQualifiedErrorId)" }
      ${bad} -ErrorAction SilentlyContinue -ErrorVariable stored
      "stored: $($stored[0].FullyQualifiedErrorId)"
      ${bad} -ErrorAction Ignore
      & { $ErrorActionPreference = 'Stop'; try { ${bad} } catch { "stopped: $($_.FullyQualifiedErrorId)" } }
      & { $ErrorActionPreference = 'SilentlyContinue'; ${bad} }`,
    )
    expect(output).toEqual([
      'stopped: OktaOptionsInvalid,Connect-Okta',
      'stored: OktaOptionsInvalid,Connect-Okta',
      'stopped: OktaOptionsInvalid,Connect-Okta',
    ])
    expect(errors).toEqual([])
  })

  it('follow $VerbosePreference and -WarningAction too', async () => {
    const connect =
      'Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes okta.users.read'
    const verbose = await org.run(`& { $VerbosePreference = 'Continue'; ${connect} }`)
    expect(verbose.verbose).toContain('Okta access token successfully retrieved.')
    const { output } = await org.run(
      `try { ${connect.replace('.read', '.read,okta.logs.read')} -WarningAction Stop } catch { $_.FullyQualifiedErrorId }
      ${connect} -WarningAction SilentlyContinue
      (Get-OktaContext).ClientId`,
    )
    expect(output).toEqual(['ActionPreferenceStop,Connect-Okta', org.given.clientId])
  })
})
