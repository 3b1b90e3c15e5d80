import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { oktaScopes } from '@connect-okta/core/profiles'
import { bundleProgram } from '../../scripts/bundle-program.mjs'
import { toMaml } from './help/maml/to-maml.mjs'

const source = 'module/ConnectOkta'
const target = 'dist/ConnectOkta'
const shim = join(target, 'shim')
const { version, homepage } = JSON.parse(await readFile('package.json', 'utf8'))

await rm('dist', { recursive: true, force: true })
await mkdir(shim, { recursive: true })
await Promise.all([bundleShim(), copyKeyring(), writeModule(), writeManifest(), writeHelp(), copyRest()])

async function bundleShim() {
  await bundleProgram({
    input: { input: 'src/shim.ts' },
    output: { dir: shim, keepNames: true, chunkFileNames: '[name]-[hash].cjs' },
    keyring: './keyring/index.cjs',
  })
}

// Native code cannot be bundled: the loader looks for it in its own folder. On other platforms than the installed ones, tokens
// are stored unsealed, with a warning.
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
    const names = (await readdir(join(source, folder), { recursive: true }))
      .filter(name => name.endsWith('.ps1'))
      .sort()
    return await Promise.all(names.map(name => readFile(join(source, folder, name), 'utf8')))
  })
  const functions = (await Promise.all(files)).flat().join('\n')
  const script = await readFile(join(source, 'ConnectOkta.psm1'), 'utf8')
  const module = script.replace('@oktaScopes', oktaScopes.join(' ')).replace(/^#functions:.*$/m, () => functions)
  // PowerShell parses the module at each import. One kind of comment names the help file.
  await writeFile(join(target, 'ConnectOkta.psm1'), module.replace(/^ *#(?! \.ExternalHelp ).*\n/gm, ''))
}

async function writeManifest() {
  const manifest = await readFile(join(source, 'ConnectOkta.psd1'), 'utf8')
  // ModuleVersion cannot contain a prerelease label.
  const [number] = version.split('-')
  await writeFile(
    join(target, 'ConnectOkta.psd1'),
    manifest.replace("ModuleVersion = '0.0.0'", `ModuleVersion = '${number}'`).replaceAll('@homepage', homepage),
  )
}

async function writeHelp() {
  const names = (await readdir(join(source, 'Public'))).map(name => name.replace('.ps1', '')).sort()
  const cmdlets = names.map(async name => ({
    page: await readFile(join('help', `${name}.md`), 'utf8'),
    script: await readFile(join(source, 'Public', `${name}.ps1`), 'utf8'),
  }))
  await mkdir(join(target, 'en-US'), { recursive: true })
  // What Get-Help -Online opens.
  const reference = new URL('reference/powershell', homepage).href
  await writeFile(join(target, 'en-US', 'ConnectOkta-help.xml'), toMaml(await Promise.all(cmdlets), reference))
}

async function copyRest() {
  for (const name of ['ConnectOkta.Format.ps1xml', 'ConnectOkta.Types.ps1xml']) {
    await copyFile(join(source, name), join(target, name))
  }
  await copyFile('LICENSE', join(target, 'LICENSE'))
  await copyFile('module/icon.png', 'dist/icon.png')
  await cp(join(source, 'en-US'), join(target, 'en-US'), { recursive: true })
}
