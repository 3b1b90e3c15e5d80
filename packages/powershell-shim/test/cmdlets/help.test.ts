import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { brokerSecret, startBroker, type TestBroker } from '../support/broker.test.support.js'
import { describeInPowerShell, moduleFolder, Shell } from '../support/shell.test.support.js'
import { keyFunctions } from '../support/signing-keys.test.support.js'
import { freeRedirectUri, invokeWithBrowser, userBrowserIn } from '../support/user-browser.test.support.js'

const cmdlets = ['Connect-Okta', 'Disconnect-Okta', 'Get-OktaAccessToken', 'Get-OktaContext', 'Invoke-OktaApi']
cmdlets.push('New-OktaJsonWebKey', 'Test-OktaConnection', 'Get-OktaUserId', 'Get-OktaPasskeyRegistrationOptions')
cmdlets.push('Register-OktaPasskey', 'Select-OktaContext')

// Replaces what the examples need: input of a user, a vault, a clipboard, and an org with HTTPS.
const substitutes = `
${invokeWithBrowser}
function Get-Secret { param($Name)
  if ($Name -eq 'okta-app') { return [pscredential]::new('0oaw3bAppx9Yb2c5d6e7', [Net.NetworkCredential]::new('', $given.secrets.'Client secret').SecurePassword) }
  [Net.NetworkCredential]::new('', $given.secrets.$Name).SecurePassword
}
function Get-RegisteredKey { $key = New-OktaJsonWebKey -Type P-256; $key.PrivateJwk = Get-Secret okta-key; $key }
function Set-Clipboard { $null = @($input) }
$ids = $logins = 'ada.lovelace@example.com', 'grace.hopper@example.com'
$names = 'one', 'two'
${keyFunctions}
function Read-Host { param($Prompt, [switch] $AsSecureString)
  if (-not $AsSecureString) { return '{}' }
  [Net.NetworkCredential]::new('', $given.secrets.$Prompt).SecurePassword }
function Invoke-RestMethod { param($Uri, $Authentication, [securestring] $Token) if ($Token.Length -lt 20) { throw 'no token' } }
$ErrorActionPreference = 'Stop'`

// The certificate of the examples, in the store and in a file.
const saveCertificate = `
  $certificate = New-TestCertificate
  Add-TestCertificate $certificate
  [IO.File]::WriteAllBytes("$($given.home)/app.pfx", $certificate.Export('Pfx'))`

const passphrase = 'correct horse battery'

describeInPowerShell('the help of the cmdlets', () => {
  let okta: OktaEmulator
  let broker: TestBroker
  let shell: Shell
  let user: Shell
  let redirectUris: string[]
  let accessToken: string
  let pages: Record<
    string,
    { synopsis: string; description: string; parameters: string[]; named: string[]; examples: string[]; views: string }
  >

  beforeAll(async () => {
    redirectUris = [await freeRedirectUri(), await freeRedirectUri()]
    const scopes = ['okta.users.manage', 'okta.users.read', 'okta.groups.read']
    okta = await startOktaEmulator({
      authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
      clients: [
        { kind: 'spa', clientId: '0oakmj8hvxvtvCy3P5d7', scopes, redirectUris },
        { kind: 'service', clientId: '0oa1a2b3c4d5e6f7g8h9', scopes },
        { kind: 'native', clientId: '0oan4t1v3Appx9Yb2c5d', scopes },
        { kind: 'web', clientId: '0oaw3bAppx9Yb2c5d6e7', grantTypes: ['client_credentials'] },
      ],
    })
    broker = await startBroker(okta)
    shell = await Shell.start()
    const browser = await userBrowserIn(shell.home, okta.users[0])
    user = await Shell.start({ ...browser, PSModulePath: join(moduleFolder, '..') })
    const { clientId, jwk } = okta.client('service')
    const connected = await shell.run(
      `Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes okta.users.read
      Get-OktaAccessToken -AsPlainText`,
      { tenant: okta.orgUrl.origin, clientId, jwk: JSON.stringify(jwk) },
    )
    accessToken = connected.output[0]
    const { output } = await shell.run(
      `foreach ($name in $given.cmdlets) {
        $help = Get-Help $name -Full
        $declared = (Get-Command $name).ScriptBlock.Ast.Body.ParamBlock.Parameters
        $known = (Get-Command $name).Parameters.Values | Where-Object {
          $_.Name -notin [System.Management.Automation.PSCmdlet]::CommonParameters }
        [pscustomobject] @{
          name = $name
          synopsis = $help.Synopsis
          description = ($help.description | ForEach-Object { $_.Text }) -join ' '
          parameters = @($help.parameters.parameter | ForEach-Object {
            "$($_.name) $($_.type.name) required=$($_.required) piped=$($_.pipelineInput) at=$($_.position) aka=$($_.aliases) $(($_.description | ForEach-Object { $_.Text }).Length -gt 0)" })
          named = @($known | ForEach-Object {
            # The first one in the source. PowerShell does not keep their order.
            $parameter = $_
            $first = @(($declared | Where-Object { $_.Name.VariablePath.UserPath -eq $parameter.Name }).Attributes | Where-Object { "$($_.TypeName)" -eq 'Parameter' })[0]
            $of = ($first.NamedArguments | Where-Object ArgumentName -eq 'ParameterSetName').Argument.Value
            $set = @($_.ParameterSets.Values)[0]; if ($of) { $set = $_.ParameterSets[$of] }
            $at = 'named'; if ($set.Position -ge 0) { $at = $set.Position }
            $by = @(if ($_.ParameterSets.Values.ValueFromPipeline -contains $true) { 'ByValue' }
              if ($_.ParameterSets.Values.ValueFromPipelineByPropertyName -contains $true) { 'ByPropertyName' })
            $piped = 'False'; if ($by) { $piped = "True ($($by -join ', '))" }
            $aka = 'none'; if ($_.Aliases.Count -gt 0) { $aka = $_.Aliases -join ', ' }
            "$($_.Name) $($_.ParameterType.Name) required=$("$($set.IsMandatory)".ToLower()) piped=$piped at=$at aka=$aka True" })
          sets = @((Get-Command $name).ParameterSets).Count - @($help.syntax.syntaxItem).Count
          examples = @($help.examples.example | ForEach-Object { $_.code })
        }
      }`,
      { cmdlets },
    )
    pages = Object.fromEntries(output.map(({ name, ...page }) => [name, page]))
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await user[Symbol.asyncDispose]()
    await broker[Symbol.asyncDispose]()
    await okta.close()
  })

  it.each(cmdlets)('has the synopsis, the parameters and examples of %s', name => {
    const page = pages[name]
    expect(page).toMatchObject({ synopsis: expect.stringMatching(/^[A-Z].*\.$/), sets: 0 })
    expect(page?.parameters.toSorted()).toEqual(page?.named.toSorted())
    expect(page?.examples.length).toBeGreaterThanOrEqual(2)
  })

  it('links to the guide that sets up an app', async () => {
    const guide = 'https://connect-okta.github.io/connect-okta/okta-app'
    expect(pages['Connect-Okta']?.description).toContain(guide)
    const { output } = await shell.run('"$(Get-Help about_ConnectOkta)"')
    expect(output[0]).toContain(guide)
  })

  it.each(cmdlets)('separates the examples of %s, each with a title', async name => {
    const { output } = await shell.run(`Get-Help ${name} -Examples | Out-String -Width 100`)
    const lines = String(output[0])
      .split(/\r?\n/)
      .map(line => line.trim())
    const titles = lines.flatMap((line, index) => (/^-+ Example \d+: .* -+$/.test(line) ? [index] : []))
    expect(titles.length).toBe(pages[name]?.examples.length)
    for (const index of titles) expect([lines[index - 1], lines[index + 1]]).toEqual(['', ''])
  })

  it.each([
    ['-Full', /^ {4}-Tenant <String>$/m],
    ['-Detailed', /^ {4}-Tenant <String>$/m],
    ['-Parameter *', /^-Tenant <String>$/m],
  ])('shows no raw objects of Connect-Okta with %s at 80 columns', async (view, parameter) => {
    const { output } = await shell.run(`Get-Help Connect-Okta ${view} | Out-String -Width 80`)
    const page = String(output[0]).replaceAll('\r', '')
    expect(page).toMatch(parameter)
    // Parts without a view would be shown as objects.
    expect(page).not.toMatch(/@\{|System\.\w+\.|^ *\w+ +: /m)
    expect(page.split('\n').filter(line => line.length > 80)).toEqual([])
  })

  // In this order: the first examples find no stored sign-in.
  it.each(cmdlets)('has examples of %s that succeed', async name => {
    const connected = `Connect-Okta -Tenant ${okta.orgUrl.origin} -ClientId ${okta.clients[0]?.clientId} -RedirectUri ${redirectUris[0]} -Scopes okta.users.manage, okta.users.read`
    const examples = (pages[name]?.examples ?? []).map(code => localized(name, code))
    const script = [
      substitutes,
      `${saveCertificate}\nSet-Location $given.home; [Environment]::CurrentDirectory = $env:CONNECT_OKTA_CONFIG_DIR = $given.home`,
      ...(name === 'Connect-Okta' ? [] : [connected]),
      ...examples.map(code => (/-NoBrowser|-UseDeviceCode/.test(code) ? `Invoke-WithBrowser { ${code} }` : code)),
      "'all examples were run'",
    ]
    const home = await mkdtemp(join(tmpdir(), 'examples-'))
    await writeFiles(home, name !== 'New-OktaJsonWebKey')
    const [apiToken] = okta.apiTokens
    const secrets = {
      'Client secret': okta.clients[3]?.clientSecret,
      'API token': apiToken?.value,
      Passphrase: passphrase,
      'okta-key': JSON.stringify(okta.client('service').jwk),
      'okta-access-token': accessToken,
      'okta-broker': brokerSecret,
    }
    const { output, errors, thrown } = await user.run(script.join('\n'), {
      secrets,
      home,
      rsa: await readFile(join(home, 'key.pem'), 'utf8'),
    })
    expect({ errors, thrown }).toEqual({ errors: [], thrown: null })
    expect(output.at(-1)).toBe('all examples were run')
  })

  async function writeFiles(home: string, hasKeys: boolean): Promise<void> {
    const { jwk } = okta.client('service')
    const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
    const pem = key.export({ type: 'pkcs8', format: 'pem' })
    const encrypted = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    const service = `{ tenant: ${okta.orgUrl.origin}, clientId: 0oa1a2b3c4d5e6f7g8h9, scopes: [okta.users.manage], key: { file: key.json } }`
    await writeFile(join(home, 'profiles.yaml'), `profiles: { production: ${service}, staging: ${service} }`, {
      mode: 0o600,
    })
    await writeFile(join(home, 'logins.txt'), 'ada.lovelace@example.com\ngrace.hopper@example.com\n')
    await writeFile(join(home, 'token.jwt'), broker.identityToken())
    await writeFile(join(home, 'group.json'), '{ "profile": {} }')
    await writeFile(join(home, 'credential.json'), '{}')
    if (hasKeys) await writeFile(join(home, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
    await writeFile(join(home, 'key.pem'), pem, { mode: 0o600 })
    await writeFile(join(home, 'encrypted.pem'), encrypted, { mode: 0o600 })
  }

  // With the emulator as the org, and with free ports.
  function localized(name: string, code: string): string {
    // The emulator does not create or change users and groups. Another test registers a passkey.
    const unsupported = /(Invoke-OktaApi POST .*|(?<!\S)Register-OktaPasskey .*)$/gm
    return (
      (name === 'Connect-Okta' ? code.replace('New-OktaJsonWebKey -Path key.json', 'Get-RegisteredKey') : code)
        .replace(unsupported, '$1 -WhatIf')
        .replace(/(Select-OktaContext \S+)$/, '$1 -ClientId 0oa1a2b3c4d5e6f7g8h9')
        // The emulator has no such paths.
        .replace('/api/v1/users/$_/groups', '/api/v1/users/$_')
        .replace('Invoke-OktaApi /api/v1/org', 'Invoke-OktaApi /api/v1/users')
        // Other examples have revoked tokens.
        .replace('Where-Object Status -ne Saved', 'Where-Object IsCurrent')
        .replace('00u1a2b3c4d5e6f7g8h9', okta.users[0]?.id ?? '')
        .replaceAll('https://broker.example.com', broker.url)
        .replaceAll('https://example.okta.com', okta.orgUrl.origin)
        .replace("-ne 'example.okta.com'", `-ne '${okta.orgUrl.host}'`)
        .replaceAll('example.okta.com', okta.orgUrl.origin)
        .replaceAll('3F2A61D07C8B59E4A1D2C3B4F5E6978812345678', '$($certificate.Thumbprint)')
        // A computer with a TPM.
        .replace(/^\$provider = .*\n\$key = .*CngKey.*$/m, '$key = New-TestKey')
        // The app has this key with another ID.
        .replace(
          /^Connect-Okta .* -(?:Certificate|CertificateThumbprint|SigningKey) .*$/gm,
          `$& -KeyId ${okta.client('service').jwk?.kid}`,
        )
        .replace('http://localhost:8081/login/callback', redirectUris[1] ?? '')
        .replace(/(-ClientId 0oakmj8hvxvtvCy3P5d7)(?!.*-RedirectUri)/, `$1 -RedirectUri ${redirectUris[0]}`)
    )
  }
})
