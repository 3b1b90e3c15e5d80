import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInEngines, Engine, moduleFolder } from './engine.test.support.js'

const source = fileURLToPath(new URL('../module/ConnectOkta', import.meta.url))
const exported = [
  'Connect-Okta',
  'Disconnect-Okta',
  'Get-OktaAccessToken',
  'Get-OktaContext',
  'Invoke-OktaApi',
  'New-OktaJsonWebKey',
  'Test-OktaConnection',
]

// What Windows PowerShell 5.1 cannot parse, or parses as something else; and what is called.
const walk = `
  $language = 'System.Management.Automation.Language'
  function Find([string] $path) {
    $tokens = $null; $problems = $null
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($path, [ref] $tokens, [ref] $problems)
    $all = $ast.FindAll({ $true }, $true)
    $found = foreach ($node in $all) {
      $name = $node.GetType().Name
      if ($name -in 'TernaryExpressionAst', 'PipelineChainAst') { $name }
      if ($name -eq 'PipelineAst' -and $node.Background) { 'background' }
      if ($name -in 'MemberExpressionAst', 'InvokeMemberExpressionAst', 'IndexExpressionAst' -and $node.NullConditional) { 'null-conditional' }
      if ($name -eq 'InvokeMemberExpressionAst' -and $node.GenericTypeArguments.Count -gt 0) { 'generic method' }
      if ($name -in 'BinaryExpressionAst', 'AssignmentStatementAst' -and "$($node.Operator)" -like 'QuestionQuestion*') { 'null-coalescing' }
      if ($name -eq 'ScriptBlockAst' -and $null -ne $node.CleanBlock) { 'clean block' }
      if ($name -eq 'TypeDefinitionAst') { 'class' }
    }
    [pscustomobject] @{
      problems = @($problems | ForEach-Object { "$_" })
      found = @($found)
      functions = @($all | Where-Object { $_ -is [System.Management.Automation.Language.FunctionDefinitionAst] } |
        ForEach-Object { $_.Name })
      commands = @($all | Where-Object { $_ -is [System.Management.Automation.Language.CommandAst] } |
        ForEach-Object { $_.GetCommandName() } | Where-Object { $null -ne $_ })
      members = @($all | Where-Object { $_ -is [System.Management.Automation.Language.MemberExpressionAst] } |
        ForEach-Object { "$($_.Member)" })
      types = @($all | Where-Object { $_ -is [System.Management.Automation.Language.TypeExpressionAst] } |
        ForEach-Object { $_.TypeName.FullName })
    }
  }
  foreach ($path in $given.paths) { Find $path }`

// All that .NET Framework 4.6.2 and .NET have of the types that are named.
const typesOfBoth = [
  'System.AggregateException',
  'System.Collections.Generic.List[string]',
  'System.Collections.IList',
  'System.DateTimeOffset',
  'System.Diagnostics.Process',
  'System.Diagnostics.ProcessStartInfo',
  'System.Diagnostics.Stopwatch',
  'System.Environment',
  'System.InvalidOperationException',
  'System.IO.File',
  'System.IO.Path',
  'System.Net.NetworkCredential',
  'System.Text.Encoding',
  'System.Text.RegularExpressions.Regex',
  'System.Text.UTF8Encoding',
]
// What .NET has and .NET Framework lacks, of the types that the module uses.
const newerMembers = [
  'ArgumentList',
  'StandardInputEncoding',
  'WaitForExitAsync',
  'Kill',
  'WaitAsync',
  'IsCompletedSuccessfully',
  'Contains',
  'ReplaceLineEndings',
]

describeInEngines('the module', kind => {
  let engine: Engine
  beforeAll(async () => {
    engine = await Engine.start(kind)
  })
  afterAll(() => engine[Symbol.asyncDispose]())

  it('has a manifest without fault, and exports its cmdlets alone', async () => {
    const { output, errors, warnings } = await engine.run(
      `$manifest = Test-ModuleManifest $given.path
      [pscustomobject] @{
        version = "$($manifest.Version)"
        functions = @($manifest.ExportedFunctions.Keys)
        editions = @($manifest.CompatiblePSEditions)
        others = $manifest.ExportedCmdlets.Count + $manifest.ExportedVariables.Count + $manifest.ExportedAliases.Count
      }
      [pscustomobject] @{ commands = @((Get-Command -Module ConnectOkta).Name) }`,
      { path: join(moduleFolder, 'ConnectOkta.psd1') },
    )
    const [manifest, { commands }] = output
    expect({ errors, warnings }).toEqual({ errors: [], warnings: [] })
    expect(manifest).toMatchObject({ editions: ['Desktop', 'Core'], others: 0 })
    expect(manifest.functions.sort()).toEqual(exported)
    expect(commands.sort()).toEqual(exported)
  })

  it('is written in the syntax of Windows PowerShell 5.1, and calls nothing but the engine and the JSON pair', async () => {
    const files = await Promise.all(
      ['Public', 'Private'].map(async folder =>
        (await readdir(join(source, folder))).map(name => join(source, folder, name)),
      ),
    )
    const paths = [...files.flat(), join(moduleFolder, 'ConnectOkta.psm1'), join(moduleFolder, 'ConnectOkta.psd1')]
    const { output } = await engine.run(walk, { paths })
    expect(output).toHaveLength(paths.length)
    const known = new Set(output.flatMap(({ functions }) => functions))
    const ofTheEngine = ['Export-ModuleMember', 'Register-ArgumentCompleter', 'Set-StrictMode', 'Where-Object']
    const allowed = new Set([...known, ...ofTheEngine, 'ConvertTo-Json', 'ConvertFrom-Json'])
    for (const [index, { problems, found, commands, members, types }] of output.entries()) {
      const here = { file: paths[index], problems, found }
      expect(here).toEqual({ file: paths[index], problems: [], found: [] })
      expect(commands.filter((name: string) => !allowed.has(name))).toEqual([])
      expect(members.filter((name: string) => newerMembers.includes(name))).toEqual([])
      const foreign = types.filter(
        (name: string) =>
          name.includes('.') && !name.startsWith('System.Management.Automation.') && !typesOfBoth.includes(name),
      )
      expect(foreign).toEqual([])
    }
    // One function a file, of the same name.
    for (const [index, path] of files.flat().entries()) {
      expect(output[index].functions).toEqual([path.split(/[\\/]/).at(-1)?.replace('.ps1', '')])
    }
  })

  it('is ASCII, since Windows PowerShell takes other texts for the code page of the machine', async () => {
    for (const name of ['ConnectOkta.psm1', 'ConnectOkta.psd1', 'ConnectOkta.Format.ps1xml']) {
      expect(await readFile(join(moduleFolder, name), 'utf8')).toMatch(/^\p{ASCII}*$/u)
    }
  })

  it('tells the syntax of newer versions from that of 5.1', async () => {
    const path = join(engine.home, 'newer.ps1')
    const { output } = await engine.run(
      `[IO.File]::WriteAllText($given.paths[0], '$a = $b ?? 1; $c = $d ? 1 : 2; $e?.f; g && h; $a ??= 3')\n${walk}`,
      { paths: [path] },
    )
    expect(output[0].found.sort()).toEqual([
      'PipelineChainAst',
      'TernaryExpressionAst',
      'null-coalescing',
      'null-coalescing',
    ])
  })
})
