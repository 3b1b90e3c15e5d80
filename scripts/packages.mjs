import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm, root } from './pnpm.mjs'

/**
 * Returns the folder and the package.json of every published package, in the order of their dependencies.
 *
 * @param tree the root of the repository, or of a copy of it
 */
export function publishedPackages(tree = root) {
  return readdirSync(join(tree, 'packages'))
    .map(name => join(tree, 'packages', name))
    .map(folder => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .sort((one, other) => workspaceDependencies(one) - workspaceDependencies(other))
}

const workspaceDependencies = ({ manifest }) =>
  Object.values(manifest.dependencies ?? {}).filter(version => version.startsWith('workspace:')).length

/**
 * Packs every published package. References to packages of the workspace become versions.
 *
 * @returns the paths of the tarballs by package name
 */
export function packAll(destination, tree = root) {
  const names = publishedPackages(tree).map(({ manifest }) => manifest.name)
  pnpm(
    '--dir',
    tree,
    '--recursive',
    ...names.flatMap(name => ['--filter', name]),
    'pack',
    '--pack-destination',
    destination,
  )
  const files = readdirSync(destination)
  const tarballOf = name => files.find(file => file.startsWith(`${name.replace('@', '').replace('/', '-')}-`))
  return new Map(names.map(name => [name, join(destination, tarballOf(name))]))
}
