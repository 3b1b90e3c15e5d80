// Uses only Node's own modules: it runs before anything is installed.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm, root, turbo } from './pnpm.mjs'

/**
 * Installs the dependencies and builds every package, if necessary. Prints progress to stderr, and exits if a step fails.
 */
export function setUp() {
  install()
  build()
}

/** Installs the dependencies in the lock file, if they are not installed yet. */
export function install() {
  requireNode()
  if (isInstalled()) return
  process.stderr.write('Installing the dependencies (only the first time) ...\n')
  pnpm('install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only')
}

/** Builds every package, or the given ones and their dependencies, if they have changed. */
export function build(...packages) {
  const filters = packages.map(name => `--filter=@connect-okta/${name}`)
  turbo('run', 'build', '--output-logs=errors-only', '--log-prefix=none', ...filters)
}

// pnpm stores a copy of the lock file that it has installed.
function isInstalled() {
  const [wanted, present] = ['pnpm-lock.yaml', 'node_modules/.pnpm/lock.yaml'].map(path => {
    return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined
  })
  return wanted !== undefined && wanted === present
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  process.stderr.write(`Node 20.19 or later is required. This is Node ${process.versions.node}.\n`)
  process.exit(1)
}
