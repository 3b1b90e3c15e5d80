import { readFile, writeFile } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { nativePackages, thirdPartyNotices } from './third-party-notices.mjs'

/**
 * Bundles a program with the core. By default, static imports go into one chunk, and each dynamic import into a separate chunk. The
 * format is CommonJS, which Node loads in half the time of ECMAScript modules. Writes the notices of the bundled packages to
 * `THIRD-PARTY-NOTICES.txt` in the same folder.
 *
 * @param input the options of rolldown, with the entry file in `input`.
 * @param output the output options of rolldown.
 * @param keyring the module specifier of the keyring library in the bundle, or the absolute path of a module that is bundled in its place.
 * @returns the modules of the bundle, as rolldown names them.
 */
export async function bundleProgram({ input, output, keyring }) {
  const core = await readManifest()
  const build = await rolldown({
    ...input,
    platform: 'node',
    resolve: {
      alias: coreModules(core),
    },
    plugins: [...(input.plugins ?? []), keyringAt(keyring)],
    // Some modules are imported statically by one module and dynamically by another.
    checks: { ineffectiveDynamicImport: false },
    transform: {
      target: 'node20.19',
      ...input.transform,
      define: { ...input.transform?.define, CORE_VERSION: JSON.stringify(core.version) },
    },
  })
  const { output: files } = await build.write({
    codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] },
    ...output,
    format: 'cjs',
    minify: true,
    // With import(), Node would parse the whole keyring library to find its exports.
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
  })
  await build.close()

  const program = resolve(input.input)
  const moduleIds = files.flatMap(({ moduleIds = [] }) => moduleIds)
  // A keyring library with a relative path is distributed with the program.
  const distributed = keyring.startsWith('.') ? nativePackages('@napi-rs/keyring', pathToFileURL(program)) : []
  await writeFile(join(output.dir, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices({ moduleIds, program, distributed }))
  return moduleIds
}

const coreFolder = new URL('../packages/core/', import.meta.url)

async function readManifest() {
  return JSON.parse(await readFile(new URL('package.json', coreFolder), 'utf8'))
}

// Uses the modules of the core instead of its bundle, so that the first chunk has only what the start requires.
function coreModules({ exports }) {
  const entries = Object.entries(exports).filter(([, { types }]) => types !== undefined)
  // The longest name must be first, because an alias also matches the beginning of a name.
  return Object.fromEntries(
    entries
      .reverse()
      .map(([name, { types }]) => [
        name.replace('.', '@connect-okta/core'),
        fileURLToPath(new URL(types.replace('.d.ts', '.js'), coreFolder)),
      ]),
  )
}

// Native code cannot be bundled.
function keyringAt(path) {
  return {
    name: 'keyring-at',
    resolveId: source => (source === '@napi-rs/keyring' ? { id: path, external: !isAbsolute(path) } : null),
  }
}
