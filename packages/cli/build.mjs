import { chmod, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

// Most of what `connect-okta token` takes is Node starting, and loading what is here: each of these saves some of it.

const { version } = JSON.parse(await readFile('package.json', 'utf8'))

// yargs measures its help texts with it, which come out the same. What is CommonJS needs the one that is.
const fastStringWidth = {
  name: 'fast-string-width',
  resolveId: (source, _importer, { kind }) =>
    source === 'string-width' && kind === 'import-statement'
      ? fileURLToPath(import.meta.resolve('fast-string-width'))
      : null,
}

// yargs looks for a package.json to have a version from, in every folder above, before it is told one; and loads a library
// of assertions to compare two values.
const replacements = {
  'escalade/sync': 'export default () => undefined',
  assert: `
    const fail = message => { throw new Error(message ?? 'an assertion of yargs has failed') }
    export const strictEqual = (one, other, message) => Object.is(one, other) || fail(message)
    export const notStrictEqual = (one, other, message) => Object.is(one, other) && fail(message)`,
}
const smallerYargs = {
  name: 'smaller-yargs',
  resolveId: (source, importer) =>
    Object.hasOwn(replacements, source) && /[\\/]yargs[\\/]/.test(importer ?? '') ? `\0smaller:${source}` : null,
  load: id => (id.startsWith('\0smaller:') ? replacements[id.slice('\0smaller:'.length)] : null),
  // Asking how wide the terminal is opens a stream, which takes longer than a token at hand. Help is told how wide it is.
  transform: (code, id) =>
    /[\\/]yargs[\\/]lib[\\/]platform-shims[\\/]esm\.mjs$/.test(id)
      ? code.replace('typeof process.stdout.columns', "'undefined'")
      : null,
}

/** Bundles everything. Modules that are `together` come as one file, all others as is best for each command. */
async function bundle(together, write) {
  const build = await rolldown({
    input: { main: 'src/main.ts' },
    platform: 'node',
    // Optional: they are beside the bundle where they could be installed.
    external: ['@napi-rs/keyring', '@connect-okta/server', 'redis'],
    // Module by module: a hit takes few of them.
    resolve: { alias: { '@connect-okta/core': fileURLToPath(new URL('../core/dist/index.js', import.meta.url)) } },
    plugins: [fastStringWidth, smallerYargs],
    preserveEntrySignatures: false,
    // A module that some load late and others early comes early.
    checks: { ineffectiveDynamicImport: false },
    transform: {
      target: 'node20.19',
      // yargs would look for what a configuration extends, which none does.
      define: { VERSION: JSON.stringify(version), 'import.meta.resolve': 'undefined' },
    },
  })
  const groups = [{ name: 'token', test: id => together.has(id) }]
  const { output } = await build[write ? 'write' : 'generate']({
    dir: 'dist',
    // CommonJS is loaded at once, where a module of ECMAScript waits for each of its files.
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
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

// A file that is looked for, read and compiled takes its time, whatever is in it.
const together = modulesOfAHit(await bundle(new Set(), false))
await rm('dist', { recursive: true, force: true })
await bundle(together, true)
await chmod('dist/main.cjs', 0o755)
