import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

describeInPowerShell('the parameters of Connect-Okta', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  it('complete the scopes of Okta', async () => {
    const { output } = await shell.run(`
      (TabExpansion2 'Connect-Okta -Scopes okta.users' 30).CompletionMatches.CompletionText
      (TabExpansion2 "Connect-Okta -Scopes 'logs.r" 28).CompletionMatches.CompletionText`)
    expect(output).toEqual([
      'okta.users.manage',
      'okta.users.manage.self',
      'okta.users.read',
      'okta.users.read.self',
      'okta.logs.read',
    ])
  })

  it('complete nothing, and add no error to $Error, when there is no match or no Node.js', async () => {
    const { output } = await shell.run(`
      $Error.Clear()
      @((TabExpansion2 'Connect-Okta -Scopes okta[' 26).CompletionMatches | Where-Object { $_.CompletionText -like 'okta.*' }).Count
      $node = $env:CONNECT_OKTA_NODE; $env:CONNECT_OKTA_NODE = '/nowhere/node'
      @((TabExpansion2 'Connect-Okta -Tenant ex' 23).CompletionMatches | Where-Object { $_.CompletionText -like 'ex*' }).Count
      $env:CONNECT_OKTA_NODE = $node
      @($Error | Where-Object { "$($_.FullyQualifiedErrorId)" -like 'Okta*' }).Count`)
    expect(output).toEqual([0, 0, 0])
  })

  it('complete the tenants of profiles', async () => {
    const { output, errors } = await shell.run(`
      $folder = [IO.Directory]::CreateDirectory("$HOME/.config/connect-okta").FullName
      $env:CONNECT_OKTA_CONFIG_DIR = $folder
      [IO.File]::WriteAllText("$folder/profiles.yaml",
        "profiles:\`n  work: { tenant: example.okta.com }\`n  trial: { tenant: example.oktapreview.com }\`n")
      if (-not $IsWindows) { $null = [Diagnostics.Process]::Start('/bin/chmod', "600 $folder/profiles.yaml").WaitForExit() }
      (TabExpansion2 'Connect-Okta -Tenant ' 21).CompletionMatches.CompletionText
      (TabExpansion2 'Connect-Okta -Tenant tri' 24).CompletionMatches.CompletionText`)
    expect({ output, errors }).toEqual({
      output: ['example.okta.com', 'example.oktapreview.com', 'example.oktapreview.com'],
      errors: [],
    })
  })
})
