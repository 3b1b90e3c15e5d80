// Uses only Node's own modules: it runs before anything is installed.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pnpmInstall, root, turbo } from './pnpm.mjs'

// What `npm start` runs. The filter adds the packages that these depend on.
const startPackages = ['cli', 'emulator']
const startSources = [
  ...['core', 'server', 'cli', 'emulator'].map(name => join('packages', name)),
  ...['scripts', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tsconfig.base.json', 'turbo.json'],
]
const stampFile = join(root, 'node_modules/.cache/start-stamp')

/**
 * Installs the dependencies of every package and builds every package, if necessary. Prints progress to stderr, and exits if a step
 * fails.
 */
export async function setUp() {
  await install()
  build()
}

/** As `setUp`, but only the packages that `npm start` runs. Does nothing if neither their sources nor their builds have changed. */
export async function setUpStart() {
  requireNode()
  const sources = digest(startSources)
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sources + digestOfBuilds()) return

  // pnpm does not remove the dependencies of other packages.
  if (!isInstalled()) await pnpmInstall(...startPackages.map(name => `--filter=@connect-okta/${name}...`))
  process.stderr.write('Building the CLI and the emulator ...\n')
  build(...startPackages)
  // The sources are those from before the build: a change during the build causes another build.
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
  writeFileSync(stampFile, sources + digestOfBuilds())
}

/** Installs the dependencies of every package, if they are not installed yet. */
export async function install() {
  requireNode()
  if (!isInstalled()) await pnpmInstall()
}

/** Builds every package, or the given ones and their dependencies, if they have changed. */
export function build(...packages) {
  const filters = packages.map(name => `--filter=@connect-okta/${name}`)
  turbo('run', 'build', '--output-logs=errors-only', '--log-prefix=none', ...filters)
}

// pnpm stores a copy of the lock file that it has installed. After an installation for `npm start`, the copy is only a part.
function isInstalled() {
  const [wanted, present] = ['pnpm-lock.yaml', 'node_modules/.pnpm/lock.yaml'].map(path => {
    return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined
  })
  return wanted !== undefined && wanted === present
}

// A build replaces each of these files.
function digestOfBuilds() {
  const entries = ['core/dist/bundle/index.js', 'server/dist/index.js', 'cli/dist/main.cjs', 'emulator/dist/index.js']
  return digest(['node_modules/.pnpm/lock.yaml', ...entries.map(path => join('packages', path))])
}

// turbo writes its logs to .turbo.
const isSource = name =>
  !['node_modules', 'dist', '.turbo', 'test', 'tests'].includes(name) && !name.endsWith('.test.ts')

/** Returns a digest of the names, sizes and times of files. It changes when a file is changed, added, removed or restored. */
function digest(paths) {
  const hash = createHash('sha256')
  const add = path => {
    const stats = statSync(join(root, path), { throwIfNoEntry: false })
    if (stats?.isDirectory()) for (const name of readdirSync(join(root, path)).filter(isSource)) add(join(path, name))
    else hash.update(`${path} ${stats?.size} ${stats?.mtimeMs}\n`)
  }
  for (const path of paths) add(path)
  return hash.digest('hex')
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  process.stderr.write(`Node.js 20.19 or later is required, but this is Node.js ${process.versions.node}.\n`)
  process.exit(1)
}
