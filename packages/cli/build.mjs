import { chmod, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const { version } = JSON.parse(await readFile('package.json', 'utf8'))

// 20 ms of start-up less for yargs, and the same help texts. What is CommonJS needs the one that is.
const fastStringWidth = {
  name: 'fast-string-width',
  resolveId: (source, _importer, { kind }) =>
    source === 'string-width' && kind === 'import-statement'
      ? fileURLToPath(import.meta.resolve('fast-string-width'))
      : null,
}

/** Bundles everything. Modules that are `together` come as one file, all others as is best for each command. */
async function bundle(together, write) {
  const build = await rolldown({
    input: { main: 'src/main.ts' },
    platform: 'node',
    // Optional: they are beside the bundle where they could be installed.
    external: ['@napi-rs/keyring', 'redis'],
    plugins: [fastStringWidth],
    preserveEntrySignatures: false,
    // A module that some load late and others early comes early.
    checks: { ineffectiveDynamicImport: false },
    transform: { target: 'node20.19', define: { VERSION: JSON.stringify(version) } },
  })
  const groups = [{ name: 'token', test: id => together.has(id) }]
  const { output } = await build[write ? 'write' : 'generate']({
    dir: 'dist',
    format: 'esm',
    minify: true,
    chunkFileNames: 'chunks/[name]-[hash].js',
    codeSplitting: { groups, includeDependenciesRecursively: false },
  })
  await build.close()
  return output.filter(({ type }) => type === 'chunk')
}

/** What is loaded before a token at hand is printed: what the entry and the command import, and what those import. */
function modulesOfAHit(chunks) {
  const byName = new Map(chunks.map(chunk => [chunk.fileName, chunk]))
  const isCommand = ({ facadeModuleId }) => /commands\/token\.ts$/.test(facadeModuleId ?? '')
  const loaded = new Set(chunks.filter(chunk => chunk.isEntry || isCommand(chunk)))
  for (const chunk of loaded) for (const name of chunk.imports) if (byName.has(name)) loaded.add(byName.get(name))
  return new Set([...loaded].flatMap(({ moduleIds }) => moduleIds))
}

// A file that is looked for, read and compiled takes half a millisecond, whatever is in it.
const together = modulesOfAHit(await bundle(new Set(), false))
await rm('dist', { recursive: true, force: true })
await bundle(together, true)
await chmod('dist/main.js', 0o755)
