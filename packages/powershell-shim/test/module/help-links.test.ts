import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, Shell } from '../support/shell.test.support.js'

describeInPowerShell('the module for its users', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  it('has a page for Get-Help -Online of each cmdlet', async () => {
    const { output } = await shell.run(
      `foreach ($name in (Get-Command -Module ConnectOkta).Name) {
        "$name $(@((Get-Help $name -Full).relatedLinks.navigationLink.uri | Where-Object { $_ })[0])"
      }`,
    )
    expect(output.length).toBeGreaterThan(10)
    for (const line of output) {
      const [name = '', uri = ''] = String(line).split(' ')
      expect(new URL(uri)).toMatchObject({ protocol: 'https:', hash: `#${name.toLowerCase()}` })
    }
  })

  it('has the metadata of the PowerShell Gallery in its manifest', async () => {
    const { output } = await shell.run(
      `$manifest = Test-ModuleManifest $given.path
      "$($manifest.ProjectUri)", "$($manifest.LicenseUri)", "$($manifest.IconUri)", "$($manifest.ReleaseNotes)", ($manifest.Tags -join ' ')`,
      { path: join(moduleFolder, 'ConnectOkta.psd1') },
    )
    const [project, license, icon, notes, tags] = output
    for (const uri of [project, license, icon, notes]) expect(new URL(uri).protocol).toBe('https:')
    const { homepage, version } = JSON.parse(await readFile(join(moduleFolder, '../../package.json'), 'utf8'))
    expect(project).toBe(homepage)
    expect(tags.split(' ')).toEqual(
      expect.arrayContaining(['Okta', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS']),
    )
    expect(version).toMatch(/^\d/)
  })

  it.each([
    ['(Get-OktaContext).', ['Status', 'Tenant', 'ClientId', 'Account', 'Grant', 'Scopes', 'ExpiresOn', 'TokenType']],
    ['Get-OktaContext | Select-Object ', ['Status', 'Tenant', 'ClientId', 'Account', 'Scopes']],
    ['(Connect-Okta).', ['Tenant', 'Scopes']],
    ['(New-OktaJsonWebKey).', ['KeyId', 'PublicJwk', 'PrivateJwk']],
    ['(Test-OktaConnection).', ['Check', 'Outcome', 'Message', 'Fix']],
    [
      '(Register-OktaPasskey).',
      ['FactorId', 'FactorType', 'Provider', 'VendorName', 'Status', 'Created', 'LastUpdated'],
    ],
    ['(Get-OktaPasskeyRegistrationOptions).', ['FactorId', 'PublicKeyOptions', 'Embedded', 'Tenant']],
  ])('completes the properties of outputs after %s', async (typed, names) => {
    const { output } = await shell.run(
      '(TabExpansion2 $given.typed $given.typed.Length).CompletionMatches.CompletionText',
      {
        typed,
      },
    )
    expect(output).toEqual(expect.arrayContaining(names))
  })

  it('has the values of an output, not those of its type', async () => {
    const { output } = await shell.run(
      `$key = New-OktaJsonWebKey -Type P-256 -KeyId mine
      $key.KeyId, @($key.PSObject.Properties.Name).Count, ($key | Select-Object KeyId, Algorithm).Algorithm
      ($key | ConvertTo-Json | ConvertFrom-Json).KeyId`,
    )
    expect(output).toEqual(['mine', 5, 'ES256', 'mine'])
  })

  it.each([
    ['Invoke-OktaApi /x -Method P', ['POST', 'PUT', 'PATCH']],
    ['Connect-Okta -Dpop a', ['auto', 'always']],
    ['Connect-Okta -ContextScope ', ['Process', 'CurrentUser']],
  ])('completes the values of %s', async (typed, values) => {
    const { output } = await shell.run(
      '(TabExpansion2 $given.typed $given.typed.Length).CompletionMatches.CompletionText',
      {
        typed,
      },
    )
    expect(output.toSorted()).toEqual(values.toSorted())
  })
})
