import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { toMaml } from './help/to-maml.mjs'

const source = 'module/ConnectOkta'
const target = 'dist/ConnectOkta'
const shim = join(target, 'shim')
const { version } = JSON.parse(await readFile('package.json', 'utf8'))

/**
 * A package in CommonJS that is loaded when it is needed has its exports under their names, as Node gives them; a bundle
 * with chunks would have its default alone.
 */
const namedExports = {
  name: 'named-exports',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(redis|undici|yaml)$/ }, ({ kind, path, resolveDir }) =>
      kind === 'dynamic-import' ? { path, namespace: 'named-exports', pluginData: resolveDir } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'named-exports' }, async ({ path, pluginData: resolveDir }) => {
      const names = Object.keys(await import(pathToFileURL(createRequire(join(resolveDir, 'any')).resolve(path)).href))
      const named = names.filter(name => /^[A-Za-z_]\w*$/.test(name) && name !== 'default')
      return { contents: `export { ${named.join(', ')} } from '${path}'`, resolveDir }
    })
  },
}

/** What is bundled finds the loader of the keyring in a folder beside itself. */
const keyringBeside = {
  name: 'keyring-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^@napi-rs\/keyring$/ }, () => ({ path: './keyring/index.cjs', external: true }))
  },
}

await rm('dist', { recursive: true, force: true })
await mkdir(shim, { recursive: true })
await Promise.all([bundleShim(), copyKeyring(), writeModule(), writeManifest(), writeHelp(), copyRest()])

async function bundleShim() {
  await build({
    entryPoints: ['src/shim.ts'],
    outdir: shim,
    // Node takes it for a module wherever the folder is copied to.
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    // What is rarely needed stays in files of its own, and is not read before.
    splitting: true,
    minify: true,
    keepNames: true,
    legalComments: 'linked',
    // Module by module: most commands take few of them.
    alias: { '@connect-okta/core': fileURLToPath(new URL('../core/dist/index.js', import.meta.url)) },
    plugins: [namedExports, keyringBeside],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  })
}

// Native code cannot be bundled: its loader looks for it beside itself. Where it is for another platform, tokens are
// kept unsealed, and a notice says so.
async function copyKeyring() {
  const require = createRequire(import.meta.resolve('@napi-rs/keyring'))
  const { name, optionalDependencies } = require('@napi-rs/keyring/package.json')
  const folder = join(shim, 'keyring')
  await mkdir(folder)
  await copyFile(require.resolve(name), join(folder, 'index.cjs'))
  const installed = Object.keys(optionalDependencies).flatMap(platform => {
    try {
      return [require.resolve(platform)]
    } catch {
      return []
    }
  })
  for (const file of installed) await copyFile(file, join(folder, file.split(/[\\/]/).pop()))
}

async function writeModule() {
  const files = ['Private', 'Public'].map(async folder => {
    const names = (await readdir(join(source, folder))).filter(name => name.endsWith('.ps1')).sort()
    return await Promise.all(names.map(name => readFile(join(source, folder, name), 'utf8')))
  })
  const functions = (await Promise.all(files)).flat().join('\n')
  const script = await readFile(join(source, 'ConnectOkta.psm1'), 'utf8')
  await writeFile(
    join(target, 'ConnectOkta.psm1'),
    script.replace(/^#functions:.*$/m, () => functions),
  )
}

async function writeManifest() {
  const manifest = await readFile(join(source, 'ConnectOkta.psd1'), 'utf8')
  // PowerShell has no room for a prerelease here.
  const [number] = version.split('-')
  await writeFile(
    join(target, 'ConnectOkta.psd1'),
    manifest.replace("ModuleVersion = '0.0.0'", `ModuleVersion = '${number}'`),
  )
}

async function writeHelp() {
  const names = (await readdir(join(source, 'Public'))).map(name => name.replace('.ps1', '')).sort()
  const cmdlets = names.map(async name => ({
    page: await readFile(join('help', `${name}.md`), 'utf8'),
    script: await readFile(join(source, 'Public', `${name}.ps1`), 'utf8'),
  }))
  await mkdir(join(target, 'en-US'), { recursive: true })
  await writeFile(join(target, 'en-US', 'ConnectOkta-help.xml'), toMaml(await Promise.all(cmdlets)))
}

async function copyRest() {
  await copyFile(join(source, 'ConnectOkta.Format.ps1xml'), join(target, 'ConnectOkta.Format.ps1xml'))
  await copyFile('LICENSE', join(target, 'LICENSE'))
  await cp(join(source, 'en-US'), join(target, 'en-US'), { recursive: true })
}
