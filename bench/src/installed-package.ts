import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const require = createRequire(import.meta.url)
// For npm, which is not timed. main.ts removes the variable after this module is loaded.
const { NODE_EXTRA_CA_CERTS } = process.env

/** The size and the dependencies of a package, as installed by npm. */
export interface InstalledPackage {
  /** The tarball of the package, without dependencies. */
  readonly packedBytes: number
  /** All files in `node_modules`. */
  readonly unpackedBytes: number
  /** The number of other packages. */
  readonly dependencies: number
}

/**
 * Packs a package with npm, and installs it in an empty folder, without running scripts.
 *
 * @param additional other packages to install with it, such as optional peer dependencies.
 */
export async function install(packageName: string, additional: readonly string[] = []): Promise<InstalledPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-install-'))
  try {
    const [packed] = JSON.parse(
      await npm(['pack', sourceOf(packageName), '--json', '--pack-destination', folder], folder),
    )
    await writeFile(join(folder, 'package.json'), '{ "private": true }')
    const archive = (await readdir(folder)).find(name => name.endsWith('.tgz')) ?? ''
    await npm(
      ['install', `./${archive}`, ...additional.map(specOf), '--no-audit', '--no-fund', '--no-package-lock'],
      folder,
    )
    const files = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true })
    const paths = files.filter(file => file.isFile()).map(file => join(file.parentPath, file.name))
    const sizes = await Promise.all(paths.map(async path => (await stat(path)).size))
    const listed = JSON.parse(await npm(['query', '*'], folder)) as { readonly name?: string; readonly dev?: boolean }[]
    return {
      packedBytes: packed.size,
      unpackedBytes: sizes.reduce((sum, size) => sum + size, 0),
      // The list includes the folder itself and the package.
      dependencies: listed.length - 2,
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

// Our packages are packed from the workspace, and others from the registry.
function sourceOf(packageName: string): string {
  if (packageName.startsWith('@connect-okta/')) return dirname(require.resolve(`${packageName}/package.json`))
  return specOf(packageName)
}

// The version that the other rows use.
function specOf(packageName: string): string {
  const { devDependencies } = require('../package.json') as { devDependencies: Record<string, string> }
  return `${packageName}@${devDependencies[packageName]}`
}

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const all = [...args, '--prefer-offline', '--ignore-scripts', '--loglevel=error']
  const shell = process.platform === 'win32'
  const env = { ...process.env, ...(NODE_EXTRA_CA_CERTS !== undefined && { NODE_EXTRA_CA_CERTS }) }
  return (await run(command, all, { cwd, env, shell, maxBuffer: 64 * 1024 * 1024 })).stdout
}
