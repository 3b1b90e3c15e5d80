import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { root } from '../../pnpm.mjs'
import { readTestingPage } from './page.test.support.js'
import { createProject, type Outcome, type Project } from './project.test.support.js'

const { pwsh, pester } = inject('systemNeeds')
const page = await readTestingPage('powershell')

describe.skipIf(pwsh === undefined || pester === undefined)('docs/testing/powershell.md', () => {
  let project: Project
  beforeAll(async () => {
    project = await createProject(page)
    const [install = ''] = page.commands.filter(command => command.startsWith('npm'))
    expect(await project.run(install)).toMatchObject({ exitCode: 0 })
  })
  afterAll(() => project[Symbol.asyncDispose]())

  /** Runs a command of PowerShell, in which both modules are installed. */
  async function powershell(command: string): Promise<Outcome> {
    const modules = [join(root, 'packages/powershell-shim/dist'), dirname(dirname(pester ?? ''))].join(':')
    await project.write('run.ps1', `Import-Module '${pester}'\n${command}`)
    const env = {
      PSModulePath: modules,

      POWERSHELL_TELEMETRY_OPTOUT: '1',
      POWERSHELL_UPDATECHECK: 'Off',
    }
    return await project.run(`'${pwsh}' -NoProfile -NonInteractive -File run.ps1`, env)
  }
  const runTests = page.commands.find(command => command.startsWith('Invoke-Pester')) ?? ''

  it('its tests pass', async () => {
    const { exitCode, output } = await powershell(runTests)
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('Passed: 7, Failed: 0') })
  })

  describe('the emulator of its tests ends', () => {
    const file = 'tests/More.Tests.ps1'
    const test = (body: string) => `BeforeAll {
  . "$PSScriptRoot/OktaOrg.ps1"
  $org = Start-OktaOrg
}
AfterAll { Stop-OktaOrg $org }
Describe 'a script' { It 'ends' { ${body} } }`

    afterEach(async () => {
      await expect.poll(() => project.programs()).toEqual([])
    })

    it('when a test fails', async () => {
      await project.write(file, test('$org.orgUrl | Should -Be none'))
      const { output } = await powershell(`Invoke-Pester ${file}`)
      expect(output).toContain('Passed: 0, Failed: 1')
    })

    it('when PowerShell is killed', async () => {
      await project.write(file, test('[Console]::WriteLine($org.orgUrl); Stop-Process $PID -Force'))
      const { exitCode, output } = await powershell(`Invoke-Pester ${file}`)
      expect({ exitCode, output }).toEqual({
        exitCode: 137,
        output: expect.stringContaining('http://127.0.0.1:'),
      })
    })

    it('and its error is printed, when it cannot start', async () => {
      await project.write('tests/org.yaml', 'clients:\n  - kind: servce\n')
      const { output } = await powershell(`Invoke-Pester ${file}`)
      expect(output).toContain('--config org.yaml')
      expect(output).toContain('The emulator did not start.')
    })
  })
})
