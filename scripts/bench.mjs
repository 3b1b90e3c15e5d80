import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { root } from './pnpm.mjs'
import { setUp } from './set-up.mjs'
import { findSystemNeeds } from './system-needs.mjs'

await setUp()
// The tests may have installed PowerShell in a folder that is not on the PATH.
const { pwsh } = findSystemNeeds()
const path = [process.env.PATH, ...(pwsh === undefined ? [] : [dirname(pwsh)])].join(delimiter)
const bench = spawn(process.execPath, [join(root, 'bench/dist/main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PATH: path },
})
bench.on('exit', code => process.exit(code ?? 1))
