import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../support/shell.test.support.js'

describeInPowerShell('New-OktaJsonWebKey', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  it('writes the private key to a new file, and returns the public one', async () => {
    const path = join(shell.home, 'key.json')
    const { output, errors } = await shell.run('New-OktaJsonWebKey -Type P-256 -KeyId mine -Path $given.path', {
      path,
    })
    expect(errors).toEqual([])
    expect(output).toEqual([
      { KeyId: 'mine', Algorithm: 'ES256', PublicJwk: expect.any(String), PrivateJwk: null, Path: path },
    ])
    const [shown, stored] = [JSON.parse(output[0].PublicJwk), JSON.parse(await readFile(path, 'utf8'))]
    expect(shown.d).toBeUndefined()
    expect(stored).toMatchObject({ kid: 'mine', x: shown.x, d: expect.any(String) })
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('returns the private key as a SecureString, or as text with -AsPlainText', async () => {
    const { output } = await shell.run(`
      (New-OktaJsonWebKey -Type P-256).PrivateJwk.GetType().Name
      (New-OktaJsonWebKey -Type P-256 -AsPlainText).PrivateJwk`)
    expect(output[0]).toBe('SecureString')
    expect(JSON.parse(output[1])).toMatchObject({ kty: 'EC', d: expect.any(String) })
  })

  it('accepts a type in lower case', async () => {
    const { output, errors } = await shell.run('(New-OktaJsonWebKey -Type p-256).Algorithm')
    expect({ output, errors }).toEqual({ output: ['ES256'], errors: [] })
  })

  it('writes an error when the file exists', async () => {
    const path = join(shell.home, 'existing.json')
    await writeFile(path, 'precious')
    const { errors } = await shell.run('New-OktaJsonWebKey -Type P-256 -Path $given.path', { path })
    expect(errors).toEqual([expect.objectContaining({ target: path, recommendedAction: expect.stringMatching(/\S/) })])
    expect(await readFile(path, 'utf8')).toBe('precious')
  })

  it('writes nothing when -WhatIf is given', async () => {
    const path = join(shell.home, 'what-if.json')
    const { output } = await shell.run('New-OktaJsonWebKey -Path $given.path -WhatIf; [IO.File]::Exists($given.path)', {
      path,
    })
    expect(output).toEqual([false])
  })

  it('writes an error when the path is not a file', async () => {
    const { errors, output } = await shell.run(
      `New-OktaJsonWebKey -Type P-256 -Path Env:\\KEY
      [IO.File]::Exists([IO.Path]::Combine([Environment]::CurrentDirectory, 'KEY'))`,
    )
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,New-OktaJsonWebKey',
        target: 'Path',
        message: '-Path is not a path of the file system.',
      }),
    ])
    expect(output).toEqual([false])
  })
})
