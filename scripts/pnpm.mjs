// Uses only Node's own modules: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const isWindows = process.platform === 'win32'
const pnpmName = isWindows ? 'pnpm.cmd' : 'pnpm'
// Windows calls it Path.
const pathName = Object.keys(process.env).find(name => name.toUpperCase() === 'PATH') ?? 'PATH'
// npx takes a second to find pnpm, which is longer than a build without changes. So the folder is cached.
const cachedFolder = join(root, 'node_modules/.cache/pnpm-folder')

/** Runs the pinned pnpm. If it fails, prints its output and exits. */
export function pnpm(...args) {
  runTool(pnpmName, args)
}

/**
 * Installs the dependencies in the lock file, and shows how many are installed. If it fails, prints the errors and exits.
 *
 * @param filters options of `pnpm install` that select packages. Default: every package.
 */
export async function pnpmInstall(...filters) {
  const args = [
    ...['install', '--frozen-lockfile', '--prefer-offline', '--reporter=ndjson'],
    // With the default of 64, home routers and virtual machines drop DNS queries, and pnpm waits a minute before it repeats them.
    '--network-concurrency=8',
    // Fails 20 seconds after the network is gone. Default: 70.
    '--config.fetch-retry-maxtimeout=10000',
    // The lock file is as trustworthy as the code next to it. CI checks the age of each version, which downloads 140 MB of metadata.
    ...(process.env.CI === 'true' ? [] : ['--trust-lockfile']),
    ...filters,
  ]
  // pnpm reports to stderr.
  const options = { ...toolOptions(), stdio: ['ignore', 'ignore', 'pipe'], shell: isWindows }
  const pnpm = spawn(pnpmName, args, options)
  const exit = new Promise((resolve, reject) => pnpm.once('error', reject).once('close', resolve))
  const errors = []
  const count = { resolved: 0, imported: 0 }
  for await (const line of createInterface({ input: pnpm.stderr })) {
    const event = line.startsWith('{') ? JSON.parse(line) : { level: 'error', message: line }
    if (event.level === 'error') errors.push(event.err?.message ?? event.message)
    if (event.name !== 'pnpm:progress' || !(event.status in count)) continue
    count[event.status] += 1
    if (event.status === 'imported') showProgress(count)
  }
  if ((await exit) === 0) {
    if (count.imported > 0) process.stderr.write(`${lineStart}Installed ${count.imported} packages.\n`)
    return
  }
  process.stderr.write(`${lineStart}${errors.join('\n')}\npnpm failed to install the dependencies.\n`)
  process.exit(1)
}

// A terminal shows one line that is updated. A log gets a few lines.
const lineStart = process.stderr.isTTY ? '\r\x1b[K' : ''

function showProgress({ imported, resolved }) {
  const text = `Installing packages: ${imported} of ${resolved}`
  if (process.stderr.isTTY) process.stderr.write(lineStart + text)
  else if (imported % 150 === 0) process.stderr.write(`${text}\n`)
}

/** Runs turbo, which builds the packages with pnpm. If it fails, prints its output and exits. */
export function turbo(...args) {
  runTool(process.execPath, [join(root, 'node_modules/turbo/bin/turbo'), ...args])
}

function runTool(command, args) {
  const options = { ...toolOptions(), shell: command.endsWith('.cmd'), encoding: 'utf8' }
  const { status, error, stdout } = spawnSync(command, args, options)
  if (error === undefined && status === 0) return
  process.stderr.write(`${stdout ?? ''}\n${error?.message ?? `${[command, ...args].join(' ')} failed.`}\n`)
  process.exit(1)
}

function toolOptions() {
  return {
    cwd: root,
    // stdout is reserved for the output of the command that the user runs.
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      [pathName]: [pnpmFolder(), process.env[pathName]].join(delimiter),
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
    },
  }
}

/** Returns the folder of the pnpm version that package.json pins. npx downloads it if it is missing. */
function pnpmFolder() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const [version, folder] = existsSync(cachedFolder) ? readFileSync(cachedFolder, 'utf8').split('\n') : []
  if (version === packageManager && hasPnpm(folder)) return folder
  process.stderr.write(`Downloading ${packageManager} ...\n`)
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
    // As for pnpm.
    '--fetch-retry-maxtimeout=10000',
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
  process.stderr.write(
    `Cannot download ${packageManager} from the npm registry. Check the network. Behind a proxy, set HTTPS_PROXY.\n`,
  )
  process.exit(1)
}

function hasPnpm(folder) {
  return existsSync(join(folder, pnpmName))
}

function npx() {
  // npm sets the path of its own program. npx-cli.js is in the same folder.
  const beside = join(dirname(process.env.npm_execpath ?? ''), 'npx-cli.js')
  if (process.env.npm_execpath && existsSync(beside)) return [process.execPath, beside]
  return [isWindows ? 'npx.cmd' : 'npx']
}
