import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, Shell } from '../support/shell.test.support.js'

const exported = [
  'Connect-Okta',
  'Disconnect-Okta',
  'Get-OktaAccessToken',
  'Get-OktaContext',
  'Get-OktaPasskeyRegistrationOptions',
  'Get-OktaUserId',
  'Invoke-OktaApi',
  'New-OktaJsonWebKey',
  'Register-OktaPasskey',
  'Select-OktaContext',
  'Test-OktaConnection',
]

describeInPowerShell('the module manifest', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  it('is valid, and exports only the cmdlets', async () => {
    const { output, errors, warnings } = await shell.run(
      `$manifest = Test-ModuleManifest $given.path
      [pscustomobject] @{
        version = "$($manifest.Version)"
        functions = @($manifest.ExportedFunctions.Keys)
        editions = @($manifest.CompatiblePSEditions)
        gallery = @{
          description = $manifest.Description
          author = $manifest.Author
          project = "$($manifest.ProjectUri)"
          license = "$($manifest.LicenseUri)"
          icon = "$($manifest.IconUri)"
          notes = $manifest.ReleaseNotes
          tags = @($manifest.Tags)
        }
        others = $manifest.ExportedCmdlets.Count + $manifest.ExportedVariables.Count + $manifest.ExportedAliases.Count
      }
      [pscustomobject] @{ commands = @((Get-Command -Module ConnectOkta).Name) }`,
      { path: join(moduleFolder, 'ConnectOkta.psd1') },
    )
    const [manifest, { commands }] = output
    expect({ errors, warnings }).toEqual({ errors: [], warnings: [] })
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(manifest.version).toBe(version)
    // What the page of the PowerShell Gallery shows.
    const { tags, description, author, project, ...urls } = manifest.gallery
    expect([description, author].every(text => text.length > 10)).toBe(true)
    expect(project).toBe('https://connect-okta.github.io/connect-okta/powershell')
    for (const url of Object.values(urls))
      expect(url).toMatch(/^https:\/\/(raw\.)?github\S+\/connect-okta\/connect-okta\//)
    expect(tags).toEqual(expect.arrayContaining(['Okta', 'PSEdition_Desktop', 'PSEdition_Core']))
    expect(manifest).toMatchObject({ editions: ['Desktop', 'Core'], others: 0 })
    expect(manifest.functions.sort()).toEqual(exported)
    expect(commands.sort()).toEqual(exported)
  })

  it('is ASCII, as the module is, because Windows PowerShell reads other text in the code page of the machine', async () => {
    for (const name of ['ConnectOkta.psm1', 'ConnectOkta.psd1', 'ConnectOkta.Format.ps1xml']) {
      expect(await readFile(join(moduleFolder, name), 'utf8')).toMatch(/^\p{ASCII}*$/u)
    }
  })
})
