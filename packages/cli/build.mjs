import { execFile } from 'node:child_process'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleProgram } from '../../scripts/bundle-program.mjs'

const run = promisify(execFile)

const { version } = JSON.parse(await readFile('package.json', 'utf8'))

// yargs measures help with a large library. The smaller one renders the same help: cli-options.test.ts compares them.
const fastStringWidth = {
  name: 'fast-string-width',
  resolveId: (source, _importer, { kind }) =>
    source === 'string-width' && kind === 'import-statement'
      ? fileURLToPath(import.meta.resolve('fast-string-width'))
      : null,
}

await rm('dist', { recursive: true, force: true })
await bundleProgram({
  input: {
    input: 'src/bin/main.ts',
    // Optional: they are used if they are installed next to the bundle.
    external: ['@connect-okta/server', 'redis'],
    plugins: [fastStringWidth],
    // yargs uses it only for configuration files that extend others.
    transform: { define: { VERSION: JSON.stringify(version), 'import.meta.resolve': 'undefined' } },
  },
  output: {
    dir: 'dist',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    banner: chunk => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
  },
  keyring: '@napi-rs/keyring',
})
await chmod('dist/main.cjs', 0o755)

// Renders the help for src/fast-path/rendered-help.ts: by the name of each command, and by '' for the program.
const print = async (...args) => (await run(process.execPath, ['dist/main.cjs', ...args])).stdout.trimEnd()
const commands = (await print('__complete', '=')).split('\n').map(line => line.split('\t')[0])
const texts = await Promise.all(
  ['', ...commands].map(async name => [name, await print(...(name === '' ? [] : [name]), '--help')]),
)
await writeFile('dist/help.json', JSON.stringify(texts))
