import { chmod, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { bundleProgram } from '../../scripts/bundle-program.mjs'

const { version } = JSON.parse(await readFile('package.json', 'utf8'))

// yargs imports a large library to measure its help, which src/help renders instead.
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
    external: ['redis', /^@opentelemetry\/(?!api$)/],
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
