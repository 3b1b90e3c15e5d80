import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inject } from 'postject'
import { bundleProgram } from '../scripts/bundle-program.mjs'
import { findSystemNeeds } from '../scripts/system-needs.mjs'
import { nativePackages, thirdPartyNotices } from '../scripts/third-party-notices.mjs'
import { unsign } from './unsign.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const bundle = join(folder, 'dist/bundle')
const program = join(folder, 'dist/program')
const isWindows = process.platform === 'win32'
const isMac = process.platform === 'darwin'
const executable = join(program, isWindows ? 'connect-okta.exe' : 'connect-okta')
const node = findNode()
const packages = join(folder, '../packages')
const keyring = join(folder, 'src/keyring.ts')
const main = join(folder, 'src/program.ts')
// Bundles by folder: each command loads only the files of its own one that it needs. See src/load-part.ts.
const parts = {
  cli: join(packages, 'cli/src/bin/main.ts'),
  server: join(packages, 'server/dist/index.js'),
  'powershell-shim': join(packages, 'powershell-shim/src/shim.ts'),
}

rmSync(join(folder, 'dist'), { recursive: true, force: true })
mkdirSync(program, { recursive: true })
const moduleIds = await bundleParts()
copyFileSync(node, executable)
chmodSync(executable, 0o755)
await injectBlob()
writeNotices(moduleIds)
process.stdout.write(`${executable}\n`)

/** Returns the program of Node 24: this one, or the one that `npm test -- --install` has installed. */
function findNode() {
  if (process.versions.node.startsWith('24.')) return process.execPath
  const { node24 } = findSystemNeeds()
  if (node24 !== undefined) return node24
  throw new Error('Node 24 is required. To install it, run: npm test -- --install --project single-file')
}

async function bundleParts() {
  const { version } = JSON.parse(readFileSync(join(packages, 'powershell-shim/package.json'), 'utf8'))
  const server = join(folder, 'src/server.ts')
  const plugins = [{ name: 'server', resolveId: id => (id === '@connect-okta/server' ? server : null) }]
  // There are no files beside the program: yargs reads no other configuration files, and renders every help text.
  const noFiles = { 'import.meta.resolve': 'undefined', 'import.meta.dirname': 'undefined' }
  const transform = { define: { ...noFiles, VERSION: JSON.stringify(version) } }
  const moduleIds = []
  for (const [name, input] of Object.entries({ ...parts, program: main })) {
    const output = { dir: join(bundle, name), chunkFileNames: '[name]-[hash].cjs' }
    moduleIds.push(...(await bundleProgram({ input: { input, plugins, transform }, output, keyring })))
  }
  execFileSync(node, [join(folder, 'compile.cjs'), ...bundledFiles().map(path => join(bundle, path))])
  return moduleIds
}

/** The paths of the files of the parts, as src/load-part.ts names them. */
function bundledFiles() {
  const isCode = name => name.endsWith('.cjs')
  return Object.keys(parts).flatMap(part =>
    readdirSync(join(bundle, part))
      .filter(isCode)
      .map(name => `${part}/${name}`),
  )
}

async function injectBlob() {
  const blob = join(bundle, 'program.blob')
  const config = join(bundle, 'sea-config.json')
  const addon = join(bundle, 'keyring.node')
  copyFileSync(nativeKeyring(), addon)
  sign(addon)
  const options = {
    main: join(bundle, 'program/program.cjs'),
    output: blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    // NODE_OPTIONS of other programs could load code that reads the secrets of this one.
    execArgvExtension: 'none',
    assets: { 'keyring.node': addon },
  }
  for (const path of bundledFiles()) {
    options.assets[path] = join(bundle, path)
    options.assets[`${path}.cache`] = join(bundle, `${path}.cache`)
  }
  writeFileSync(config, JSON.stringify(options))
  execFileSync(node, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (isMac) execFileSync('codesign', ['--remove-signature', executable])
  if (isWindows) unsign(executable)
  await inject(executable, 'NODE_SEA_BLOB', readFileSync(blob), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
    machoSegmentName: 'NODE_SEA',
  })
  sign(executable)
}

function nativeKeyring() {
  const require = createRequire(createRequire(import.meta.url).resolve('@napi-rs/keyring'))
  const platform = `${process.platform}-${process.arch}${{ linux: '-gnu', win32: '-msvc' }[process.platform] ?? ''}`
  return require.resolve(`@napi-rs/keyring-${platform}`)
}

// macOS starts only programs with a signature. Both files need the same one, because a program loads only code of its own developer.
function sign(file) {
  if (!isMac) return
  const { MACOS_SIGNING_IDENTITY = '-' } = process.env
  const entitlements = join(folder, 'macos-entitlements.plist')
  const hardened = MACOS_SIGNING_IDENTITY === '-' ? [] : ['--options', 'runtime', '--timestamp']
  execFileSync('codesign', [
    '--sign',
    MACOS_SIGNING_IDENTITY,
    '--force',
    ...hardened,
    '--entitlements',
    entitlements,
    file,
  ])
}

function writeNotices(moduleIds) {
  copyFileSync(join(folder, '../LICENSE'), join(program, 'LICENSE'))
  const license = ['../LICENSE', 'LICENSE'].map(name => join(dirname(node), name)).find(existsSync)
  if (license === undefined) throw new Error(`The license of Node is missing beside ${node}.`)
  const distributed = nativePackages('@napi-rs/keyring', pathToFileURL(main))
  const notices = [
    thirdPartyNotices({ moduleIds, program: main, distributed }),
    `${'-'.repeat(80)}\nNode.js ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}\n${'-'.repeat(80)}\n`,
    readFileSync(license, 'utf8'),
  ]
  writeFileSync(join(program, 'THIRD-PARTY-NOTICES.txt'), notices.join('\n'))
}
