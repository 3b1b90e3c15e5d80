import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const require = createRequire(import.meta.url)
// For npm, whose time does not count. main.ts removes the variable after this module was loaded.
const { NODE_EXTRA_CA_CERTS } = process.env

/** What a package brings along, as a user of npm gets it. */
export interface InstalledPackage {
  /** The package alone, as it comes down the wire. */
  readonly packedBytes: number
  /** Everything in `node_modules`. */
  readonly unpackedBytes: number
  /** How many other packages that is. */
  readonly dependencies: number
}

/** Packs a package as npm does, and installs it in a folder of its own, without running its scripts. */
export async function install(packageName: string, flags: readonly string[] = []): Promise<InstalledPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-install-'))
  try {
    const [packed] = JSON.parse(
      await npm(['pack', sourceOf(packageName), '--json', '--pack-destination', folder], folder),
    )
    await writeFile(join(folder, 'package.json'), '{ "private": true }')
    const archive = (await readdir(folder)).find(name => name.endsWith('.tgz')) ?? ''
    await npm(['install', `./${archive}`, ...flags, '--no-audit', '--no-fund', '--no-package-lock'], folder)
    const files = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true })
    const paths = files.filter(file => file.isFile()).map(file => join(file.parentPath, file.name))
    const sizes = await Promise.all(paths.map(async path => (await stat(path)).size))
    const listed = JSON.parse(await npm(['query', '*'], folder)) as { readonly name?: string; readonly dev?: boolean }[]
    return {
      packedBytes: packed.size,
      unpackedBytes: sizes.reduce((sum, size) => sum + size, 0),
      // The folder itself is in the list, and the package.
      dependencies: listed.length - 2,
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

// Ours is not in a registry yet; of the others, the version that is installed here.
function sourceOf(packageName: string): string {
  if (packageName.startsWith('@connect-okta/')) return dirname(require.resolve(`${packageName}/package.json`))
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
