import { readFile } from 'node:fs/promises'
import { rolldown } from 'rolldown'

// Node loads a few files faster than a hundred. The compiler writes the types, and each module by itself for programs that
// bundle this package.
const { dependencies, peerDependencies, exports, version } = JSON.parse(await readFile('package.json', 'utf8'))
const packages = Object.keys({ ...dependencies, ...peerDependencies })
const names = Object.values(exports).flatMap(({ default: file }) => /\/bundle\/(.*)\.js$/.exec(file)?.[1] ?? [])

const bundle = await rolldown({
  input: Object.fromEntries(names.map(name => [name, name === 'index' ? 'src/index.ts' : `src/exports/${name}.ts`])),
  platform: 'node',
  external: source => packages.some(name => source === name || source.startsWith(`${name}/`)),
  // Some modules are imported at the start by one module and later by another.
  checks: { ineffectiveDynamicImport: false },
  transform: { target: 'node20.19', define: { CORE_VERSION: JSON.stringify(version) } },
})
await bundle.write({ dir: 'dist/bundle', format: 'esm', chunkFileNames: '[name]-[hash].js' })
await bundle.close()
