// Uses only Node's own modules: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const isWindows = process.platform === 'win32'
// Windows calls it Path.
const pathName = Object.keys(process.env).find(name => name.toUpperCase() === 'PATH') ?? 'PATH'
// npx takes a second to find pnpm, which is longer than a build without changes. So the folder is cached.
const cachedFolder = join(root, 'node_modules/.cache/pnpm-folder')

/** Runs the pinned pnpm. If it fails, prints its output and exits. */
export function pnpm(...args) {
  runTool(isWindows ? 'pnpm.cmd' : 'pnpm', args)
}

/** Runs turbo, which builds the packages with pnpm. If it fails, prints its output and exits. */
export function turbo(...args) {
  runTool(process.execPath, [join(root, 'node_modules/turbo/bin/turbo'), ...args])
}

function runTool(command, args) {
  const { status, error, stdout } = spawnSync(command, args, {
    cwd: root,
    // stdout is reserved for the output of the command that the user runs.
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    shell: command.endsWith('.cmd'),
    env: {
      ...process.env,
      [pathName]: [pnpmFolder(), process.env[pathName]].join(delimiter),
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
    },
  })
  if (error === undefined && status === 0) return
  process.stderr.write(`${stdout ?? ''}\n${error?.message ?? `${[command, ...args].join(' ')} failed.`}\n`)
  process.exit(1)
}

/** Returns the folder of the pnpm version that package.json pins. npx downloads it if it is missing. */
function pnpmFolder() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const [version, folder] = existsSync(cachedFolder) ? readFileSync(cachedFolder, 'utf8').split('\n') : []
  if (version === packageManager && hasPnpm(folder)) return folder
  const found = findPnpm(packageManager)
  mkdirSync(dirname(cachedFolder), { recursive: true })
  writeFileSync(cachedFolder, `${packageManager}\n${found}`)
  return found
}

function findPnpm(packageManager) {
  const [command, ...first] = npx()
  const printPath = ['node', '--print', 'process.env.PATH']
  const args = [
    ...first,
    '--yes',
    '--prefer-offline',
    '--loglevel=error',
    '--package',
    packageManager,
    '--',
    ...printPath,
  ]
  const { stdout } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    shell: command.endsWith('.cmd'),
  })
  const folder = (stdout ?? '').trim().split(delimiter).find(hasPnpm)
  if (folder !== undefined) return folder
  process.stderr.write(`npx cannot install ${packageManager}.\n`)
  process.exit(1)
}

function hasPnpm(folder) {
  return existsSync(join(folder, isWindows ? 'pnpm.cmd' : 'pnpm'))
}

function npx() {
  // npm sets the path of its own program. npx-cli.js is in the same folder.
  const beside = join(dirname(process.env.npm_execpath ?? ''), 'npx-cli.js')
  if (process.env.npm_execpath && existsSync(beside)) return [process.execPath, beside]
  return [isWindows ? 'npx.cmd' : 'npx']
}
