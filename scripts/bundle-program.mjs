import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/**
 * Bundles a program of ours, with the core. What is rarely needed is loaded late; what the job that is waited for most takes
 * comes as one file with the entry, since each file that is looked for, read and compiled takes its time.
 *
 * @param input what is bundled, as rolldown takes it.
 * @param output where to, as rolldown takes it.
 * @param keyring the module that speaks to the keyring, as the bundle finds it.
 * @param job tells the module that is loaded late for that job, by its path.
 */
export async function bundleProgram({ input, output, keyring, job }) {
  const plugins = [...(input.plugins ?? []), requiredKeyring(keyring)]
  const bundled = { ...input, plugins }
  const together = modulesOf(job, await run('generate', { input: bundled, output, together: new Set() }))
  await run('write', { input: bundled, output, together })
}

// Required, since an import of CommonJS has Node load what finds out its exports, which takes longer than the keyring.
function requiredKeyring(path) {
  const id = '\0keyring'
  return {
    name: 'required-keyring',
    resolveId: source => (source === '@napi-rs/keyring' ? id : null),
    load: loaded =>
      loaded === id
        ? `import { createRequire } from 'node:module'
          export const { AsyncEntry } = createRequire(import.meta.url)(${JSON.stringify(path)})`
        : null,
  }
}

async function run(act, { input, output, together }) {
  const build = await rolldown({
    ...input,
    platform: 'node',
    // Module by module: most jobs take few of them.
    resolve: {
      alias: { '@connect-okta/core': fileURLToPath(new URL('../packages/core/dist/index.js', import.meta.url)) },
    },
    preserveEntrySignatures: false,
    // A module that some load late and others early comes early.
    checks: { ineffectiveDynamicImport: false },
    transform: { target: 'node20.19', ...input.transform },
  })
  const { output: files } = await build[act]({
    ...output,
    // CommonJS is loaded at once, where a module of ECMAScript waits for each of its files.
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].cjs',
    codeSplitting: { groups: [{ name: 'start', test: id => together.has(id) }], includeDependenciesRecursively: false },
  })
  await build.close()
  return files.filter(({ type }) => type === 'chunk')
}

/** What is loaded for a job: what the entry and the job's own module import, and what those import. */
function modulesOf(job, chunks) {
  const byName = new Map(chunks.map(chunk => [chunk.fileName, chunk]))
  const loaded = new Set(chunks.filter(chunk => chunk.isEntry || job.test(chunk.facadeModuleId ?? '')))
  for (const chunk of loaded) for (const name of chunk.imports) if (byName.has(name)) loaded.add(byName.get(name))
  return new Set([...loaded].flatMap(({ moduleIds }) => moduleIds))
}
