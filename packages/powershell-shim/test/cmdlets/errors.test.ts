import { generateKeyPairSync } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../support/shell.test.support.js'

describeInPowerShell('errors of the cmdlets', () => {
  let okta: OktaEmulator
  let shell: Shell
  let given: { tenant: string; clientId: string; jwk: string }
  beforeAll(async () => {
    okta = await startOktaEmulator({ clients: [{ kind: 'service', scopes: ['okta.users.read'] }] })
    shell = await Shell.start()
    const { clientId, jwk } = okta.client('service')
    given = { tenant: okta.orgUrl.origin, clientId, jwk: JSON.stringify(jwk) }
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })

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
      const { errors, output } = await shell.run(`Connect-Okta ${parameters}\n'continued'`, given)
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
    const { errors } = await shell.run(script, given)
    expect(errors).toEqual([
      expect.objectContaining({
        id: `${id},Connect-Okta`,
        target,
        message: expect.stringContaining('was given an object'),
        recommendedAction: expect.stringMatching(/text/),
      }),
    ])
    expect(JSON.stringify(errors)).not.toContain(JSON.parse(given.jwk).d)
  })

  it('do not contain a key when it is piped without a client ID', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    for (const key of [pem, given.jwk, JSON.stringify(JSON.parse(given.jwk), undefined, 2)]) {
      const { errors, thrown, ...streams } = await shell.run(
        '$given.key -split "\\n" | Connect-Okta -Tenant $given.tenant -NoBrowser',
        { ...given, key },
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
    const { output, errors } = await shell.run(
      `try { Connect-Okta -Tenant 'exa mple' -ClientId c -JsonWebKey k; 'continued' } catch { "caught: $($_.FullyQualifiedErrorId)" }
      try { Connect-Okta -Tenant 'exa mple' -ClientId c -JsonWebKey k -ErrorAction Continue 2>$null; 'continued' } catch { 'caught' }
      $Error.Clear()
      'c', 'd' | Connect-Okta -Tenant 'exa mple' -JsonWebKey k 2>$null
      $Error.Count`,
      given,
    )
    expect(errors).toEqual([])
    expect(output).toEqual(['caught: OktaOptionsInvalid,Connect-Okta', 'continued', 2])
  })

  it('follow -ErrorAction, and $ErrorActionPreference of the script', async () => {
    const bad = "Connect-Okta -Tenant 'exa mple' -ClientId c -JsonWebKey k"
    const { output, errors } = await shell.run(
      `try { ${bad} -ErrorAction Stop } catch { "stopped: $($_.FullyQualifiedErrorId)" }
      ${bad} -ErrorAction SilentlyContinue -ErrorVariable stored
      "stored: $($stored[0].FullyQualifiedErrorId)"
      ${bad} -ErrorAction Ignore
      & { $ErrorActionPreference = 'Stop'; try { ${bad} } catch { "stopped: $($_.FullyQualifiedErrorId)" } }
      & { $ErrorActionPreference = 'SilentlyContinue'; ${bad} }`,
      given,
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
    const verbose = await shell.run(`& { $VerbosePreference = 'Continue'; ${connect} }`, given)
    expect(verbose.verbose).toContain('Okta access token successfully retrieved.')
    const { output } = await shell.run(
      `try { ${connect.replace('.read', '.read,okta.logs.read')} -WarningAction Stop } catch { $_.FullyQualifiedErrorId }
      ${connect} -WarningAction SilentlyContinue
      (Get-OktaContext).ClientId`,
      given,
    )
    expect(output).toEqual(['ActionPreferenceStop,Connect-Okta', given.clientId])
  })
})
