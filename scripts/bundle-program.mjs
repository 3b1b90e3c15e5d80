import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { carriedPackages, thirdPartyNotices } from './third-party-notices.mjs'

/**
 * Bundles a program with the core: what it imports at its start into one chunk, and each part that it imports later into a
 * chunk of its own. CommonJS, which Node loads in half the time of ECMAScript modules. The notices of the bundled packages
 * go into `THIRD-PARTY-NOTICES.txt` beside it.
 *
 * @param input the options of rolldown, with the entry file in `input`.
 * @param output the output options of rolldown.
 * @param keyring the module specifier of the keyring library in the bundle.
 */
export async function bundleProgram({ input, output, keyring }) {
  const build = await rolldown({
    ...input,
    platform: 'node',
    resolve: {
      alias: await coreModules(),
    },
    plugins: [...(input.plugins ?? []), keyringAt(keyring)],
    // Some modules are imported at the start by one module and later by another.
    checks: { ineffectiveDynamicImport: false },
    transform: { target: 'node20.19', ...input.transform },
  })
  const { output: files } = await build.write({
    ...output,
    format: 'cjs',
    minify: true,
    // To import the keyring library, Node would read all of its code first to find out what it exports.
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] },
  })
  await build.close()

  const program = resolve(input.input)
  const moduleIds = files.flatMap(({ moduleIds = [] }) => moduleIds)
  // A keyring library with a relative path is shipped with the program.
  const carried = keyring.startsWith('.') ? carriedPackages('@napi-rs/keyring', pathToFileURL(program)) : []
  await writeFile(join(output.dir, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices({ moduleIds, program, carried }))
}

// The modules of the core in place of its bundle, so that only what is used at the start is loaded then.
async function coreModules() {
  const core = new URL('../packages/core/', import.meta.url)
  const { exports } = JSON.parse(await readFile(new URL('package.json', core), 'utf8'))
  const entries = Object.entries(exports).filter(([, { types }]) => types !== undefined)
  // The longest name first: an alias replaces the beginning of a name.
  return Object.fromEntries(
    entries
      .reverse()
      .map(([name, { types }]) => [
        name.replace('.', '@connect-okta/core'),
        fileURLToPath(new URL(types.replace('.d.ts', '.js'), core)),
      ]),
  )
}

// Native code cannot be bundled.
function keyringAt(path) {
  return {
    name: 'keyring-at',
    resolveId: source => (source === '@napi-rs/keyring' ? { id: path, external: true } : null),
  }
}
