// Uses only Node's own modules: it runs before anything is installed. Each function prints its progress and its failure to stderr.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { root } from './pnpm.mjs'

/** Installs Debian packages, as root. */
export function installFromDebian(packages) {
  if (!existsSync('/usr/bin/apt-get') || !isRoot()) {
    process.stderr.write(`Skipped the installation of ${packages.join(' ')}: it requires root on Debian or Ubuntu.\n`)
    return
  }
  process.stderr.write(`Installing ${packages.join(' ')} ...\n`)
  aptGet('update')
  aptGet('install', '--yes', '--no-install-recommends', ...packages)
}

// On GitHub Actions, sudo does not require a password.
const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']

function isRoot() {
  return sudo.length === 0 || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
}

function aptGet(...args) {
  const [command, ...all] = [
    ...sudo,
    ...['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=120'],
    ...args,
  ]
  const { status } = spawnSync(command, all, { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.stderr.write(`apt-get ${args[0]} failed.\n`)
}

/** Installs an npm package into a folder. */
export function installFromNpm(folder, wanted) {
  process.stderr.write(`Installing ${wanted} ...\n`)
  mkdirSync(folder, { recursive: true })
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  const args = ['install', '--prefix', folder, ...quiet, wanted]
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (status !== 0) process.stderr.write(`npm failed to install ${wanted}.\n`)
}

/** Installs PowerShell into a folder, compiled for a faster start. */
export function installPowerShell(folder, version) {
  process.stderr.write(`Installing PowerShell ${version} ...\n`)
  // Installs into another folder first, so that the final folder is always complete.
  const work = `${folder}-${process.pid}`
  const system = process.platform === 'win32' ? 'win' : 'unix'
  const tools = join(work, '.store/powershell', version, 'powershell', version, 'tools')
  const isInstalled =
    dotnet('tool', 'install', 'PowerShell', '--version', version, '--tool-path', work) &&
    compile(join(tools, 'net10.0/any', system), join(work, 'obj/'))
  rmSync(join(work, 'obj'), { recursive: true, force: true })
  if (isInstalled) renameSync(work, folder)
  else process.stderr.write(`dotnet failed to install PowerShell ${version}.\n`)
  rmSync(work, { recursive: true, force: true })
}

/** Installs Pester into a folder. */
export function installPester(folder, version) {
  process.stderr.write(`Installing Pester ${version} ...\n`)
  // As above.
  const work = `${folder}-${process.pid}`
  const project = join(root, 'scripts/pester.csproj')
  const places = [`-p:PesterVersion=${version}`, `-p:BaseIntermediateOutputPath=${join(work, 'obj/')}`]
  const isInstalled = dotnet('restore', project, '-v', 'quiet', '--nologo', '--packages', work, ...places)
  if (isInstalled) renameSync(join(work, 'pester', version), folder)
  else process.stderr.write(`dotnet failed to install Pester ${version}.\n`)
  rmSync(work, { recursive: true, force: true })
}

/** Installs the NuGet packages that programs in C# name, and what these require, into a folder. */
export function installFromNuGet(folder, sources) {
  process.stderr.write(`Installing ${basename(folder)} ...\n`)
  // As above.
  const work = `${folder}-${process.pid}`
  const isInstalled = sources.every(source => dotnet('restore', source, '-v', 'quiet', '--packages', work))
  if (isInstalled) renameSync(work, folder)
  else process.stderr.write(`dotnet failed to install ${basename(folder)}.\n`)
  rmSync(work, { recursive: true, force: true })
}

function compile(powershell, objects) {
  const places = [`-p:Folder=${powershell}`, `-p:BaseIntermediateOutputPath=${objects}`, `-p:BaseOutputPath=${objects}`]
  const project = join(root, 'scripts/compiled-powershell.csproj')
  return dotnet('publish', project, '-v', 'quiet', '--nologo', '-o', powershell, ...places)
}

function dotnet(...args) {
  // dotnet requires a home folder.
  const home = process.env.HOME || homedir()
  const env = { ...process.env, HOME: home, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' }
  return spawnSync('dotnet', args, { stdio: ['ignore', 2, 2], env }).status === 0
}
