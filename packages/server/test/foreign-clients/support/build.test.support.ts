import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { run } from './run.test.support.js'

/** Compiling takes a minute on a busy machine. */
export const buildTimeout = 300_000

/** Compiles a program in Go to `program` in a folder. */
export async function buildGo(source: string, folder: string): Promise<void> {
  // Debian's packages with sources are a GOPATH, so that nothing is downloaded.
  const env = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOTOOLCHAIN: 'local', GOCACHE: join(folder, 'cache') }
  await compile([inject('systemNeeds').go ?? '', 'build', '-o', join(folder, 'program'), source], env)
}

/** Compiles a program in C# to `NAME.dll` in a folder, where NAME is that of its source. */
export async function buildCsharp(source: string, folder: string): Promise<void> {
  // The packages are in this folder, so that nothing is downloaded.
  const packages = ['-p:NuGetAudit=false', `-p:RestorePackagesPath=${inject('systemNeeds').dotnetPackages}`]
  // The SDK leaves files of each program below XDG_DATA_HOME.
  const env = { XDG_DATA_HOME: tmpdir(), DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' }
  await compile(['dotnet', 'build', source, '-v', 'quiet', '-o', folder, ...packages], env)
}

async function compile(command: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const { code, stdout, stderr } = await run(command, { env })
  if (code !== 0) throw new Error(`${command.join(' ')} failed:\n${stdout}${stderr}`)
}
