import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, runPowerShell } from '../support/shell.test.support.js'

const cmdlets = ['Connect-Okta', 'Disconnect-Okta', 'Get-OktaPasskeyRegistrationOptions', 'Register-OktaPasskey']

describeInPowerShell('the import of the module', () => {
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'import-'))
    // In place of the module of the same cmdlets.
    const folder = join(home, 'modules/DSInternals.Passkeys')
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'DSInternals.Passkeys.psm1'),
      cmdlets.map(name => `function ${name} { 'other' }`).join('\n'),
    )
  })
  afterAll(() => rm(home, { recursive: true, force: true }))

  const run = (script: string) =>
    runPowerShell(['-NoProfile', '-Command', script], home, {
      env: { PSModulePath: `${join(moduleFolder, '..')}:${join(home, 'modules')}`, NO_COLOR: '1' },
    })
  const importBoth = (first: string, second: string) => `Import-Module ${first}; Import-Module ${second}`
  const [own, others] = ['ConnectOkta', 'DSInternals.Passkeys']
  const oneLine = (text: string) => text.replace(/\s*\n(?:\s*\|)?\s*/g, ' ')

  it('fails with one error that says what to do in Constrained Language Mode', async () => {
    const { stdout, stderr } = await run(
      `$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'; Import-Module '${join(moduleFolder, 'ConnectOkta.psd1')}'`,
    )
    expect(stdout).toBe('')
    expect(oneLine(stderr)).toMatch(/ConnectOkta does not run in Constrained Language Mode.*Ask the administrator/)
    expect(stderr.match(/Constrained Language Mode/g)).toHaveLength(1)
    expect(stderr).not.toMatch(/Cannot invoke method|not allowed in this language mode|PropertySetterNotSupported/i)
  })

  it('warns when DSInternals.Passkeys is loaded, and its cmdlets are those of ConnectOkta', async () => {
    const { stdout } = await run(`${importBoth(others, own)}; (Get-Command Connect-Okta).ModuleName`)
    expect(oneLine(stdout)).toMatch(/WARNING: DSInternals\.Passkeys is also loaded\. Connect-Okta, .*about_ConnectOkta/)
    expect(stdout.trim().split('\n').at(-1)).toBe('ConnectOkta')
  })

  it('does not warn when it is the only one', async () => {
    expect(await run('Import-Module ConnectOkta')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('does not warn when DSInternals.Passkeys is imported later, but Get-OktaContext does', async () => {
    const { stdout } = await run(`${importBoth(own, others)}; 'imported'; Get-OktaContext`)
    const [before, after = ''] = stdout.split('imported\n')
    expect(before).toBe('')
    expect(oneLine(after)).toContain(
      'WARNING: The command Connect-Okta belongs to DSInternals.Passkeys, which was imported last.',
    )
  })

  it('is named by the error of a cmdlet that is not connected when DSInternals.Passkeys was imported later', async () => {
    const { stderr } = await run(`${importBoth(own, others)}; Connect-Okta | Out-Null; Invoke-OktaApi /api/v1/users/me`)
    expect(oneLine(stderr)).toMatch(/not connected to Okta.*Use ConnectOkta\\Connect-Okta/)
  })

  it('is reported by Test-OktaConnection when DSInternals.Passkeys was imported later', async () => {
    const { stdout } = await run(
      `${importBoth(own, others)}; Test-OktaConnection -Tenant http://127.0.0.1:1 | Where-Object Check -eq module | ForEach-Object { "$($_.Outcome): $($_.Message)" }`,
    )
    expect(stdout).toMatch(/^warning: The command Connect-Okta belongs to DSInternals\.Passkeys/m)
  })
})
