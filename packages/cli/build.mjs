import { execFile } from 'node:child_process'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleProgram } from '../../scripts/bundle-program.mjs'

const run = promisify(execFile)

const { version } = JSON.parse(await readFile('package.json', 'utf8'))

// The library that yargs measures its help with is large. The smaller one gives the same help: a test compares them.
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
    // Optional: they are beside the bundle where they could be installed.
    external: ['@connect-okta/server', 'redis'],
    plugins: [fastStringWidth],
    // yargs would look for what a configuration extends, which none does.
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

// Rendered now, since it takes longer than Node's start. Each command's help is found by its name, all of it by none.
const say = async (...args) => (await run(process.execPath, ['dist/main.cjs', ...args])).stdout.trimEnd()
const commands = (await say('__complete', '=')).split('\n').map(line => line.split('\t')[0])
const texts = await Promise.all(
  ['', ...commands].map(async name => [name, await say(...(name === '' ? [] : [name]), '--help')]),
)
await writeFile('dist/help.json', JSON.stringify(texts))
