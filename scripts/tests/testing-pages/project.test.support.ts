import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { pnpm, root } from '../../pnpm.mjs'
import type { TestingPage } from './page.test.support.js'

const run = promisify(execFile)

/** A folder of a user who does what a page says, with an empty home folder. */
export interface Project extends AsyncDisposable {
  readonly folder: string
  /** Runs a command in a shell. Returns its exit code and its output. */
  run(command: string, env?: Readonly<Record<string, string>>): Promise<Outcome>
  write(file: string, text: string): Promise<void>
  remove(file: string): Promise<void>
  /** Returns the programs that run in the folder. */
  programs(): Promise<readonly string[]>
}

export interface Outcome {
  /** The exit code. As in a shell, 128 and its number for a signal. */
  readonly exitCode: number
  readonly output: string
}

/** The packages that pages install, as this test installs them. The versions are fixed. */
const packages: Readonly<Record<string, string>> = {
  jest: 'jest@30.5.2',
  'openid-client': 'openid-client@6.9.0',
  vitest: `vitest@${JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).devDependencies.vitest}`,
}

// What programs need from the environment of this machine: certificates, proxies, and the settings of .NET.
const passed = /^(PATH|TMPDIR|TEMP|TMP|.*_PROXY|.*_CA_.*|SSL_CERT_.*|PIP_CERT|DOTNET_.*|NUGET_CERT_.*)$/i

/** Creates a project with the files of a page, and the packed library and emulator. */
export async function createProject({ files }: TestingPage): Promise<Project> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'testing-page-')))
  const [home, work, tarballs] = [join(folder, 'home'), join(folder, 'project'), join(folder, 'tarballs')]
  for (const one of [home, work, tarballs]) await mkdir(one)
  for (const name of ['core', 'emulator'])
    pnpm('--dir', join(root, 'packages', name), 'pack', '--pack-destination', tarballs)
  const [core = '', emulator = ''] = (await readdir(tarballs)).sort().map(name => join(tarballs, name))
  const known = { ...packages, '@connect-okta/core': core, '@connect-okta/emulator': emulator }
  const { stdout: cache } = await run('npm', ['config', 'get', 'cache'])
  const settings = { audit: 'false', fund: 'false', prefer_offline: 'true', loglevel: 'error', ignore_scripts: 'true' }
  const base = Object.fromEntries([
    ...Object.entries(process.env).filter(([name]) => passed.test(name)),
    ...Object.entries({ ...settings, cache: cache.trim() }).map(([name, value]) => [`npm_config_${name}`, value]),
    ['HOME', home],
    ['NO_COLOR', '1'],
  ])

  const project: Project = {
    folder: work,
    async run(command, env = {}) {
      // Not a pipe, which a program that the command has left would keep open.
      const file = join(folder, 'output')
      await using output = await open(file, 'w')
      const shell = spawn('bash', ['-ec', withKnownPackages(command, known)], {
        cwd: work,
        env: { ...base, ...env },
        stdio: ['ignore', output.fd, output.fd],
      })
      const [code, signal] = await once(shell, 'exit')
      return {
        exitCode: code ?? 128 + constants.signals[signal as NodeJS.Signals],
        output: await readFile(file, 'utf8'),
      }
    },
    async write(file, text) {
      await mkdir(dirname(join(work, file)), { recursive: true })
      await writeFile(join(work, file), text)
    },
    remove: file => rm(join(work, file), { force: true }),
    programs: async () => (await programsIn(work)).map(({ command }) => command),
    async [Symbol.asyncDispose]() {
      for (const { pid } of await programsIn(work)) process.kill(pid)
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  for (const [file, text] of files) await project.write(file, text)
  return project
}

function withKnownPackages(command: string, known: Readonly<Record<string, string>>): string {
  return command.replaceAll(/^npm install .*$/gm, line =>
    line
      .split(' ')
      .map(word => known[word] ?? word)
      .join(' '),
  )
}

/** Returns the processes whose working folder is this one, or inside of it. */
async function programsIn(folder: string): Promise<readonly { readonly pid: number; readonly command: string }[]> {
  const found = (await readdir('/proc'))
    .filter(name => /^\d+$/.test(name))
    .map(async pid => {
      const where = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      if (where !== folder && !where.startsWith(`${folder}/`)) return []
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return command === '' ? [] : [{ pid: Number(pid), command: command.replaceAll('\0', ' ') }]
    })
  return (await Promise.all(found)).flat()
}
