import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root, setUp } from './set-up.mjs'

const published = ['core', 'cli', 'emulator', 'powershell-shim']

setUp()
tool('biome', 'check', '.')
tool('knip')
for (const name of published) tool('publint', '--strict', '--pack', 'npm', join('packages', name))
tool('changeset', 'status')

function tool(name, ...args) {
  process.stdout.write(`${[name, ...args].join(' ')}\n`)
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error !== undefined) process.stderr.write(`${error.message}\n`)
  if (status !== 0) process.exit(1)
}
