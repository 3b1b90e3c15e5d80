import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm, root } from './pnpm.mjs'

/**
 * Every package that goes to the registry, after those that it needs: its folder, and what its package.json says.
 *
 * @param tree the root of the project, or of a copy of it
 */
export function publishedPackages(tree = root) {
  return readdirSync(join(tree, 'packages'))
    .map(name => join(tree, 'packages', name))
    .map(folder => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .sort((one, other) => ownNeeds(one) - ownNeeds(other))
}

const ownNeeds = ({ manifest }) =>
  Object.values(manifest.dependencies ?? {}).filter(version => version.startsWith('workspace:')).length

/**
 * Packs all of them, as they would be published: references to packages of the workspace are versions then.
 *
 * @returns the paths of the tarballs, by the name of the package
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
