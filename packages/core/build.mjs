import { readFile } from 'node:fs/promises'
import { rolldown } from 'rolldown'

// What programs load: one file, and one for each thing that is rarely needed. To load sixty takes three times as long. The
// compiler writes the types, and each module by itself for those who bundle this package.
const { dependencies, optionalDependencies } = JSON.parse(await readFile('package.json', 'utf8'))
const packages = Object.keys({ ...dependencies, ...optionalDependencies })

const bundle = await rolldown({
  input: { index: 'src/index.ts' },
  platform: 'node',
  external: source => packages.some(name => source === name || source.startsWith(`${name}/`)),
  // A module that some load late and others early comes early.
  checks: { ineffectiveDynamicImport: false },
  transform: { target: 'node20.19' },
})
await bundle.write({
  dir: 'dist/bundle',
  format: 'esm',
  chunkFileNames: '[name]-[hash].js',
  codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] },
})
await bundle.close()
