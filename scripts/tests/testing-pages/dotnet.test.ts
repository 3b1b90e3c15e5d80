import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { installFromNuGet } from '../../install-programs.mjs'
import { root } from '../../pnpm.mjs'
import { readTestingPage } from './page.test.support.js'
import { createProject, type Project } from './project.test.support.js'

const page = await readTestingPage('dotnet')
const projectFile = 'Directory.Tests.csproj'
const names = [...(page.files.get(projectFile) ?? '').matchAll(/Include="(\S+)" Version="(\S+)"/g)]
// Downloaded once, as those of other programs in C#.
const packages = join(root, 'node_modules/.cache/dotnet-packages', names.map(([, ...name]) => name.join('@')).join('+'))
// The SDK leaves no compiler and no build process in the background.
const env = {
  NUGET_PACKAGES: packages,
  NuGetAudit: 'false',
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  DOTNET_NOLOGO: '1',
  MSBUILDDISABLENODEREUSE: '1',
  UseSharedCompilation: 'false',
}

const moreTests = `
public class MoreTests(OktaOrg okta) : OktaTests(okta)
{
    [Xunit.Fact] public void Fails() => Xunit.Assert.Null(Okta.Url);
    [Xunit.Fact] public void Is_killed()
    {
        using var stdout = Console.OpenStandardOutput();
        stdout.Write(System.Text.Encoding.UTF8.GetBytes($"{Okta.Url}\\n"));
        System.Diagnostics.Process.GetCurrentProcess().Kill();
    }
}
`

const project: Project = await createProject(page)
if (!existsSync(packages)) installFromNuGet(packages, [join(project.folder, projectFile)])

describe.skipIf(!existsSync(packages))('docs/testing/dotnet.md', () => {
  beforeAll(async () => {
    const [install = ''] = page.commands
    expect(await project.run(install)).toMatchObject({ exitCode: 0 })
  })
  afterEach(async () => {
    await expect.poll(() => project.programs()).toEqual([])
  })
  afterAll(() => project[Symbol.asyncDispose]())

  it('its tests pass', async () => {
    expect(await project.run('dotnet build', env)).toMatchObject({ output: expect.stringContaining('0 Warning(s)') })
    const { exitCode, output } = await project.run('dotnet test', env)
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('succeeded: 7') })
  })

  describe('the emulator of its fixture ends', () => {
    const output = 'bin/Debug/net10.0'
    const runTest = (name: string) => project.run(`dotnet ${output}/Directory.Tests.dll -method MoreTests.${name}`, env)

    beforeAll(async () => {
      await project.write('MoreTests.cs', moreTests)
      expect(await project.run('dotnet build -v quiet', env)).toMatchObject({ exitCode: 0 })
    })

    it('when a test fails', async () => {
      const { exitCode, output } = await runTest('Fails')
      expect({ exitCode, output }).toEqual({ exitCode: 1, output: expect.stringContaining('Failed: 1') })
    })

    it('when the test process is killed', async () => {
      const { exitCode, output } = await runTest('Is_killed')
      expect({ exitCode, output }).toEqual({ exitCode: 137, output: expect.stringContaining('http://127.0.0.1:') })
    })

    it('and its error is printed, when it cannot start', async () => {
      await project.write(`${output}/org.yaml`, 'clients:\n  - kind: servce\n')
      const failed = await runTest('Fails')
      expect(failed.output).toContain('--config org.yaml')
      expect(failed.output).toContain('The emulator did not start.')
    })
  })
})
