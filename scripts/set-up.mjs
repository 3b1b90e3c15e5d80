// Uses Node's own modules alone: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the project. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Installs the dependencies and builds every package, as far as that is still to do. Says so on stderr, and ends the
 * process when a step fails.
 */
export function setUp() {
  requireNode()
  if (!isInstalled()) {
    process.stderr.write('Installing the dependencies, once ...\n')
    pnpm('install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only')
  }
  build()
}

/** Builds every package that has changed since the last time. */
export function build() {
  pnpm('exec', 'turbo', 'run', 'build', '--output-logs=errors-only', '--log-prefix=none')
}

// pnpm keeps a copy of the lock file that it has installed.
function isInstalled() {
  const [wanted, present] = ['pnpm-lock.yaml', 'node_modules/.pnpm/lock.yaml'].map(path => {
    return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined
  })
  return wanted !== undefined && wanted === present
}

/** Runs the pinned pnpm through npx, so that nothing but Node has to be there. Shows its output when it fails. */
export function pnpm(...args) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const [command, ...first] = npx()
  const all = [...first, '--yes', '--prefer-offline', '--loglevel=error', packageManager, ...args]
  const { status, error, stdout } = spawnSync(command, all, {
    cwd: root,
    // stdout belongs to the answer of the command that the user typed.
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    shell: command.endsWith('.cmd'),
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  })
  if (error === undefined && status === 0) return
  process.stderr.write(`${stdout ?? ''}\n${error?.message ?? `pnpm ${args.join(' ')} failed.`}\n`)
  process.exit(1)
}

function npx() {
  // Under npm, its own directory is known; beside npm-cli.js stands npx-cli.js.
  const beside = join(dirname(process.env.npm_execpath ?? ''), 'npx-cli.js')
  if (process.env.npm_execpath && existsSync(beside)) return [process.execPath, beside]
  return [process.platform === 'win32' ? 'npx.cmd' : 'npx']
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  process.stderr.write(`Node 20.19 or later is needed; this is ${process.versions.node}.\n`)
  process.exit(1)
}
