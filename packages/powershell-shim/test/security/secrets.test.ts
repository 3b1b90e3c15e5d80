import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, runPowerShell, Shell } from '../support/shell.test.support.js'
import { freeRedirectUri, userBrowserIn } from '../support/user-browser.test.support.js'

// Uses each secret in calls that succeed and in calls that fail, with every stream on.
const useSecrets = `
$VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
$all = @{ Tenant = $given.tenant }
$jwk = $given.jwk
$secret = [Net.NetworkCredential]::new('', $given.secret).SecurePassword
$apiToken = [Net.NetworkCredential]::new('', $given.apiToken).SecurePassword
$scope = @{ Scopes = 'okta.users.read' }
Connect-Okta @all -ClientId $given.service -JsonWebKey $jwk @scope
$jwk | Connect-Okta @all -ClientId $given.service @scope -Force
Connect-Okta @all -ClientId 0oaUnknownClient0000 -JsonWebKey $jwk
Connect-Okta -Tenant 'exa mple' -ClientId $given.service -JsonWebKey $jwk
Connect-Okta -Tenant http://127.0.0.1:1 -ClientId $given.service -JsonWebKey $jwk
Connect-Okta @all -ClientId $given.service -JsonWebKey ($jwk.Substring(0, $jwk.Length - 40))
Connect-Okta @all -ClientId $given.service -JsonWebKey ($jwk | ConvertFrom-Json) @scope -Force
$secureKey = [Net.NetworkCredential]::new('', $jwk).SecurePassword
$key = New-OktaJsonWebKey -KeyId x
$key.PrivateJwk = $secureKey
$lines = $given.encrypted -split "\n"
Connect-Okta @all -ClientId $given.service -JsonWebKey $secureKey @scope -Force
$key | Connect-Okta @all -ClientId 0oaUnknownClient0000 @scope
$secureKey | Connect-Okta @all
$secureKey | Connect-Okta -Tenant http://127.0.0.1:1 -ClientId $given.service
$given.service | Connect-Okta -Tenant http://127.0.0.1:1 -JsonWebKey $jwk
$secret | Connect-Okta @all -ClientId $given.web -AuthorizationServer default -Scopes orders.write
$apiToken | Connect-Okta -Tenant http://127.0.0.1:1
Connect-Okta @all -ClientId $given.service -JsonWebKey $lines -KeyPassphrase $secret @scope
Connect-Okta @all -ClientId $given.service -JsonWebKey ([Text.Encoding]::UTF8.GetBytes($jwk)) -Scopes okta.apps.read
Connect-Okta @all -ClientId $given.service -JsonWebKeyPath $jwk
Connect-Okta @all -ClientId $given.service -JsonWebKeyPath $given.encrypted
$jwk | Set-Content "$HOME/secret-key.json"
Connect-Okta -Tenant http://127.0.0.1:1 -ClientId $given.service -JsonWebKeyPath "$HOME/secret-key.json"
Connect-Okta @all -Credential ([pscredential]::new($given.web, $secret)) -AuthorizationServer default -Scopes orders.read -Force
Connect-Okta @all -Credential ([pscredential]::new($given.web, $apiToken)) -AuthorizationServer default -Scopes orders.read -Force
Connect-Okta @all -AccessToken $apiToken
Invoke-OktaApi /api/v1/users
Connect-Okta -Tenant 'exa mple' -AccessToken $secret
Test-OktaConnection @all -ClientId $given.service -JsonWebKey $secureKey @scope
Connect-Okta @all -ClientId $given.service -JsonWebKey $jwk @scope -Force
Invoke-OktaApi /api/v1/users -Headers @{ Authorization = "SSWS $($given.apiToken)" }
Invoke-OktaApi POST /api/v1/users -Body @{ credentials = $secret }
Get-OktaContext -ListAvailable
Select-OktaContext $given.tenant
Connect-Okta @all -ClientId $given.service -JsonWebKey @($jwk, $jwk)
Connect-Okta @all -ClientId $given.service -JsonWebKey $jwk -ClientSecret $secret
$jwk | Connect-Okta @all
Test-OktaConnection @all -ClientId $given.service -JsonWebKey $jwk @scope
$passphrase = [Net.NetworkCredential]::new('', $given.passphrase).SecurePassword
Connect-Okta @all -ClientId $given.service -JsonWebKey $given.encrypted -KeyPassphrase $passphrase @scope -Force
& (Get-Module ConnectOkta) { $script:NodeProcess.Process.Kill(); $script:NodeProcess.Process.WaitForExit() }
$null = Get-OktaAccessToken -ForceRefresh
Connect-Okta @all -ClientId $given.service -JsonWebKey $given.encrypted -KeyPassphrase $secret @scope -Force
Connect-Okta @all -ClientId $given.service -JsonWebKey $given.encrypted @scope -Force
Test-OktaConnection @all -ClientId $given.service -JsonWebKey $given.encrypted -KeyPassphrase $passphrase @scope
Connect-Okta @all -ClientId $given.web -ClientSecret $secret -AuthorizationServer default -Scopes orders.read
Connect-Okta @all -ClientId $given.web -ClientSecret $secret
Connect-Okta @all -ClientId $given.web -ClientSecret $apiToken -AuthorizationServer default -Scopes orders.read
Connect-Okta @all -ClientId $given.spa -RedirectUri $given.redirectUri
$token = Get-OktaAccessToken
Invoke-OktaApi -Path /api/v1/users/00uUnknown
Connect-Okta @all -ApiToken $apiToken -PassThru
Connect-Okta @all -ApiToken $secret
Invoke-OktaApi -Path '/api/v1/users?limit=1'
& (Get-Module ConnectOkta) { $script:NodeProcess.Process.Kill(); $script:NodeProcess.Process.WaitForExit() }
Get-OktaContext
New-OktaJsonWebKey
Disconnect-Okta
Get-OktaAccessToken
`

// Where a secret could be: errors, the history, and the arguments and environments of processes.
const collectOutput = `
function Show-All($thing, [int] $depth) {
  if ($null -eq $thing -or $depth -gt 3) { return }
  "$thing"
  if ($thing -is [System.Collections.IDictionary]) { foreach ($key in @($thing.Keys)) { Show-All $thing[$key] ($depth + 1) } }
  elseif ($thing -is [string] -or $thing.GetType().IsPrimitive) { }
  else { foreach ($member in $thing.PSObject.Properties) { try { Show-All $member.Value ($depth + 1) } catch { "$_" } } }
}
foreach ($one in $Error) { Show-All $one 0; $one.Exception.ToString() }
Get-History
foreach ($folder in [IO.Directory]::GetDirectories('/proc')) {
  if ($folder -notmatch '/[0-9]+$') { continue }
  foreach ($file in 'cmdline', 'environ') { try { [IO.File]::ReadAllText("$folder/$file") } catch { } }
}`

function encryptedPem(key: JsonWebKey, passphrase: string): string {
  const options = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase } as const
  return String(createPrivateKey({ key, format: 'jwk' }).export(options))
}

describeInPowerShell('secrets', () => {
  let okta: OktaEmulator
  let home: string
  let shell: Shell
  let given: Record<string, string | undefined>
  beforeAll(async () => {
    const redirectUri = await freeRedirectUri()
    okta = await startOktaEmulator({
      authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
      clients: [
        { kind: 'service', scopes: ['okta.users.read'] },
        { kind: 'web', grantTypes: ['client_credentials'] },
        { kind: 'spa', scopes: ['okta.users.manage'], redirectUris: [redirectUri] },
      ],
    })
    home = await mkdtemp(join(tmpdir(), 'secrets-'))
    shell = await Shell.start(await userBrowserIn(home, okta.users[0]))
    const [service, web, spa] = okta.clients
    given = {
      tenant: okta.orgUrl.origin,
      service: service?.clientId,
      web: web?.clientId,
      spa: spa?.clientId,
      redirectUri,
      jwk: JSON.stringify(service?.jwk),
      passphrase: 'a passphrase of the test',
      encrypted: encryptedPem(service?.jwk as JsonWebKey, 'a passphrase of the test'),
      secret: web?.clientSecret,
      apiToken: okta.apiTokens[0]?.value,
    }
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })

  const parts = ['d', 'p', 'q', 'dp', 'dq', 'qi']
  const secretsOf = (tokens: readonly string[]) => {
    const jwk = JSON.parse(given.jwk ?? '{}')
    const ofKey = parts.map(part => String(jwk[part]).slice(0, 40))
    return [
      ...ofKey,
      given.passphrase,
      given.encrypted?.slice(200, 240),
      given.secret,
      given.apiToken,
      ...tokens,
    ] as string[]
  }

  it('are in no stream, error, history or process list when they are used', { timeout: 300_000 }, async () => {
    const tokens: string[] = []
    const whole = await shell.run(`${useSecrets}\n${collectOutput}`, given)
    for (const path of ['-AsPlainText', '-AsPlainText -ForceRefresh']) {
      const { output } = await shell.run(
        `Connect-Okta -Tenant $given.tenant -ClientId $given.service -JsonWebKey $given.jwk -Scopes okta.users.read
        Get-OktaAccessToken ${path}`,
        given,
      )
      tokens.push(output[0])
    }
    // There were errors of several kinds.
    expect(whole.thrown).toBeNull()
    expect(new Set(whole.errors.map(({ id }) => id)).size).toBeGreaterThan(6)
    expect(whole.debug.length).toBeGreaterThan(20)
    const written = JSON.stringify(whole)
    expect(secretsOf(tokens).filter(secret => written.includes(secret))).toEqual([])
  })

  it('are found by this test when an error contains one', async () => {
    const shown = await shell.run(`try { throw $given.secret } catch { }\n${collectOutput}`, given)
    expect(JSON.stringify(shown)).toContain(given.secret)
  })

  it('are in no transcript and not on the console when they are used', { timeout: 300_000 }, async () => {
    await writeFile(join(home, 'given.json'), JSON.stringify(given), { mode: 0o600 })
    const script = `
      $given = Get-Content given.json -Raw | ConvertFrom-Json
      $null = Start-Transcript -Path transcript.txt
      Import-Module ConnectOkta
      ${useSecrets}
      foreach ($one in $Error) {
        # PowerShell itself rejected the call before it reached the cmdlet, and its error contains the arguments.
        if ($one.Exception -isnot [System.Management.Automation.ParameterBindingException]) { Get-Error $one; $one | Format-List * -Force }
      }
      $null = Stop-Transcript`
    await writeFile(join(home, 'use.ps1'), script)
    const { stdout, stderr } = await runPowerShell(['-NoProfile', '-File', 'use.ps1'], home, {
      env: await userBrowserIn(home, okta.users[0]),
    })
    const transcript = await readFile(join(home, 'transcript.txt'), 'utf8')
    // The transcript is complete.
    for (const line of [
      'DEBUG: Request',
      'VERBOSE: Connected to',
      'Recommendation: ',
      'OktaClientRejected,Connect-Okta',
    ])
      expect(transcript).toContain(line)
    expect(secretsOf([]).filter(secret => (transcript + stdout + stderr).includes(secret))).toEqual([])
  })
})
