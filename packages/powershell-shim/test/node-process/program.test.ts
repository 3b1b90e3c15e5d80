import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, Shell } from '../support/shell.test.support.js'

const shim = join(moduleFolder, 'shim/shim.cjs')

describeInPowerShell('the program connect-okta in place of Node.js', () => {
  let shell: Shell
  let folder: string
  let version: string
  beforeAll(async () => {
    shell = await Shell.start()
    version = (await shell.run('"$((Get-Module ConnectOkta).Version)"')).output[0]
  })
  afterAll(() => shell[Symbol.asyncDispose]())
  beforeEach(async () => {
    folder = join(shell.home, 'programs')
    await mkdir(folder)
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function program(path: string, text: string): Promise<void> {
    await writeFile(path, `#!/bin/sh\n${text}\n`)
    await chmod(path, 0o755)
  }
  // Answers as the real one, which contains Node.js and the shim.
  const connectOkta = (own = version) =>
    program(
      join(folder, 'connect-okta'),
      `if [ "$1" != powershell-shim ]; then exit 2; fi
      if [ "$2" = --version ]; then echo powershell-shim ${own}; exit; fi
      : > "${shell.home}/was-run"; exec "${process.execPath}" "${shim}"`,
    )
  const oldNode = () =>
    program(join(folder, 'node'), 'if [ "$1" = --version ]; then echo v18.20.1; exit; fi\necho SyntaxError >&2; exit 1')
  const keyScript = '(New-OktaJsonWebKey -Type P-256).Algorithm'
  // With only this folder and those of the system on the PATH, which have no node.
  const run = (script: string, module = moduleFolder) =>
    shell.runInNewRunspace(`
      $path = $env:PATH
      $env:PATH = '${folder}'
      Remove-Module ConnectOkta; Import-Module '${module}'
      & (Get-Module ConnectOkta) { (Get-SessionRegistry).Program.Path = $null }
      try { ${script} } finally { $env:PATH = $path }
      if ([IO.File]::Exists("$HOME/was-run")) { [IO.File]::Delete("$HOME/was-run"); 'was run' }`)

  it('is used when it is on the PATH and has the version of the module', async () => {
    await connectOkta()
    const { output, errors } = await run(keyScript)
    expect({ output, errors }).toEqual({ output: ['ES256', 'was run'], errors: [] })
  })

  it('is used when Node.js is too old, also for a call that is not repeated', async () => {
    await connectOkta()
    await oldNode()
    const { output, errors } = await run(`${keyScript}; ${keyScript}`)
    expect({ output, errors }).toEqual({ output: ['ES256', 'ES256', 'was run'], errors: [] })
  })

  it('is not used when Node.js is new enough', async () => {
    await connectOkta()
    await program(join(folder, 'node'), `exec "${process.execPath}" "$@"`)
    const { output, errors } = await run(keyScript)
    expect({ output, errors }).toEqual({ output: ['ES256'], errors: [] })
  })

  it('is used when it is in the folder bin of the module', async () => {
    await connectOkta()
    const module = join(shell.home, 'ConnectOkta')
    await cp(moduleFolder, module, { recursive: true })
    await mkdir(join(module, 'bin'))
    await cp(join(folder, 'connect-okta'), join(module, 'bin/connect-okta'))
    // One on the PATH of another version.
    await connectOkta('9.9.9')
    const { output, errors } = await run(keyScript, module)
    expect({ output, errors }).toEqual({ output: ['ES256', 'was run'], errors: [] })
  })

  it.each([
    ['has another version', () => connectOkta('9.9.9')],
    ['is the command that npm installs', () => program(join(folder, 'connect-okta'), `echo ${version}`)],
    ['does not run', () => writeFile(join(folder, 'connect-okta'), 'x')],
    ['is missing', async () => {}],
  ])('is reported with both remedies when it %s', async (_what, install) => {
    await install()
    const { errors } = await run('New-OktaJsonWebKey')
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaNodeMissing,New-OktaJsonWebKey',
        message: expect.stringContaining('neither "node" nor the program "connect-okta"'),
        recommendedAction: expect.stringMatching(
          /Install Node\.js 20\.19 or later.*nodejs\.org.*download the program connect-okta .*releases/,
        ),
      }),
    ])
  })

  it('is not used when CONNECT_OKTA_NODE names a file that does not exist', async () => {
    await connectOkta()
    const { errors } = await run(
      "$env:CONNECT_OKTA_NODE = '/nowhere/node'; New-OktaJsonWebKey; $env:CONNECT_OKTA_NODE = ''",
    )
    expect(errors[0]?.message).toContain('/nowhere/node')
  })
})
