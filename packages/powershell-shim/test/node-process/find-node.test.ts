import { chmod, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../support/shell.test.support.js'

describeInPowerShell('Node.js for the module', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  async function program(name: string, text: string): Promise<string> {
    const path = join(shell.home, name)
    await writeFile(path, `#!/bin/sh\n${text}\n`)
    await chmod(path, 0o755)
    return path
  }
  const failureWith = async (script: string) => {
    const { errors } = await shell.runInNewRunspace(
      `$node = $env:CONNECT_OKTA_NODE\n${script}\n$env:CONNECT_OKTA_NODE = $node`,
    )
    return errors[0]
  }

  it('is reported as missing, with what to install, when it is not on the PATH', async () => {
    const failure = await failureWith(`
      $path = $env:PATH; $env:PATH = '/nowhere'
      Get-OktaContext -ListAvailable
      $env:PATH = $path`)
    expect(failure).toMatchObject({
      id: 'OktaNodeMissing,Get-OktaContext',
      category: 'NotInstalled',
      recommendedAction: expect.stringContaining('Install Node.js 20.19 or later'),
    })
  })

  it('is reported as missing when CONNECT_OKTA_NODE names a file that does not exist', async () => {
    const failure = await failureWith("$env:CONNECT_OKTA_NODE = '/nowhere/node'; Get-OktaContext -ListAvailable")
    expect(failure).toMatchObject({
      id: 'OktaNodeMissing,Get-OktaContext',
      message: expect.stringContaining('/nowhere/node'),
    })
  })

  it('is reported with its version when it is too old', async () => {
    const old = await program(
      'old-node',
      'if [ "$1" = --version ]; then echo v18.20.1; exit; fi\necho SyntaxError >&2; exit 1',
    )
    const failure = await failureWith(`$env:CONNECT_OKTA_NODE = '${old}'; Get-OktaContext -ListAvailable`)
    expect(failure).toMatchObject({ id: 'OktaNodeTooOld,Get-OktaContext', message: expect.stringContaining('18.20.1') })
  })

  it('is found when CONNECT_OKTA_NODE names it', async () => {
    const other = await program('other-node', `touch "${join(shell.home, 'was-run')}"\nexec "${process.execPath}" "$@"`)
    const { output, errors } = await shell.runInNewRunspace(`
      $env:CONNECT_OKTA_NODE = '${other}'
      Get-OktaContext -ListAvailable
      $env:CONNECT_OKTA_NODE = ''
      [IO.File]::Exists('${join(shell.home, 'was-run')}')`)
    expect({ output, errors }).toEqual({ output: [true], errors: [] })
  })

  it.each([
    ['in quotes', (path: string) => `'"${path}"'`],
    ['with spaces around it', (path: string) => `' ${path} '`],
    ['with ~ for the home folder', (path: string) => `'~/${basename(path)}'`],
  ])('is found when CONNECT_OKTA_NODE names it %s', async (_what, value) => {
    const other = await program('named-node', `exec "${process.execPath}" "$@"`)
    const { errors } = await shell.runInNewRunspace(`
      $env:CONNECT_OKTA_NODE = ${value(other)}
      Get-OktaContext -ListAvailable
      $env:CONNECT_OKTA_NODE = ''`)
    expect(errors).toEqual([])
  })

  it('is found when its folder is on the PATH in quotes', async () => {
    const folder = dirname(process.execPath)
    const failure = await failureWith(`
      $path = $env:PATH; $env:PATH = '"/nowhere":"${folder}"'; $env:CONNECT_OKTA_NODE = ''
      Get-OktaContext -ListAvailable
      $env:PATH = $path`)
    expect(failure).toBeUndefined()
  })

  it('is reported with what it wrote when it ends twice', async () => {
    const broken = await program(
      'broken-node',
      'if [ "$1" = --version ]; then echo v22.1.0; exit; fi\necho broken >&2; exit 1',
    )
    const failure = await failureWith(`$env:CONNECT_OKTA_NODE = '${broken}'; Get-OktaContext -ListAvailable`)
    expect(failure).toMatchObject({
      id: 'OktaShimEnded,Get-OktaContext',
      message: expect.stringContaining('broken'),
    })
  })

  it('is started again when it has closed its output but is still running', async () => {
    const mark = join(shell.home, 'has-closed')
    const slow = await program(
      'slow-to-end-node',
      `if [ -e "${mark}" ]; then exec "${process.execPath}" "$@"; fi\ntouch "${mark}"\nread line\nexec >&-\nsleep 3`,
    )
    const { output, errors } = await shell.runInNewRunspace(`
      $env:CONNECT_OKTA_NODE = '${slow}'
      @(Get-OktaContext -ListAvailable).Count
      $env:CONNECT_OKTA_NODE = ''`)
    expect({ output, errors }).toEqual({ output: [0], errors: [] })
  })
})
