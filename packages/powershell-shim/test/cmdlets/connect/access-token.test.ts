import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, Shell } from '../../support/shell.test.support.js'
import { freeRedirectUri, userBrowserIn } from '../../support/user-browser.test.support.js'

describeInPowerShell('Connect-Okta', () => {
  let okta: OktaEmulator
  let shell: Shell
  let given: Record<string, string>
  beforeAll(async () => {
    const redirectUri = await freeRedirectUri()
    const scopes = ['okta.users.read']
    okta = await startOktaEmulator({
      clients: [
        { kind: 'service', scopes },
        { kind: 'spa', scopes, redirectUris: [redirectUri] },
      ],
    })
    shell = await Shell.start(await userBrowserIn(await mkdtemp(join(tmpdir(), 'browser-')), okta.users[0]))
    const { clientId, jwk } = okta.client('service')
    const spa = okta.client('spa').clientId
    given = { tenant: okta.orgUrl.origin, clientId, jwk: JSON.stringify(jwk), spa, redirectUri }
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })
  beforeEach(() => okta.clearRequests())

  // The token of another program.
  const getToken = `Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes okta.users.read -Force
      $token = Get-OktaAccessToken
      $text = [Net.NetworkCredential]::new('', $token).Password`
  const users = "(Invoke-OktaApi '/api/v1/users?limit=1').status"

  it('uses a token with -AccessToken, and requests and stores none', async () => {
    const { output, errors } = await shell.run(
      `${getToken}
      Connect-Okta -Tenant $given.tenant -AccessToken $token -PassThru
      ${users}
      (Get-OktaContext).Grant
      @(Get-OktaContext -ListAvailable | Where-Object { $_.Status -eq 'Saved' -and $_.Grant -eq 'access_token' }).Count
      1 | ForEach-Object -Parallel { Import-Module $using:given.module; ${users} }
      & (Get-Module ConnectOkta) { $script:NodeProcess.Process.Kill(); $script:NodeProcess.Process.WaitForExit() }
      ${users}`,
      { ...given, module: moduleFolder },
    )
    expect(errors).toEqual([])
    expect(output).toMatchObject([
      { Grant: 'access_token', Tenant: okta.orgUrl.host, Status: 'Current' },
      'ACTIVE',
      'access_token',
      0,
      'ACTIVE',
      'ACTIVE',
    ])
    expect(okta.requests.filter(({ path }) => path.includes('/token'))).toHaveLength(1)
  })

  it('writes an error that names what to do when the token is no longer valid', async () => {
    const { output, errors } = await shell.run(
      `${getToken}
      Disconnect-Okta
      Connect-Okta -Tenant $given.tenant -AccessToken $token -ErrorAction SilentlyContinue
      Invoke-OktaApi /api/v1/users`,
      given,
    )
    expect(output).toEqual([])
    expect(errors.at(-1)).toMatchObject({
      category: 'AuthenticationError',
      recommendedAction: expect.stringMatching(/onnect/),
    })
  })

  it.each([
    ['is $null', '-AccessToken $none', /^ParameterArgument\w+,Connect-Okta$/],
    ['is text', "-AccessToken 'text'", /^ParameterArgument\w+,Connect-Okta$/],
    ['is empty', '-AccessToken ([securestring]::new())', /^OktaOptionsInvalid,Connect-Okta$/],
    [
      'is given with a client ID',
      "-AccessToken ([Net.NetworkCredential]::new('', 'x').SecurePassword) -ClientId c",
      /^AmbiguousParameterSet,Connect-Okta$/,
    ],
  ])('is an error when -AccessToken %s', async (_what, args, id) => {
    const { errors, thrown } = await shell.run(`Connect-Okta -Tenant $given.tenant ${args}`, given)
    expect((thrown ?? errors[0])?.id).toMatch(id)
    expect(okta.requests).toEqual([])
  })

  it('sends -LoginHint to the authorization endpoint', async () => {
    const { errors } = await shell.run(
      "Connect-Okta -Tenant $given.tenant -ClientId $given.spa -RedirectUri $given.redirectUri -Scopes okta.users.read -LoginHint 'ada+x@example.com' -Force",
      given,
    )
    expect(errors).toEqual([])
    const { information } = await shell.run(
      "Connect-Okta -Tenant $given.tenant -ClientId $given.spa -RedirectUri $given.redirectUri -Scopes okta.users.read -LoginHint 'ada+x@example.com' -Force",
      given,
    )
    const [, address = ''] = /(http\S+authorize\S+)/.exec(information.join('\n')) ?? []
    expect(new URL(address).searchParams.get('login_hint')).toBe('ada+x@example.com')
  })

  it('warns once when the token of Get-OktaAccessToken -MinValidity is valid for a shorter time', async () => {
    const { output, errors, warnings } = await shell.run(
      `Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes okta.users.read
      (Get-OktaAccessToken -MinValidity 1.00:00:00).GetType().Name`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['SecureString'], errors: [] })
    expect(warnings.filter(text => !text.includes('keyring'))).toEqual([
      expect.stringMatching(/^The token expires in \d+ minutes, which is less than -MinValidity 1\.00:00:00\./),
    ])
    const { warnings: none } = await shell.run('$null = Get-OktaAccessToken -MinValidity 00:10:00')
    expect(none).toEqual([])
  })
})
