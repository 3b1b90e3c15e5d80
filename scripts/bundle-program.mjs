import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { carriedPackages, thirdPartyNotices } from './third-party-notices.mjs'

const target = 'node20.19'

/**
 * Bundles a program of ours, with the core. What is rarely needed is loaded late; what the job that is waited for most takes
 * comes as one file with the entry, since each file that is looked for, read and compiled takes its time.
 * Beside it go the notices of the packages in it: `THIRD-PARTY-NOTICES.txt`.
 *
 * @param name how its file is named that is started, and what is kept of it: `name.cjs`.
 * @param input what is bundled, as rolldown takes it.
 * @param output where to, as rolldown takes it.
 * @param keyring the module that speaks to the keyring, as the bundle finds it.
 * @param job tells the module that is loaded late for that job, by its path.
 * @param commands what may be its first argument, each of which runs other parts of it.
 */
export async function bundleProgram({ name, input, output, keyring, job, commands = [] }) {
  const plugins = [...(input.plugins ?? []), keyringAt(keyring), requiredWhenUsed]
  const bundled = { ...input, plugins }
  const loaded = modulesOf(job, await run('generate', { input: bundled, output, together: new Set() }))
  const files = await run('write', { input: bundled, output, together: loaded })
  const { code } = files.find(({ isEntry }) => isEntry)
  await writeStart({ name, code, folder: output.dir, commands })
  const program = resolve(input.input)
  const moduleIds = files.flatMap(file => file.moduleIds)
  // A keyring that is found by a relative path is passed on with the program.
  const carried = keyring.startsWith('.') ? carriedPackages('@napi-rs/keyring', pathToFileURL(program)) : []
  await writeFile(join(output.dir, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices({ moduleIds, program, carried }))
}

// What people and other programs start.
async function writeStart({ name, code, folder, commands }) {
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 16)
  const build = await rolldown({
    input: { [name]: fileURLToPath(new URL('start-program.mjs', import.meta.url)) },
    platform: 'node',
    transform: {
      target,
      define: { PROGRAM: JSON.stringify(name), DIGEST: JSON.stringify(digest), COMMANDS: JSON.stringify(commands) },
    },
  })
  await build.write({
    dir: folder,
    format: 'cjs',
    minify: true,
    banner: '#!/usr/bin/env node',
    entryFileNames: '[name].cjs',
  })
  await build.close()
}

// Native code cannot be bundled.
function keyringAt(path) {
  return {
    name: 'keyring-at',
    resolveId: source => (source === '@napi-rs/keyring' ? { id: path, external: true } : null),
  }
}

// What a file requires it loads when something of it is used first: Node's cryptography alone takes longer to load than a
// stored token to find. What is used as a whole is left as it is.
const requiredWhenUsed = {
  name: 'required-when-used',
  renderChunk(code, { isEntry }) {
    const late = code.replace(/^(?:let|const) (\w+) = (require\(.+\));$/gm, (line, name, required) =>
      code.match(new RegExp(`\\b${name}\\b(?!\\.)`, 'g')).length > 1
        ? line
        : `const ${name} = new Proxy({}, { get: (late, member) => (late.loaded ??= ${required})[member] });`,
    )
    // Code that was kept compiled cannot import. To require CommonJS takes less than to find out what it exports, besides.
    return isEntry ? late.replace(/\bimport\(("[^"]+")\)/g, 'Promise.resolve().then(() => require($1))') : late
  },
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
    transform: { target, ...input.transform },
  })
  const { output: files } = await build[act]({
    ...output,
    // CommonJS is loaded at once, where a module of ECMAScript waits for each of its files.
    format: 'cjs',
    minify: true,
    entryFileNames: 'program.cjs',
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
