import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, Shell } from '../support/shell.test.support.js'
import {
  commandsOfBoth,
  findSyntax,
  methodsOfBoth,
  newerProperties,
  newerVariables,
  staticsOfBoth,
  typesOfBoth,
} from '../support/windows-powershell.test.support.js'

const source = fileURLToPath(new URL('../../module/ConnectOkta', import.meta.url))

/** The elements of a script. */
type Syntax = Readonly<
  Record<
    'problems' | 'found' | 'functions' | 'commands' | 'types' | 'statics' | 'methods' | 'properties' | 'variables',
    readonly string[]
  >
>

/** What Windows PowerShell 5.1 on .NET Framework does not have, parses differently, or is not known to have. */
function foreignTo51(syntax: Syntax, ownFunctions: ReadonlySet<string>): readonly string[] {
  const { problems, found, commands, types, statics, methods, properties, variables } = syntax
  const allowedParameters = new Map([...commandsOfBoth].map(one => [one.split(' ')[0], one.split(' ')]))
  const isForeign = (command: string) => {
    const [name = '', ...parameters] = command.split(' ')
    return !ownFunctions.has(name) && !parameters.concat(name).every(one => allowedParameters.get(name)?.includes(one))
  }
  return [
    ...problems,
    ...found,
    ...commands.filter(isForeign),
    ...types.filter(name => !typesOfBoth.has(name)),
    ...statics.filter(name => !staticsOfBoth.has(name)),
    ...methods.filter(name => !methodsOfBoth.has(name)),
    ...properties.filter(name => newerProperties.test(name)),
    ...variables.filter(name => newerVariables.test(name)),
  ]
}

describeInPowerShell('the syntax of the module', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  const syntaxOf = async (paths: readonly string[]): Promise<readonly Syntax[]> =>
    (await shell.run(findSyntax, { paths })).output

  it('uses only what Windows PowerShell 5.1 and .NET Framework have', async () => {
    const folders = ['Public', 'Private'].map(async folder =>
      (await readdir(join(source, folder), { recursive: true }))
        .filter(name => name.endsWith('.ps1'))
        .map(name => join(source, folder, name)),
    )
    const functions = (await Promise.all(folders)).flat()
    const paths = [...functions, join(moduleFolder, 'ConnectOkta.psm1'), join(moduleFolder, 'ConnectOkta.psd1')]
    const found = await syntaxOf(paths)
    expect(found).toHaveLength(paths.length)
    const own = new Set(found.flatMap(one => one.functions))
    const foreign = found.flatMap((syntax, index) => foreignTo51(syntax, own).map(one => `${paths[index]}: ${one}`))
    expect(foreign).toEqual([])
    // One function a file, of the same name.
    for (const [index, path] of functions.entries()) {
      expect(found[index]?.functions).toEqual([path.split(/[\\/]/).at(-1)?.replace('.ps1', '')])
    }
  })

  it.each([
    ['$a = $b ?? 1', 'null-coalescing'],
    ['$a ??= 3', 'null-coalescing'],
    ['$c = $d ? 1 : 2', 'TernaryExpressionAst'],
    ['(g)?.f', 'null-conditional'],
    ['(g)?[0]', 'null-conditional'],
    ['g && h', 'PipelineChainAst'],
    ['g || h', 'PipelineChainAst'],
    ['g &', 'background'],
    ['function f { process { 1 } clean { 2 } }', 'clean block'],
    ['class Key { [string] $Name }', 'TypeDefinitionAst'],
    ['using namespace System.Text', 'UsingStatementAst'],
    ['"`e[0m"', 'newer escape'],
    ['"$a `u{2713}"', 'newer escape'],
    ['0b101', 'newer number'],
    ['5uy', 'newer number'],
    ['1..3 | ForEach-Object -Parallel { $_ }', 'ForEach-Object -Parallel'],
    ['ConvertFrom-Json $a -AsHashtable', 'ConvertFrom-Json -AsHashtable'],
    ['ConvertTo-Json $a -EscapeHandling Default', 'ConvertTo-Json -EscapeHandling'],
    ['Join-String', 'Join-String'],
    ["[string]::Join(',', $a)", '[string]::Join/2'],
    ['[System.Convert]::ToHexString($a)', 'System.Convert'],
    ['[System.IO.Path]::Join($a, $b)', '[System.IO.Path]::Join/2'],
    ['[System.IO.File]::Move($a, $b, $true)', '[System.IO.File]::Move/3'],
    ["$a.Contains('b', 'OrdinalIgnoreCase')", 'Contains/2'],
    ["$a.Replace('b', 'c', 'Ordinal')", 'Replace/3'],
    ["$a.Split(',', 2)", 'Split/2'],
    ['$process.Kill($true)', 'Kill/1'],
    ['$process.WaitForExitAsync()', 'WaitForExitAsync/0'],
    ["$start.ArgumentList.Add('a')", 'ArgumentList'],
    ['$start.StandardInputEncoding = $a', 'StandardInputEncoding'],
    ['$task.WaitAsync(5)', 'WaitAsync/1'],
    ['[System.Text.Json.JsonDocument] $a', 'System.Text.Json.JsonDocument'],
    ['if ($IsWindows) { 1 }', 'IsWindows'],
  ])('is reported when it is newer than Windows PowerShell 5.1: %s', async (script, foreign) => {
    const path = join(shell.home, 'newer.ps1')
    await writeFile(path, script)
    const [syntax] = await syntaxOf([path])
    expect(foreignTo51(syntax as Syntax, new Set()).join('\n')).toContain(foreign)
  })
})
